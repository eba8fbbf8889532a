"""The form of a fill-in: blanks stand in the stem as {{b1}}, each with the answers it accepts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, FieldList, FormField, StringField, ValidationError
from wtforms import Form as PlainForm
from wtforms.validators import Length, Optional

from app.bank.forms.asked import MOST_ROWS, AskedForm
from app.bank.forms.pieces import (
    clean,
    fraction_of,
    fresh_id,
    is_whole,
    line_field,
    lines,
    text_field,
    visible,
)
from question_bank import Blank, Partly, Question, Reject
from question_bank.fields import shown_fraction
from question_bank.kinds.fill_in import PLACEHOLDER

BETWEEN = "|"


def has_fractions(_form: Any, field: Field) -> None:
    """Refuse a line without the share that an answer earns."""
    for line in lines(field.data):
        parts = line.split(BETWEEN)
        if len(parts) < 2 or fraction_of(parts[1]) is None:
            raise ValidationError(
                gettext("“%(line)s”没有写得几分之几。请写成 答案 | 1/2 | 说明。", line=line[:40])
            )


class BlankRow(PlainForm):
    """One blank."""

    places: ClassVar[dict[str, str]] = {"id": "blank_id"}
    first: ClassVar[str] = "accept"
    blank_id = StringField(
        _("空的编号"), validators=[Optional(), Length(max=20)], filters=[visible]
    )
    accept = text_field(_("算对的答案（一行一个）"), 4000)
    partly = text_field(_("得部分分的答案（一行一个：答案 | 1/2 | 说明）"), 4000, has_fractions)
    reject = text_field(_("常见的错误（一行一个：答案 | 说明）"), 4000)
    match_case = BooleanField(_("区分大小写"))
    width = line_field(_("空的宽度（字数，不填按常用）"), 6, is_whole)
    why = line_field(_("解析"), 1000)

    @property
    def is_empty(self) -> bool:
        """Nothing in it says anything but its name."""
        return not any(clean(one.data) for one in (self.accept, self.partly, self.reject, self.why))


class FillInForm(AskedForm):
    """A stem with blanks."""

    kind = "fill_in"
    lists = ("blanks",)
    least: ClassVar[dict[str, int]] = {"blanks": 1}
    places: ClassVar[dict[str, str]] = {"scoring": "rule", "difficulty": "p"}
    shuffle = None
    blanks = FieldList(FormField(BlankRow), max_entries=MOST_ROWS)

    def show(self, question: Question) -> None:
        super().show(question)
        for blank in question.blanks:
            self.blanks.append_entry(_row(blank))

    def add_rows(self) -> None:
        """Give each blank of the stem its row, and each row a name."""
        super().add_rows()
        named = {row.form.blank_id.data or "" for row in self.blanks}
        placed = dict.fromkeys(PLACEHOLDER.findall(self.stem.data or ""))
        waiting = [name for name in placed if name not in named]
        for row in self.blanks:
            if not row.form.blank_id.data:
                row.form.blank_id.data = waiting.pop(0) if waiting else fresh_id("b", named)
                named.add(row.form.blank_id.data)
        for name in waiting[: MOST_ROWS - len(self.blanks)]:
            self.blanks.append_entry({"blank_id": name})

    def values(self, before: Question) -> dict[str, Any]:
        found = super().values(before)
        placed = set(PLACEHOLDER.findall(found["stem"]))
        known = {blank.id: blank for blank in before.blanks}
        rows = [r for r in self.blanks if not r.form.is_empty or r.form.blank_id.data in placed]
        self.used["blanks"] = rows
        return found | {"blanks": tuple(_blank(row.form, known) for row in rows)}


def _row(blank: Blank) -> dict[str, Any]:
    return {
        "blank_id": blank.id,
        "accept": "\n".join(blank.accept),
        "partly": _said(
            (one.text, str(shown_fraction(one.fraction)), one.why) for one in blank.partly
        ),
        "reject": _said((one.text, one.why) for one in blank.reject),
        "match_case": blank.match_case,
        "width": str(blank.width or ""),
        "why": blank.why,
    }


def _said(told: Iterable[tuple[str, ...]]) -> str:
    said = (f" {BETWEEN} ".join(parts).rstrip(f" {BETWEEN}") for parts in told)
    return "\n".join(said)


def _blank(form: Any, known: dict[str, Blank]) -> Blank:
    name = clean(form.blank_id.data)
    old = known.get(name, Blank(name))
    shown = _row(old)
    # What a line cannot hold (a | in an answer) stays as it was while nobody touches it.
    partly = old.partly if clean(form.partly.data) == shown["partly"] else _partly(form.partly.data)
    reject = old.reject if clean(form.reject.data) == shown["reject"] else _reject(form.reject.data)
    width = clean(form.width.data)
    return replace(
        old,
        accept=tuple(lines(form.accept.data)),
        partly=partly,
        reject=reject,
        match_case=bool(form.match_case.data),
        width=int(width) if width.isdecimal() else 0,
        why=clean(form.why.data),
    )


def _parts(line: str, most: int) -> list[str]:
    parts = [part.strip() for part in line.split(BETWEEN, most - 1)]
    return parts + [""] * (most - len(parts))


def _partly(text: str | None) -> tuple[Partly, ...]:
    told = (_parts(line, 3) for line in lines(text))
    return tuple(
        Partly(answer, fraction, why)
        for answer, share, why in told
        if (fraction := fraction_of(share)) is not None
    )


def _reject(text: str | None) -> tuple[Reject, ...]:
    return tuple(Reject(answer, why) for answer, why in (_parts(line, 2) for line in lines(text)))
