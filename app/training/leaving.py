"""Leaving a class, by oneself before anything is recorded, or by the training body with a reason.

The enrolment and its records stay; the free place goes to whoever waits.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.errors import Refusal
from app.extensions import db
from app.models.classes import MeetingSign
from app.models.people import User
from app.models.training import Attendance, Enrolment
from app.training import telling, waiting


class CannotLeave(Refusal):
    """This person cannot leave this class like this."""


def may_leave(enrolment: Enrolment) -> bool:
    """Tell whether a person may leave by themselves: nothing is recorded of them yet."""
    return not any(
        db.session.scalar(select(model.id).where(model.enrolment_id == enrolment.id).limit(1))
        for model in (Attendance, MeetingSign)
    )


def leave(enrolment: Enrolment, *, actor: User, now: datetime, reason: str = "") -> int:
    """Take a person out of their class; returns how many moved up. A second click does nothing.

    Raises CannotLeave: whoever was present is taken out by the body, with a reason.
    """
    found = enrolment.training_class
    waiting.lock(found)
    if enrolment.state != "enrolled":
        return 0
    own = actor.id == enrolment.user_id
    if own and not may_leave(enrolment):
        raise CannotLeave(_("你已经有出勤记录，不能自己退班。要退出，请找班主任办理。"))
    if not own and not reason:
        raise CannotLeave(_("请写明为什么把这位学员移出，会和记录一起保留。"))
    enrolment.state = "left"
    audit.record("class.left", enrolment, actor=actor, now=now, reason=reason)
    if not own:
        telling.taken_out(enrolment.user, found, reason, now=now)
    return len(waiting.move_up(found, now=now))
