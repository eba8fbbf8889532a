"""The form of a number: answers with a tolerance or as a range, the unit, other units."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, FieldList, FormField, ValidationError
from wtforms import Form as PlainForm

from app.bank.forms.asked import MOST_ROWS, AskedForm
from app.bank.forms.pieces import (
    clean,
    decimal_of,
    fraction_of,
    is_fraction,
    is_number,
    line_field,
    lines,
    text_field,
)
from question_bank import NumericAnswer, OtherUnit, Question
from question_bank.fields import shown_decimal, shown_fraction

_RANGE = re.compile(r"\s*(\S+?)\s*(?:~|～|到|至|—|–)+\s*(\S+)\s*")
_TYPES_DECIMALS = {"inputmode": "decimal"}


def range_of(text: str | None) -> tuple[Decimal, Decimal] | None:
    """Return middle and half width of a range such as 1~5; None for what is none."""
    found = _RANGE.fullmatch(clean(text))
    low, high = (decimal_of(found[1]), decimal_of(found[2])) if found else (None, None)
    if low is None or high is None or low > high:
        return None
    return (low + high) / 2, (high - low) / 2


def is_number_or_range(form: Any, field: Field) -> None:
    """Refuse what is neither a number nor a range, and a range with a tolerance."""
    if not clean(field.data) or decimal_of(field.data) is not None:
        return
    if range_of(field.data) is None:
        raise ValidationError(
            gettext("“%(text)s”不是数。请写成 12、-0.5，或范围 1~5。", text=field.data[:40])
        )
    if clean(form.tolerance.data):
        raise ValidationError(gettext("写了范围，就不再写误差。请删去一个。"))


def has_factors(_form: Any, field: Field) -> None:
    """Refuse a line that does not say what one of the unit is in the main unit."""
    for line in lines(field.data):
        _name, _equals, factor = line.replace("＝", "=").rpartition("=")
        if not _name.strip() or decimal_of(factor) is None:
            raise ValidationError(
                gettext("“%(line)s”读不懂。请写成 kPa = 7.5，一行一个。", line=line[:40])
            )


class AnswerRow(PlainForm):
    """One number that earns all or a share of the mark."""

    places: ClassVar[dict[str, str]] = {}
    first: ClassVar[str] = "value"
    value = line_field(
        _("答案（一个数，或范围 1~5）"), 60, is_number_or_range, render_kw=_TYPES_DECIMALS
    )
    tolerance = line_field(_("允许的误差（±）"), 40, is_number, render_kw=_TYPES_DECIMALS)
    fraction = line_field(_("得几分之几（不填是全部）"), 20, is_fraction, render_kw=_TYPES_DECIMALS)
    why = line_field(_("解析"), 1000)


class NumericForm(AskedForm):
    """Numbers in the main unit."""

    kind = "numeric"
    lists = ("answers",)
    least: ClassVar[dict[str, int]] = {"answers": 1}
    places: ClassVar[dict[str, str]] = {"scoring": "rule", "difficulty": "p"}
    shuffle = None
    answers = FieldList(FormField(AnswerRow), max_entries=MOST_ROWS)
    unit = line_field(_("单位"), 40)
    unit_required = BooleanField(_("单位也算答案的一部分，不写不得分"))
    units = text_field(
        _("也可以写的单位（一行一个：kPa = 7.5，即 1 kPa 合 7.5 个主单位）"), 1000, has_factors
    )

    def show(self, question: Question) -> None:
        super().show(question)
        for answer in question.answers:
            whole = answer.fraction == 1
            row = {
                "value": shown_decimal(answer.value),
                "tolerance": shown_decimal(answer.tolerance) if answer.tolerance else "",
                "fraction": "" if whole else str(shown_fraction(answer.fraction)),
                "why": answer.why,
            }
            self.answers.append_entry(row)
        self.unit.data, self.unit_required.data = question.unit, question.unit_required
        self.units.data = "\n".join(
            f"{one.text} = {shown_decimal(one.factor)}" for one in question.units
        )

    def values(self, before: Question) -> dict[str, Any]:
        found = super().values(before)
        rows = [row for row in self.answers if _value(row.form) is not None]
        self.used["answers"] = rows
        return found | {
            "answers": tuple(_answer(row.form, before, at) for at, row in enumerate(rows)),
            "unit": clean(self.unit.data),
            "unit_required": bool(self.unit_required.data),
            "units": tuple(_units(self.units.data)),
        }


def _value(form: Any) -> tuple[Decimal, Decimal] | None:
    number = decimal_of(form.value.data)
    if number is None:
        return range_of(form.value.data)
    return number, decimal_of(form.tolerance.data) or Decimal(0)


def _answer(form: Any, before: Question, at: int) -> NumericAnswer:
    value, tolerance = _value(form) or (Decimal(0), Decimal(0))
    share = fraction_of(form.fraction.data)
    told: dict[str, Any] = {"tolerance": tolerance, "why": clean(form.why.data)}
    if share is not None:
        told["fraction"] = share
    old = before.answers[at] if at < len(before.answers) else NumericAnswer(value)
    extra = old.extra if old.value == value else {}
    return replace(NumericAnswer(value), **told, extra=extra)


def _units(text: str | None) -> list[OtherUnit]:
    found = []
    for line in lines(text):
        name, _equals, factor = line.replace("＝", "=").rpartition("=")
        number = decimal_of(factor)
        if name.strip() and number is not None:
            found.append(OtherUnit(name.strip(), number))
    return found
