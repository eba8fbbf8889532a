"""Practical sign-offs: an instructor's word that a person can do what a practical lesson teaches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.errors import Refusal
from app.extensions import db
from app.models.people import User
from app.models.training import Enrolment, PracticalSignOff, TrainingClass
from app.training import records


class SignOffRefused(Refusal):
    """The signature cannot be given or withdrawn like this; nothing was."""


def sign(
    training_class: TrainingClass,
    wanted: Iterable[tuple[Enrolment, str]],
    *,
    on: date,
    actor: User,
    now: datetime,
) -> int:
    """Sign for many people and lessons at once. Returns how many are new.

    What is signed already stays as it is, so that a second click or a second instructor's stale
    page does no harm. Raises SignOffRefused for a lesson that needs no signature, a class that has
    not begun, or one's own practice.
    """
    pairs = list(dict.fromkeys(wanted))
    if pairs and on < training_class.starts_on:
        raise SignOffRefused(_("这个班还没有开始，开班以后才能签字。"))
    codes = {lesson.code for lesson in records.lessons_to_sign(training_class.edition, on)}
    for enrolment, code in pairs:
        if code not in codes:
            raise SignOffRefused(_("%(code)s 不是要签字的实操课，什么都没有签。", code=code))
        if enrolment.user_id == actor.id:
            raise SignOffRefused(_("你自己的实操要由别的老师签字。"))
    # Two instructors may sign the same box at once: the second waits here and then finds it signed.
    db.session.execute(
        select(TrainingClass.id).where(TrainingClass.id == training_class.id).with_for_update()
    )
    standing = records.sign_offs([enrolment.id for enrolment, _code in pairs])
    new = [pair for pair in pairs if pair[1] not in standing.get(pair[0].id, {})]
    for enrolment, code in new:
        row = PracticalSignOff(
            enrolment_id=enrolment.id, lesson_code=code, signed_by_id=actor.id, signed_at=now
        )
        db.session.add(row)
        audit.record("practice.signed", row, actor=actor, now=now, lesson=code)
    return len(new)


def withdraw(row: PracticalSignOff, *, reason: str, actor: User, now: datetime) -> None:
    """Take a signature back, with the reason. The row stays; the lesson can be signed anew.

    Raises SignOffRefused without a reason or when it was taken back before.
    """
    if row.withdrawn_at is not None:
        raise SignOffRefused(_("这个签字已经收回过了。"))
    if not reason:
        raise SignOffRefused(_("请写明为什么收回这个签字。"))
    row.withdrawn_at, row.withdrawn_reason = now, reason
    audit.record("practice.withdrawn", row, actor=actor, now=now, lesson=row.lesson_code)
