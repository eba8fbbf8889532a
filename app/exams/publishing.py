"""Freeze an exam: a revision with its hash, and the proof before it that it can be sat."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, clock, freeze, rulebook
from app.bank import planning
from app.bank.planning import Plan as Proven
from app.exams import preflight
from app.exams.proving import CERTIFICATION, NotReady
from app.extensions import db
from app.models.bank import ExamBlueprint
from app.models.exams import Exam, ExamRevision
from app.models.people import User
from question_bank import ALGORITHM, dump_blueprint, dump_facts

__all__ = [
    "FIXED",
    "NotReady",
    "Plan",
    "body_hash",
    "canonical",
    "change_exam",
    "create",
    "create_exam",
    "publish",
]
FIXED = "固定及格线"  # stored; the pages show it in the language of the reader


def canonical(body: Any) -> str:
    """Return JSON that is the same for the same content: sorted keys, no spaces."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def body_hash(body: Any) -> str:
    """Return the SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical(body).encode()).hexdigest()


@dataclass(frozen=True)
class Plan:
    """What somebody wants an exam to be. `pass_method` in words; `sections` as `Exam.sections`."""

    title: str
    title_en: str
    blueprint: ExamBlueprint
    minutes: int
    pass_percent: int
    pass_method: str = FIXED
    pass_panel: str = ""
    pass_set_on: date | None = None
    sections: Sequence[dict[str, Any]] = ()
    purpose: str = CERTIFICATION


def create_exam(*, actor: User, now: datetime, **wanted: Any) -> Exam:
    """Make an exam that can be published later; `wanted` is what `Plan` has.

    Raises NotReady for a title already in use.
    """
    return create(Plan(**wanted), actor=actor, now=now)


def create(plan: Plan, *, actor: User, now: datetime) -> Exam:
    """Make an exam that can be published later. Raises NotReady for a title already in use."""
    _refuse_taken(plan.title, None)
    exam = Exam(created_by_id=actor.id, created_at=now)
    _write(exam, plan)
    db.session.add(exam)
    audit.record("exam.created", exam, actor=actor, now=now)
    return exam


def change_exam(exam: Exam, plan: Plan, *, actor: User, now: datetime) -> Exam:
    """Change an exam; what was published stays, the change is in the next revision.

    Raises NotReady for a title in use, or another purpose once it was published; Frozen while a
    sitting of it is near.
    """
    db.session.execute(select(Exam.id).where(Exam.id == exam.id).with_for_update())
    db.session.refresh(exam)
    freeze.refuse_exam(exam.id, now)
    _refuse_taken(plan.title, exam)
    if exam.revisions and plan.purpose != exam.purpose:
        raise NotReady(_("已经发布过，不能在正式考试和模拟考之间换。请另建一场。"))
    _write(exam, plan)
    audit.record("exam.changed", exam, actor=actor, now=now)
    return exam


def _refuse_taken(title: str, mine: Exam | None) -> None:
    taken = db.session.scalar(select(Exam.id).where(Exam.title == title))
    if taken is not None and (mine is None or taken != mine.id):
        raise NotReady(_("已经有一场考试叫“%(title)s”，请换一个名称。", title=title))


def _write(exam: Exam, plan: Plan) -> None:
    exam.title, exam.title_en, exam.blueprint = plan.title, plan.title_en, plan.blueprint
    exam.minutes, exam.purpose = plan.minutes, plan.purpose
    exam.pass_percent, exam.pass_method = plan.pass_percent, plan.pass_method
    exam.pass_panel, exam.pass_set_on = plan.pass_panel, plan.pass_set_on
    exam.sections = [dict(section) for section in plan.sections]


def publish(exam: Exam, *, actor: User, now: datetime) -> ExamRevision:
    """Freeze the exam as its next revision.

    Raises NotReady with every red check: a blueprint that the approved bank cannot fill must not be
    found out in the exam room. Raises it too when nothing changed since the last revision, and
    Frozen while a sitting of this exam is near.
    """
    db.session.execute(select(Exam.id).where(Exam.id == exam.id).with_for_update())
    freeze.refuse_exam(exam.id, now)
    checks, plan = preflight.of_exam(exam, now, fresh=True)
    if plan is None or not preflight.is_green(checks):
        raise NotReady(_("还不能发布：%(reasons)s", reasons=preflight.why_red(checks)))
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


def _body(exam: Exam, plan: Proven, now: datetime) -> dict[str, Any]:
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
        "pass_panel": exam.pass_panel,
        "pass_set_on": exam.pass_set_on.isoformat() if exam.pass_set_on else "",
        "sections": exam.sections,
        "purpose": exam.purpose,
        "marking_rules": {"multiple_choice": rulebook.value("exam.multiple_choice_rule", today)},
        "rules_text": rulebook.value("exam.rules", today),
    }
