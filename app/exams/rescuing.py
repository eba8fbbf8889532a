"""Exam-day rescue: a password for a candidate who cannot sign in, given in the room.

The invigilator looks at the document, the candidate signs in with what is on the slip and has to
choose an own password at once, so that the slip is good once. It is for candidates only, of this
room only, around the sitting only: not a way into anybody's account.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _

from app import audit
from app.accounts import granting
from app.errors import Refusal
from app.models.exams import Booking
from app.models.people import User
from app.permissions import is_staff

BEFORE = timedelta(hours=3)
AFTER = timedelta(hours=1)


class RescueRefused(Refusal):
    """No password can be given here."""


def why_not(booking: Booking, now: datetime) -> str:
    """Say why this candidate gets no password here now; empty when one may be given."""
    sitting = booking.sitting
    if is_staff(booking.user):
        return str(_("这位考生同时有工作人员的角色，新密码只能由管理员给。"))
    if not sitting.opens_at - BEFORE <= now <= sitting.closes_at + AFTER:
        return str(_("开考前 3 小时到考试结束后 1 小时之间，才能在考场里给新密码。"))
    return ""


def refuse_unless_possible(booking: Booking, now: datetime) -> None:
    """Raise RescueRefused with the reason when no password may be given."""
    why = why_not(booking, now)
    if why:
        raise RescueRefused(why)


def give_password(
    booking: Booking, password_hash: str, why: str, *, actor: User, now: datetime
) -> None:
    """Set a password that has to be changed at the next sign-in; a running attempt goes on.

    The attempt rests on its device's own token, so being signed out stops no answer. Raises
    RescueRefused, also without a reason.
    """
    refuse_unless_possible(booking, now)
    why = why.strip()[:200]
    if not why:
        raise RescueRefused(_("给新密码要写原因，例如“忘记密码，已核对身份证”。"))
    granting.give_password(booking.user, password_hash, actor=actor, now=now)
    audit.record("booking.rescued", booking, actor=actor, now=now, reason=why)
