"""What an invigilator reaches: the sittings they are named for, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import abort, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import clock
from app.acting import do_and_tell
from app.exams import invigilators, seating
from app.exams.views import blueprint
from app.exams.views.reaching import open_attempts
from app.extensions import db
from app.models.exams import Attempt, Booking, Sitting, SittingRoom
from app.models.people import User
from app.permissions import the_user

OF_ONE_ROOM = frozenset(
    f"{blueprint.name}.{page}"
    for page in (
        "room",
        "room_rows",
        "room_stream",
        "act",
        "unlock",
        "door",
        "door_list",
        "door_person",
        "door_photo",
        "check_in",
        "undo_check_in",
        "incidents_of",
        "seat",
        "hand_in_for",
        "void",
        "seat_password",
        "room_documents",
        "print_room_document",
        "rescue",
        "take_in",
        "paper_sheets",
    )
)
"""Pages that are about one room of a sitting, or about all of them, and lead to each other."""


@blueprint.url_defaults
def _stay_in_room(endpoint: str, values: dict[str, Any]) -> None:
    """Let every address that a page of one room makes lead to a page of the same room."""
    if endpoint in OF_ONE_ROOM and "room" not in values and g.get("room_kept") is not None:
        values["room"] = g.room_kept


def only_room(sitting: Sitting) -> str:
    """Return the room a page is about; nothing for all of them.

    It is the one that the address names; when it names none, the one for which the invigilator was
    named. A name that is no room of this sitting means all rooms, and is not repeated anywhere.
    """
    own = invigilators.own_room(sitting, the_user())
    asked = request.values.get("room", own)
    only = asked if asked and asked in {room.name for room in seating.rooms_of(sitting)} else ""
    g.room_kept = only if only or own else None
    return only


def is_own(sitting: Sitting) -> bool:
    """Tell whether the signed-in person may act in the rooms of a sitting."""
    return invigilators.invigilates(the_user(), sitting)


def own_sitting(sitting_id: str) -> Sitting:
    """Return a sitting for which the signed-in person is named, or 404."""
    sitting = db.session.get(Sitting, sitting_id)
    if sitting is None or not is_own(sitting):
        abort(404)
    only_room(sitting)
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
    if not is_own(booking.sitting):
        return False
    only_room(booking.sitting)
    return True


def picked(sitting: Sitting) -> list[Booking] | None:
    """Return the seats that were ticked, or None when none was: then the whole sitting is meant.

    Whoever ticked seats that are not in this sitting meant somebody, so it is not the whole.
    `everyone` stands for everybody of the one room that the page is about, so that the address of
    three hundred who are ticked stays short.
    """
    asked = request.values.getlist("seat")
    only = only_room(sitting)
    if "everyone" in request.values and only:
        meant = Booking.room.has(SittingRoom.name == only)
    elif asked:
        meant = Booking.seat.in_(
            {int(one) for one in asked if one.isascii() and one.isdigit() and len(one) < 7}
        )
    else:
        return None
    return list(
        db.session.scalars(
            select(Booking)
            .where(Booking.sitting_id == sitting.id, meant)
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
