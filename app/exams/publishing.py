"""Freeze an exam: a revision with its hash, and the proof before it that it can be sat."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from app.bank.pool import eligible_versions
from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit, clock, rulebook
from app.errors import Refusal
from app.extensions import db
from app.models.bank import ExamBlueprint, QuestionVersion
from app.models.exams import Exam, ExamRevision
from app.models.people import User
from question_bank import ALGORITHM, Supply, dump_facts, facts_of, load, load_blueprint, supply


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
    """Make an exam that can be published later."""
    exam = Exam(
        title=title,
        title_en=title_en,
        blueprint=blueprint,
        minutes=minutes,
        pass_percent=pass_percent,
        pass_method=_("固定及格线"),
        created_by_id=actor.id,
        created_at=now,
    )
    db.session.add(exam)
    audit.record("exam.created", exam, actor=actor, now=now)
    return exam


def proof(exam: Exam, now: datetime) -> tuple[Supply, list[QuestionVersion]]:
    """Return how far the approved live bank fills the exam's blueprint, and the versions counted."""
    versions = eligible_versions(clock.shanghai_date(now))
    facts = [facts_of(load(version.body)) for version in versions]
    return supply(load_blueprint(exam.blueprint.body), facts), versions


def publish(exam: Exam, *, actor: User, now: datetime) -> ExamRevision:
    """Freeze the exam as its next revision.

    Raises NotReady naming the short cells: a blueprint that the approved bank cannot fill must not
    be found out in the exam room.
    """
    found, versions = proof(exam, now)
    if found.shortages:
        reasons = "".join(shortage.message for shortage in found.shortages)
        raise NotReady(_("还不能发布：%(reasons)s", reasons=reasons))
    today = clock.shanghai_date(now)
    body = {
        "blueprint": exam.blueprint.body,
        "eligible": [
            {"version": v.id, "hash": v.body_hash, "facts": dump_facts(facts_of(load(v.body)))}
            for v in sorted(versions, key=lambda v: v.id)
        ],
        "algorithm": ALGORITHM,
        "minutes": exam.minutes,
        "grace_seconds": rulebook.value("exam.grace_seconds", today),
        "pass_percent": exam.pass_percent,
        "pass_method": exam.pass_method,
        "marking_rules": {"multiple_choice": rulebook.value("exam.multiple_choice_rule", today)},
        "rules_text": rulebook.value("exam.rules", today),
    }
    number = db.session.scalar(
        select(func.coalesce(func.max(ExamRevision.number), 0)).where(
            ExamRevision.exam_id == exam.id
        )
    )
    revision = ExamRevision(
        exam=exam,
        number=int(number or 0) + 1,
        body=body,
        hash=body_hash(body),
        published_by_id=actor.id,
        published_at=now,
    )
    db.session.add(revision)
    audit.record("exam.published", revision, actor=actor, now=now, hash=revision.hash)
    return revision
