"""Freeze an exam: a revision with its hash, and the proof before it that it can be sat."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, clock, rulebook
from app.bank import planning, shortages
from app.bank.planning import Plan
from app.errors import Refusal
from app.extensions import db
from app.models.bank import ExamBlueprint
from app.models.exams import Exam, ExamRevision
from app.models.people import User
from question_bank import ALGORITHM, KINDS, QuestionError, dump_blueprint, dump_facts

FIXED = "固定及格线"  # stored; the pages show it in the language of the reader


class NotReady(Refusal):
    """The exam cannot be published; the sentence names what is short."""


def canonical(body: Any) -> str:
    """Return JSON that is the same for the same content: sorted keys, no spaces."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def body_hash(body: Any) -> str:
    """Return the SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def create_exam(
    *,
    title: str,
    title_en: str,
    blueprint: ExamBlueprint,
    minutes: int,
    pass_percent: int,
    actor: User,
    now: datetime,
) -> Exam:
    """Make an exam that can be published later. Raises NotReady for a title already in use."""
    if db.session.scalar(select(Exam.id).where(Exam.title == title)):
        raise NotReady(_("已经有一场考试叫“%(title)s”，请换一个名称。", title=title))
    exam = Exam(
        title=title,
        title_en=title_en,
        blueprint=blueprint,
        minutes=minutes,
        pass_percent=pass_percent,
        pass_method=FIXED,
        created_by_id=actor.id,
        created_at=now,
    )
    db.session.add(exam)
    audit.record("exam.created", exam, actor=actor, now=now)
    return exam


def proof(exam: Exam, now: datetime) -> Plan:
    """Return how far the approved live bank fills the exam's blueprint, read anew from the rows.

    Raises NotReady when the stored table cannot be drawn at all: it names each cell and why.
    """
    try:
        return planning.plan(exam.blueprint, clock.shanghai_date(now), fresh=True)
    except QuestionError as error:
        reasons = "".join(f"{_at(exam, fault.path)}{fault.message}" for fault in error.faults)
        raise NotReady(_("还不能发布：%(reasons)s", reasons=reasons)) from None


def _at(exam: Exam, path: Sequence[str | int]) -> str:
    """Name the cell that a fault of the table speaks of: `B 简答题：`."""
    if path[:1] != ("cells",) or len(path) < 2:
        return ""
    cell = exam.blueprint.body["cells"][path[1]]
    kind = KINDS[cell["kind"]].label if cell.get("kind") in KINDS else cell.get("kind", "")
    return str(_("“%(domain)s %(kind)s”：", domain=cell.get("domain", ""), kind=kind))


def publish(exam: Exam, *, actor: User, now: datetime) -> ExamRevision:
    """Freeze the exam as its next revision.

    Raises NotReady naming the short cells: a blueprint that the approved bank cannot fill must not
    be found out in the exam room. Raises it too when nothing changed since the last revision.
    """
    db.session.execute(select(Exam.id).where(Exam.id == exam.id).with_for_update())
    plan = proof(exam, now)
    if plan.proof.shortages:
        reasons = shortages.sentences(plan.proof.shortages) + why_short(plan)
        raise NotReady(_("还不能发布：%(reasons)s", reasons=reasons))
    body = _body(exam, plan, now)
    last = db.session.scalar(
        select(ExamRevision)
        .where(ExamRevision.exam_id == exam.id)
        .order_by(ExamRevision.number.desc())
        .limit(1)
    )
    if last is not None and last.hash == body_hash(body):
        raise NotReady(_("和第 %(n)d 版一样，没有再发布。", n=last.number))
    revision = ExamRevision(
        exam_id=exam.id,
        number=last.number + 1 if last else 1,
        body=body,
        hash=body_hash(body),
        published_by_id=actor.id,
        published_at=now,
    )
    db.session.add(revision)
    audit.record("exam.published", revision, actor=actor, now=now, hash=revision.hash)
    return revision


def why_short(plan: Plan) -> str:
    """Name, for the short cells, approved questions that people would have to mark, and the like."""
    short = {cell.wanted.name for cell in plan.cells.values() if cell.kind == "short"}
    return planning.why_left_out(one for one in plan.left_out if one.cell.name in short)


def _body(exam: Exam, plan: Plan, now: datetime) -> dict[str, Any]:
    """Return all that a sitting will need, so that no later change of a rule reaches it.

    What each question is, how often it was shown and whether it is on trial stand as of now.
    """
    today = clock.shanghai_date(now)
    return {
        "blueprint": dump_blueprint(plan.blueprint),
        "eligible": [
            {"version": one.version_id, "hash": one.body_hash, "facts": dump_facts(one.facts)}
            for one in sorted(
                planning.drawable(plan.blueprint, plan.stock), key=lambda one: one.version_id
            )
        ],
        "algorithm": ALGORITHM,
        "minutes": exam.minutes,
        "grace_seconds": rulebook.value("exam.grace_seconds", today),
        "pass_percent": exam.pass_percent,
        "pass_method": exam.pass_method,
        "marking_rules": {"multiple_choice": rulebook.value("exam.multiple_choice_rule", today)},
        "rules_text": rulebook.value("exam.rules", today),
    }
