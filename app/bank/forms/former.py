"""The forms of the bank. What a form does not show is kept as it was: nothing is lost by editing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are older
from wtforms.validators import InputRequired, Length, Optional, Regexp

from app.bank import wording
from question_bank import KINDS, Choice, Question

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
MOST_OPTIONS = 8
WRITABLE = ("single_choice", "multiple_choice", "true_false")


def printable(text: str | None) -> str | None:
    """Drop control characters that come along with pasted text: no page and no file can hold them."""
    return None if text is None else UNPRINTABLE.sub("", text)


def _choices(words: Mapping[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(value=value, label=label) for value, label in words.items()]


class OptionForm(PlainForm):
    """One option: its id goes round unseen, so that keys and papers keep naming the same one."""

    option_id = HiddenField(
        validators=[Regexp(r"^[A-Za-z0-9_-]{0,40}$", message=_("选项编号无效。"))]
    )
    right = BooleanField(_("正确答案"))
    text = StringField(
        _("选项"),
        validators=[Optional(), Length(max=500, message=_("选项最多 500 个字，请缩短。"))],
        filters=[printable],
    )
    why = StringField(
        _("解析"),
        validators=[Optional(), Length(max=1000, message=_("解析最多 1000 个字，请缩短。"))],
        filters=[printable],
    )


class QuestionForm(FlaskForm):  # type: ignore[misc]
    """A question of a kind with options."""

    base = HiddenField()
    pool = SelectField(_("题池"), choices=_choices(wording.POOLS))
    lesson = StringField(
        _("课"),
        validators=[Regexp(r"^[1-9]\d?\.\d{1,2}$", message=_("请写课的编号，例如 4.3。"))],
        filters=[printable],
    )
    domain = SelectField(_("领域"))
    level = SelectField(_("层次"), choices=_choices(wording.LEVELS))
    stem = TextAreaField(
        _("题干"),
        validators=[
            InputRequired(message=_("请写题干。")),
            Length(max=4000, message=_("题干最多 4000 个字，请缩短。")),
        ],
        filters=[printable],
    )
    options = FieldList(FormField(OptionForm), min_entries=0, max_entries=MOST_OPTIONS)
    explanation = TextAreaField(
        _("总的解析"),
        validators=[Optional(), Length(max=4000, message=_("解析最多 4000 个字，请缩短。"))],
        filters=[printable],
    )
    rule = SelectField(_("计分"))
    shuffle = BooleanField(_("选项可以打乱次序"))
    review_by = DateField(_("复核日期"), validators=[Optional()])

    def show(self, question: Question) -> None:
        """Fill the form from a question."""
        self.base.data = str(question.version)
        for name in ("pool", "lesson", "domain", "level", "stem", "explanation", "rule", "shuffle"):
            self[name].data = getattr(question, name)
        self.review_by.data = question.review_by
        for option in question.options:
            row = {"option_id": option.id, "text": option.text, "why": option.why}
            self.options.append_entry({**row, "right": option.id in question.key})

    def add_rows(self, kind: str) -> None:
        """Add empty rows for options that may follow; true/false has exactly its two."""
        wanted = max(4, len(self.options) + 1)
        while kind != "true_false" and len(self.options) < min(MOST_OPTIONS, wanted):
            self.options.append_entry()

    def fits(self, question: Question) -> None:
        """Limit the rules to what the kind knows; offer a domain we have no name for as it is."""
        known = {"", *KINDS[question.kind].rules}
        self.rule.choices = _choices(
            {rule: wording.RULES[rule] for rule in wording.RULES if rule in known}
        )
        domains = dict.fromkeys([*wording.DOMAINS, question.domain])
        self.domain.choices = _choices({code: wording.domain_name(code) for code in domains})

    def question(self, before: Question) -> Question:
        """Return the question as the form says it; everything else is as `before`."""
        options = self._options(before)
        return replace(
            before,
            lesson=self.lesson.data or "",
            domain=self.domain.data,
            level=self.level.data,
            stem=_clean(self.stem.data),
            options=tuple(option for option, _right in options),
            key=tuple(option.id for option, right in options if right),
            explanation=_clean(self.explanation.data),
            rule=self.rule.data or "",
            shuffle=bool(self.shuffle.data),
            review_by=self.review_by.data,
        )

    def _options(self, before: Question) -> list[tuple[Choice, bool]]:
        rows = [row.form for row in self.options]
        if before.kind == "true_false":
            return _two_options(before, rows)
        known = {option.id: option for option in before.options}
        taken = set(known)
        found = []
        for row in rows:
            text = _clean(row.text.data)
            if not text:
                continue
            old = known.pop(row.option_id.data or "", None)
            if old is None:
                fresh = next(f"o{n}" for n in range(1, 100) if f"o{n}" not in taken)
                taken.add(fresh)
                old = Choice(fresh, text)
            option = replace(old, text=text, why=_clean(row.why.data))
            found.append((option, bool(row.right.data)))
        return found


def _two_options(before: Question, rows: Sequence[Any]) -> list[tuple[Choice, bool]]:
    """Return true and false in their order; neither is right when both were ticked."""
    by_id = {row.option_id.data: row for row in rows}
    one = sum(bool(row.right.data) for row in rows) == 1
    found = []
    for option in before.options:
        row = by_id.get(option.id)
        why = _clean(row.why.data) if row else option.why
        found.append((replace(option, why=why), bool(row and row.right.data and one)))
    return found


class FileForm(FlaskForm):  # type: ignore[misc]
    """A question as text in the file format, for case sets."""

    base = HiddenField()
    text = TextAreaField(
        _("题目（YAML）"),
        validators=[
            InputRequired(message=_("请写题目。")),
            Length(max=60_000, message=_("最多 60000 个字，请缩短。")),
        ],
        filters=[printable],
    )


class NoteForm(FlaskForm):  # type: ignore[misc]
    """A word with an approval, a return or a retirement."""

    note = TextAreaField(
        _("说明"),
        validators=[Optional(), Length(max=300, message=_("最多 300 个字，请缩短。"))],
        filters=[printable],
    )


def _clean(text: str | None) -> str:
    """Take the browser's line ends and outer spaces away."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
