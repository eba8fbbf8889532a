"""Freeze an exam: a revision with its hash, and the proof before it that it can be sat."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, clock, rulebook
from app.bank import shortages
from app.bank.pool import eligible_versions
from app.errors import Refusal
from app.extensions import db
from app.models.bank import ExamBlueprint, QuestionVersion
from app.models.exams import Exam, ExamRevision
from app.models.people import User
from question_bank import ALGORITHM, Supply, dump_facts, facts_of, load, load_blueprint, supply

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


def proof(exam: Exam, now: datetime) -> tuple[Supply, list[QuestionVersion]]:
    """Return how far the approved live bank fills the exam's blueprint, and the versions counted."""
    versions = eligible_versions(clock.shanghai_date(now))
    facts = [facts_of(load(version.body)) for version in versions]
    return supply(load_blueprint(exam.blueprint.body), facts), versions


def publish(exam: Exam, *, actor: User, now: datetime) -> ExamRevision:
    """Freeze the exam as its next revision.

    Raises NotReady naming the short cells: a blueprint that the approved bank cannot fill must not
    be found out in the exam room. Raises it too when nothing changed since the last revision.
    """
    db.session.execute(select(Exam.id).where(Exam.id == exam.id).with_for_update())
    found, versions = proof(exam, now)
    if found.shortages:
        reasons = shortages.sentences(found.shortages)
        raise NotReady(_("还不能发布：%(reasons)s", reasons=reasons))
    body = _body(exam, versions, now)
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


def _body(exam: Exam, versions: list[QuestionVersion], now: datetime) -> dict[str, Any]:
    """Return all that a sitting will need, so that no later change of a rule reaches it."""
    today = clock.shanghai_date(now)
    return {
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
