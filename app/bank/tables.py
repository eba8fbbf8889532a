"""Write 双向细目表: make one, copy one, change its numbers, rules and name, delete an unused one.

Exams already published keep the copy they were frozen with. What may stand in the form is known by
`table_form`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, clock, freeze, rulebook
from app.bank import wording
from app.bank.table_form import PlanRefused, fields_of, read_table
from app.extensions import db
from app.models.bank import ExamBlueprint
from app.models.base import new_id
from app.models.exams import Exam
from app.models.people import User
from app.saying import said
from question_bank import Blueprint, QuestionError, dump_blueprint, load_blueprint

FROM_BROWSER = "browser"


def editable(row: ExamBlueprint) -> tuple[Blueprint, tuple[str, ...]]:
    """Return a stored table for its form, with what is wrong with it.

    A cell that no exam can hold any more (a kind that people mark) is left out, so that the table
    can be opened and mended. Raises QuestionError when that is not all.
    """
    try:
        return load_blueprint(row.body), ()
    except QuestionError as error:
        wrong = {place[1] for fault in error.faults if (place := fault.path)[:1] == ("cells",)}
        kept = [cell for at, cell in enumerate(row.body["cells"]) if at not in wrong]
        body = {name: value for name, value in row.body.items() if name != "total"}
        table = load_blueprint(body | {"cells": kept}) if kept else replace(blank(), id=row.code)
        return table, tuple(said(fault.message) for fault in error.faults)


def form_of(row: ExamBlueprint) -> dict[str, str]:
    """Return a stored table as the fields of its form, with what guards against a second editor."""
    fields = fields_of(editable(row)[0], title=row.title, title_en=row.title_en)
    return fields | {"base": row.updated_at.isoformat()}


def new_form(copied: ExamBlueprint | None, now: datetime) -> dict[str, str]:
    """Return the fields of a table that does not exist yet: empty, or like another."""
    if copied is not None:
        title = _("%(title)s（副本）", title=copied.title)
        return fields_of(editable(copied)[0], title=title, title_en="")
    trial = rulebook.value("bank.trial_questions", clock.shanghai_date(now))
    return fields_of(blank(), title="", title_en="") | {"trial": str(trial)}


def blank() -> Blueprint:
    """Return a table without cells, with the domains of the scheme."""
    domains = {code: str(name) for code, name in wording.DOMAINS.items()}
    return Blueprint(id=f"plan-{new_id()[:8]}", title="", cells=(), domains=domains)


def create_table(
    form: Mapping[str, str], copied: ExamBlueprint | None, *, actor: User, now: datetime
) -> ExamBlueprint:
    """Save a new table. Raises PlanRefused naming each fault; two tables never share a name."""
    start = blank()
    if copied is not None:
        like, _wrong = editable(copied)
        start = Blueprint(id=start.id, title="", cells=like.cells, domains=like.domains)
    _refuse_taken(form.get("title", "").strip(), None)
    table = read_table(form, start)
    row = ExamBlueprint(code=table.id, origin=FROM_BROWSER)
    db.session.add(row)
    _write(row, table, form, actor=actor, now=now)
    details = {"copied": copied.code} if copied is not None else {}
    audit.record("blueprint.created", row, actor=actor, now=now, **details)
    return row


def save_table(
    row: ExamBlueprint, form: Mapping[str, str], *, actor: User, now: datetime
) -> ExamBlueprint:
    """Save the form; exams already published keep their copy.

    Raises PlanRefused naming each fault, or when somebody else saved in between, or while a
    sitting that uses it is near.
    """
    db.session.refresh(row, with_for_update=True)
    try:
        freeze.refuse_blueprint(row.id, now)
    except freeze.Frozen as frozen:
        raise PlanRefused(frozen.sentence) from None
    if form.get("base") != row.updated_at.isoformat():
        raise PlanRefused(_("你打开这张表之后，有人存了新的。没有保存；请先看新表，再改一次。"))
    _refuse_taken(form.get("title", "").strip(), row)
    table = read_table(form, editable(row)[0])
    _write(row, table, form, actor=actor, now=now)
    audit.record("blueprint.saved", row, actor=actor, now=now)
    return row


def delete_table(row: ExamBlueprint, *, actor: User, now: datetime) -> None:
    """Delete a table that no exam uses. Raises PlanRefused naming the exams that do."""
    using = db.session.scalars(
        select(Exam.title).where(Exam.blueprint_id == row.id).order_by(Exam.title)
    ).all()
    if using:
        raise PlanRefused(
            _(
                "“%(title)s”不能删除，这些考试用着它：%(exams)s。",
                title=row.title,
                exams=_("、").join(using),
            )
        )
    audit.record("blueprint.deleted", row, actor=actor, now=now, code=row.code)
    db.session.delete(row)


def _write(
    row: ExamBlueprint, table: Blueprint, form: Mapping[str, str], *, actor: User, now: datetime
) -> None:
    row.title, row.title_en = table.title, form.get("title_en", "").strip()
    row.body = dump_blueprint(table)
    row.updated_at = now
    row.updated_by_id = actor.id
    db.session.flush()


def _refuse_taken(title: str, mine: ExamBlueprint | None) -> None:
    query = select(ExamBlueprint.id).where(ExamBlueprint.title == title)
    if mine is not None:
        query = query.where(ExamBlueprint.id != mine.id)
    if db.session.scalar(query.limit(1)) is not None:
        raise PlanRefused(_("已经有一张细目表叫“%(title)s”，没有保存。请换一个名称。", title=title))
