"""Prior learning (A10): lessons that somebody need not study, with evidence, decider and date.

It waives study and nothing else. Attendance, practical lessons and their signatures, the assessment
and the exam are asked of this person as of everybody. What a waiver completed can be told from what
was studied (`completed_by`), and goes back to open when the waiver is withdrawn.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import audit
from app.errors import Refusal
from app.extensions import db
from app.learning import progress
from app.models.learning import LessonProgress, LessonVersion
from app.models.people import User
from app.models.studying import PriorLearning
from app.models.training import Enrolment, TrainingClass

RULE = "prior_learning"
KINDS = ("nurse", "care_worker", "course", "other")
LEAST_WORDS, MOST_WORDS = 4, 200
_NUMBER = re.compile(r"\d{8,}")


class NotWaived(Refusal):
    """These lessons cannot be waived like this; nothing was."""


def standing(enrolment: Enrolment) -> list[PriorLearning]:
    """Return all decisions about one person in a class, the latest first."""
    return list(
        db.session.scalars(
            select(PriorLearning)
            .where(PriorLearning.enrolment_id == enrolment.id)
            .options(joinedload(PriorLearning.decided_by))
            .order_by(PriorLearning.decided_at.desc(), PriorLearning.id)
        )
    )


def of_person(user: User, edition_id: str) -> list[PriorLearning]:
    """Return the standing waivers of one person in an edition, for them to read."""
    return list(
        db.session.scalars(
            select(PriorLearning)
            .join(Enrolment, Enrolment.id == PriorLearning.enrolment_id)
            .join(TrainingClass, TrainingClass.id == Enrolment.class_id)
            .where(
                Enrolment.user_id == user.id,
                TrainingClass.edition_id == edition_id,
                PriorLearning.withdrawn_at.is_(None),
            )
            .options(joinedload(PriorLearning.decided_by))
            .order_by(PriorLearning.decided_at)
        )
    )


def waive(
    enrolment: Enrolment,
    codes: Collection[str],
    *,
    kind: str,
    evidence: str,
    actor: User,
    now: datetime,
) -> PriorLearning:
    """Let some lessons count as studied. Raises NotWaived with what is wrong."""
    at = progress.in_class(enrolment.user, enrolment.training_class)
    wanted = [lesson for lesson in at.course.lessons if lesson.id in set(codes)]
    _check(enrolment, actor, kind, evidence)
    practical = [lesson.id for lesson in wanted if lesson.practical]
    if practical:
        raise NotWaived(
            _("第 %(codes)s 课是实操课，要老师看着做、签字，不能免。", codes="、".join(practical))
        )
    waived = [lesson.id for lesson in wanted if lesson.countable and lesson.id not in at.completed]
    if not waived:
        raise NotWaived(_("没有选还没学完的课。已经学完的课不用免。"))
    row = PriorLearning(
        enrolment_id=enrolment.id,
        lessons=waived,
        kind=kind,
        evidence=evidence,
        decided_by_id=actor.id,
        decided_at=now,
    )
    db.session.add(row)
    _complete(enrolment, waived, now)
    audit.record(
        "study.waived", row, actor=actor, now=now, kind=kind, lessons=waived, enrolment=enrolment.id
    )
    return row


def withdraw(row: PriorLearning, *, reason: str, actor: User, now: datetime) -> None:
    """Take a decision back, with the reason; its lessons are open again. Raises NotWaived."""
    if row.withdrawn_at is not None:
        raise NotWaived(_("这次免学已经收回过了。"))
    if len(reason) < LEAST_WORDS:
        raise NotWaived(_("请写明为什么收回，至少 %(n)d 个字。", n=LEAST_WORDS))
    row.withdrawn_at, row.withdrawn_reason, row.withdrawn_by_id = now, reason, actor.id
    for record in _records(row.enrolment, row.lessons):
        if record.completed_by == RULE:
            record.completed_at, record.completed_by = None, None
    audit.record("study.waiver_withdrawn", row, actor=actor, now=now, reason=reason)


def _check(enrolment: Enrolment, actor: User, kind: str, evidence: str) -> None:
    if enrolment.user_id == actor.id:
        raise NotWaived(_("你自己的免学要由别人决定。"))
    if kind not in KINDS:
        raise NotWaived(_("请选是凭什么免学。"))
    if not LEAST_WORDS <= len(evidence) <= MOST_WORDS:
        raise NotWaived(
            _(
                "请写明看过什么证明、存在哪里，%(least)d 到 %(most)d 个字。",
                least=LEAST_WORDS,
                most=MOST_WORDS,
            )
        )
    if _NUMBER.search(evidence):
        raise NotWaived(_("依据里不要写证件号、手机号这样的长号码；写证明的名称和存放处就够了。"))


def _records(enrolment: Enrolment, codes: Collection[str]) -> list[LessonProgress]:
    return list(
        db.session.scalars(
            select(LessonProgress)
            .where(
                LessonProgress.user_id == enrolment.user_id,
                LessonProgress.edition_id == enrolment.training_class.edition_id,
                LessonProgress.code.in_(codes),
            )
            .with_for_update()
        )
    )


def _complete(enrolment: Enrolment, codes: list[str], now: datetime) -> None:
    edition_id = enrolment.training_class.edition_id
    records = {record.code: record for record in _records(enrolment, codes)}
    versions = db.session.execute(
        select(LessonVersion.code, LessonVersion.id).where(
            LessonVersion.edition_id == edition_id,
            LessonVersion.current.is_(True),
            LessonVersion.code.in_(codes),
        )
    )
    for code, version_id in versions:
        record = records.get(code)
        if record is None:
            record = LessonProgress(
                user_id=enrolment.user_id,
                edition_id=edition_id,
                code=code,
                version_id=version_id,
                opened_at=now,
                last_opened_at=now,
            )
            db.session.add(record)
        record.completed_at, record.completed_by = now, RULE
