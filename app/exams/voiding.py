"""Make an attempt void: the last resort of a room, with a reason, never undone.

What was answered stays in the journal; it is neither marked nor released. Whether there was
misconduct is decided elsewhere, with a right of reply.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.errors import Refusal
from app.exams import invigilators, time_account
from app.extensions import db
from app.models.exams import Attempt, AttemptEvent, Result
from app.models.people import User


class VoidRefused(Refusal):
    """The attempt cannot be made void now."""


def void(attempt: Attempt, why: str, *, actor: User, now: datetime) -> None:
    """Make an attempt void: a right of this sitting's invigilators and of nobody else.

    Raises VoidRefused for anybody else, without a reason, twice, or after the release.
    """
    if not invigilators.invigilates(actor, attempt.booking.sitting):
        raise VoidRefused(_("只有这一场的监考员能作废答卷，没有作废。"))
    why = why.strip()[:200]
    if not why:
        raise VoidRefused(_("作废要写原因，最多 200 个字。"))
    locked = time_account.lock(attempt)
    if locked.state == "void":
        raise VoidRefused(_("这份答卷已经作废，没有再作废一次。"))
    released = select(Result.id).where(
        Result.attempt_id == locked.id, Result.released_at.is_not(None)
    )
    if db.session.scalar(released) is not None:
        raise VoidRefused(_("成绩已经公布，不能在考场里作废。请走违纪或更正流程。"))
    time_account.end_pause(locked, actor=actor, now=now)
    locked.state = "void"
    db.session.add(
        AttemptEvent(attempt_id=locked.id, kind="voided", details={"reason": why}, at=now)
    )
    audit.record("attempt.voided", locked, actor=actor, now=now, reason=why)


def reason(attempt: Attempt) -> str:
    """Return why a void attempt was made void, as the invigilator wrote it."""
    event = db.session.scalars(
        select(AttemptEvent).where(
            AttemptEvent.attempt_id == attempt.id, AttemptEvent.kind == "voided"
        )
    ).one()
    return str(event.details["reason"])
