"""Forms of what people mark: a short answer and an upload, each with its rubric."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any, ClassVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Field, FieldList, FormField, SelectMultipleField, ValidationError
from wtforms import Form as PlainForm
from wtforms.widgets import CheckboxInput, ListWidget

from app.bank.forms.asked import MOST_ROWS, AskedForm
from app.bank.forms.options import id_field
from app.bank.forms.pieces import (
    choices,
    clean,
    fraction_of,
    fresh_id,
    is_fraction,
    is_whole,
    line_field,
    lines,
    text_field,
)
from question_bank import Anchor, Criterion, Question
from question_bank.fields import shown_fraction

ACCEPTS = {
    "picture": _("图片"),
    "audio": _("录音"),
    "video": _("录像"),
    "document": _("文档（PDF、Word、纯文字）"),
}


def has_points(_form: Any, field: Field) -> None:
    """Refuse a step of a criterion without its points."""
    for line in lines(field.data):
        points, equals, text = line.replace("＝", "=").partition("=")
        if not equals or not text.strip() or fraction_of(points) is None:
            raise ValidationError(
                gettext("“%(line)s”读不懂。请写成 2 = 三点都说到，一行一档。", line=line[:40])
            )


class CriterionRow(PlainForm):
    """One head of a rubric with its points and steps."""

    places: ClassVar[dict[str, str]] = {"id": "text"}
    first: ClassVar[str] = "text"
    criterion_id = id_field()
    text = line_field(_("评分点"))
    points = line_field(_("满分"), 20, is_fraction, render_kw={"inputmode": "decimal"})
    anchors = text_field(_("各档（一行一档：2 = 三点都说到）"), 2000, has_points)


class RubricForm(AskedForm):
    """What a short answer and an upload share."""

    lists = ("rubric",)
    least: ClassVar[dict[str, int]] = {"rubric": 2}
    places: ClassVar[dict[str, str]] = {"difficulty": "p"}
    rule = None
    shuffle = None
    rubric = FieldList(FormField(CriterionRow), max_entries=MOST_ROWS)
    model_answer = text_field(_("参考答案"), 4000)

    def show(self, question: Question) -> None:
        super().show(question)
        for one in question.rubric:
            steps = (f"{shown_fraction(step.points)} = {step.text}" for step in one.anchors)
            row = {"criterion_id": one.id, "text": one.text}
            row |= {"points": str(shown_fraction(one.points)), "anchors": "\n".join(steps)}
            self.rubric.append_entry(row)
        self.model_answer.data = question.model_answer

    def values(self, before: Question) -> dict[str, Any]:
        found = super().values(before)
        rows = [r for r in self.rubric if clean(r.form.text.data) or clean(r.form.points.data)]
        self.used["rubric"] = rows
        known = {one.id: one for one in before.rubric}
        taken, heads = set(known), []
        for row in rows:
            own = row.form.criterion_id.data or ""
            old = known.pop(own, None) or Criterion(fresh_id("c", taken), "", Fraction(0))
            taken.add(old.id)
            heads.append(_criterion(row.form, old))
        return found | {"rubric": tuple(heads), "model_answer": clean(self.model_answer.data)}


class ShortAnswerForm(RubricForm):
    """A few sentences."""

    kind = "short_answer"
    longest = line_field(_("最多写多少字（不填是 2000）"), 6, is_whole)

    def show(self, question: Question) -> None:
        super().show(question)
        self.longest.data = str(question.longest or "")

    def values(self, before: Question) -> dict[str, Any]:
        return super().values(before) | {"longest": _whole(self.longest.data, 0)}


class UploadForm(RubricForm):
    """Pictures, a recording or a document."""

    kind = "upload"
    accepts = SelectMultipleField(
        _("可以交"),
        choices=choices(ACCEPTS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    most_files = line_field(_("最多几个文件"), 6, is_whole, default="1")
    largest_mb = line_field(_("每个文件最大（MB）"), 6, is_whole, default="10")

    def show(self, question: Question) -> None:
        super().show(question)
        self.accepts.data = list(question.accepts)
        self.most_files.data = str(question.most_files)
        self.largest_mb.data = str(question.largest_mb)

    def values(self, before: Question) -> dict[str, Any]:
        return super().values(before) | {
            "accepts": tuple(self.accepts.data or ()),
            "most_files": _whole(self.most_files.data, 1),
            "largest_mb": _whole(self.largest_mb.data, 10),
        }


def _whole(text: str | None, otherwise: int) -> int:
    plain = clean(text)
    return int(plain) if plain.isdecimal() else otherwise


def _criterion(form: Any, old: Criterion) -> Criterion:
    steps = []
    for line in lines(form.anchors.data):
        points, _equals, text = line.replace("＝", "=").partition("=")
        worth = fraction_of(points)
        if worth is not None:
            steps.append(Anchor(worth, text.strip()))
    worth_all = fraction_of(form.points.data) or Fraction(0)
    return replace(old, text=clean(form.text.data), points=worth_all, anchors=tuple(steps))
