"""Where a question belongs and who answers for it: the fields beside what is asked.

Whether an enemy or a lesson exists is asked elsewhere; what people cannot say here (headings, notes
of other programs) stays as it was.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import Length, Optional, Regexp

from app.bank import wording
from app.bank.forms.asked import MOST_ROWS, AskedForm
from app.bank.forms.pieces import (
    choices,
    clean,
    line_field,
    lines,
    text_field,
    visible,
    with_own,
    words,
)
from app.bank.forms.sources import SourceRow, source_row, sources_of
from question_bank import Question

LESSON = r"^[1-9]\d?\.\d{1,2}$"
LESSONS = r"^\s*([1-9]\d?\.\d{1,2}[\s,，、;；]*)*$"
MOST_TAGS = 20
LONGEST_TAG = 40
LANGUAGES: dict[str, Any] = {"zh-CN": _("中文"), "en": _("英文")}
WRITERS: dict[str, Any] = {"human": _("人写"), "ai_drafted": _("机器起草，由人负责")}


def names_tags(_form: Any, field: Any) -> None:
    """Refuse more tags, or longer ones, than lists can show."""
    told = words(field.data)
    if len(told) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in told):
        raise ValidationError(
            str(_("标签最多 %(n)d 个，每个最多 %(long)d 个字。", n=MOST_TAGS, long=LONGEST_TAG))
        )


class RecordForm(AskedForm):
    """Everything of a question that is not asked; stands before a kind's own form."""

    base = HiddenField()
    seen = HiddenField()
    pool = SelectField(_("题池"), choices=choices(wording.POOLS))
    lesson = StringField(
        _("课"),
        validators=[Regexp(LESSON, message=_("请写课的编号，例如 4.3。"))],
        filters=[visible],
    )
    domain = SelectField(_("领域"))
    also_lessons = StringField(
        _("也用于这些课"),
        validators=[
            Optional(),
            Regexp(LESSONS, message=_("请写课的编号，用、隔开，例如 4.3、5.1。")),
        ],
        filters=[visible],
    )
    section = line_field(_("小节"), 80)
    objective = line_field(_("学习目标"), 80)
    clauses = text_field(_("标准条款（一行一条）"), 2000)
    tags = StringField(
        _("标签"), validators=[Optional(), Length(max=1000), names_tags], filters=[visible]
    )
    sources = FieldList(FormField(SourceRow), max_entries=MOST_ROWS)
    language = SelectField(_("语言"))
    writer_kind = SelectField(_("起草"), choices=choices(WRITERS))
    reviewers_needed = line_field(_("还要哪方面的人审"), 200)
    enemies = line_field(_("互斥的题（编号）"), 1000)
    review_by = DateField(_("复核日期"), validators=[Optional()])

    def fits(self, before: Question) -> None:
        super().fits(before)
        domains = {
            code: wording.domain_name(code) for code in with_own(wording.DOMAINS, before.domain)
        }
        languages = {one: LANGUAGES.get(one, one) for one in with_own(LANGUAGES, before.language)}
        self.domain.choices = choices(domains)
        self.language.choices = choices(languages)

    def show(self, question: Question) -> None:
        super().show(question)
        self.base.data = str(question.version)
        for name in ("pool", "lesson", "domain", "section", "objective", "language", "review_by"):
            self[name].data = getattr(question, name)
        for name in ("also_lessons", "reviewers_needed", "enemies"):
            self[name].data = "、".join(getattr(question, name))
        self.clauses.data = "\n".join(question.clauses)
        self.writer_kind.data = question.writer.kind
        for source in question.sources:
            self.sources.append_entry(source_row(source))

    def values(self, before: Question) -> dict[str, Any]:
        found = super().values(before)
        of_parts = [source.id for part in before.parts for source in part.sources]
        sources, self.used["sources"] = sources_of(self.sources, before.sources, of_parts)
        writer = before.writer
        if writer.kind != self.writer_kind.data:
            writer = replace(writer, kind=self.writer_kind.data, approved_by=None)
        return found | {
            "lesson": clean(self.lesson.data),
            "domain": self.domain.data or before.domain,
            "also_lessons": words(self.also_lessons.data),
            "section": clean(self.section.data),
            "objective": clean(self.objective.data),
            "clauses": tuple(dict.fromkeys(lines(self.clauses.data))),
            "sources": sources,
            "language": self.language.data or before.language,
            "writer": writer,
            "reviewers_needed": words(self.reviewers_needed.data),
            "enemies": words(self.enemies.data),
            "review_by": self.review_by.data,
        }
