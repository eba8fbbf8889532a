"""What the forms of all kinds share: cleaning what was typed, lists of choices, text fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are older
from wtforms.validators import Length, Optional

from app.formatting import UNPRINTABLE
from question_bank.readers.sheets import without_invisible

LONGEST_STEM = 4000
LONGEST_TEXT = 1000
LONGEST_LINE = 500
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?")
_FRACTION = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,12}|/[1-9][0-9]{0,11})?")
FULL_WIDTH = str.maketrans("０１２３４５６７８９．－／−", "0123456789.-/-")


def printable(text: str | None) -> str | None:
    """Drop control characters that come along with pasted text: no page and no file can hold them."""
    return None if text is None else UNPRINTABLE.sub("", text)


def visible(text: str | None) -> str | None:
    """Drop invisible marks as well: of what a candidate reads, nothing may be hidden or turned."""
    return None if text is None else without_invisible(UNPRINTABLE.sub("", text))


def clean(text: str | None) -> str:
    """Take the browser's line ends and outer spaces away."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def lines(text: str | None) -> list[str]:
    """Return the lines of a text that hold something."""
    return [line.strip() for line in clean(text).split("\n") if line.strip()]


def words(text: str | None) -> tuple[str, ...]:
    """Return words set apart by spaces, commas or 、, each once."""
    return tuple(dict.fromkeys(re.split(r"[\s,，、;；]+", clean(text)))) if clean(text) else ()


def choices(named: Mapping[str, Any]) -> list[SelectChoice]:
    """Return what a SelectField offers."""
    return [SelectChoice(value=value, label=label) for value, label in named.items()]


def with_own(known: Iterable[str], own: str) -> list[str]:
    """Return the known values and, where it is another one, the question's own."""
    return list(dict.fromkeys([*known, own]))


def line_field(label: Any, longest: int = LONGEST_LINE, *checks: Any, **given: Any) -> Any:
    """Return a field for one line that may stay empty."""
    checked = [*_may_be_empty(longest), *checks]
    return StringField(label, validators=checked, filters=[visible], **given)


def text_field(label: Any, longest: int = LONGEST_TEXT, *checks: Any, **given: Any) -> Any:
    """Return a field for several lines that may stay empty."""
    checked = [*_may_be_empty(longest), *checks]
    return TextAreaField(label, validators=checked, filters=[visible], **given)


def _may_be_empty(longest: int) -> list[Any]:
    told = _("最多 %(n)d 个字，请缩短。", n=longest)
    return [Optional(), Length(max=longest, message=told)]


def decimal_of(text: str | None) -> Decimal | None:
    """Return an exact number, None for what is none; full-width digits are fine."""
    plain = clean(text).translate(FULL_WIDTH)
    return Decimal(plain) if _DECIMAL.fullmatch(plain) else None


def fraction_of(text: str | None) -> Fraction | None:
    """Return an exact fraction such as 1, 0.5 or 1/3, None for what is none."""
    plain = clean(text).translate(FULL_WIDTH)
    return Fraction(plain) if _FRACTION.fullmatch(plain) else None


def is_number(_form: Any, field: Field) -> None:
    """Refuse what is no number; empty is left to others."""
    if clean(field.data) and decimal_of(field.data) is None:
        raise ValidationError(
            gettext("“%(text)s”不是数。请写成 12 或 -0.5。", text=field.data[:40])
        )


def is_fraction(_form: Any, field: Field) -> None:
    """Refuse what is neither a number nor a fraction; empty is left to others."""
    if clean(field.data) and fraction_of(field.data) is None:
        raise ValidationError(
            gettext("“%(text)s”不是数。请写成 1、0.5 或 1/3。", text=field.data[:40])
        )


def is_whole(_form: Any, field: Field) -> None:
    """Refuse what is no whole number; empty is left to others."""
    if clean(field.data) and not re.fullmatch("[0-9]{1,6}", clean(field.data)):
        raise ValidationError(gettext("“%(text)s”不是整数。请写成 10。", text=field.data[:40]))


def fresh_id(letter: str, taken: Iterable[str]) -> str:
    """Return the first of o1, o2 … that is not taken."""
    used = set(taken)
    return next(f"{letter}{n}" for n in range(1, 1000) if f"{letter}{n}" not in used)
