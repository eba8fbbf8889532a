"""What an invigilator reaches: the sittings they are named for, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import clock
from app.acting import do_and_tell
from app.exams.views.reaching import open_attempts
from app.extensions import db
from app.models.exams import Attempt, Booking, Sitting
from app.models.people import User
from app.permissions import allows, the_user


def is_own(sitting: Sitting) -> bool:
    """Tell whether the signed-in person is named for a sitting."""
    return the_user().id in {staff.user_id for staff in sitting.staff}


def own_sitting(sitting_id: str) -> Sitting:
    """Return a sitting for which the signed-in person is named, or 404."""
    sitting = db.session.get(Sitting, sitting_id)
    if sitting is None or not is_own(sitting):
        abort(404)
    return sitting


def own_attempt(attempt_id: str) -> Attempt:
    """Return an attempt in a sitting that the person invigilates, or 404."""
    attempt = db.session.get(Attempt, attempt_id)
    if attempt is None:
        abort(404)
    own_sitting(attempt.sitting_id)
    return attempt


def own_booking(booking_id: str) -> Booking:
    """Return a booking in a sitting that the person invigilates, or 404."""
    booking = db.session.get(Booking, booking_id)
    if booking is None:
        abort(404)
    own_sitting(booking.sitting_id)
    return booking


def may_invigilate(booking: Booking) -> bool:
    """Tell whether the signed-in person stands at the door of a booking's sitting."""
    return allows(the_user(), "exam.invigilate") and is_own(booking.sitting)


def picked(sitting: Sitting) -> list[Booking] | None:
    """Return the seats that were ticked, or None when none was: then the whole room is meant.

    Whoever ticked seats that are not in this room meant somebody, so it is not the whole room.
    """
    asked = request.values.getlist("seat")
    if not asked:
        return None
    numbers = {int(one) for one in asked if one.isascii() and one.isdigit() and len(one) < 7}
    return list(
        db.session.scalars(
            select(Booking)
            .where(Booking.sitting_id == sitting.id, Booking.seat.in_(numbers))
            .options(selectinload(Booking.attempt))
            .order_by(Booking.seat)
        )
    )


def writing(sitting: Sitting, chosen: list[Booking] | None) -> list[Attempt]:
    """Return the open attempts of those ticked, or of the whole room."""
    if chosen is None:
        return open_attempts(sitting)
    return [one.attempt for one in chosen if one.attempt and one.attempt.state == "open"]


def try_to(do: Callable[[User, datetime], str], back: str) -> ResponseReturnValue:
    """Do an act, say what became of it, and go back."""
    return do_and_tell(lambda: do(the_user(), clock.now()), back)
