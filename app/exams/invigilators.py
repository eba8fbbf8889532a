"""Who invigilates a sitting (监考员), and in which of its rooms each one stands.

A room named for somebody says where they stand: it opens their board there, and the lists that
are printed put them there. It limits nothing: whoever is an invigilator of a sitting may act in
all its rooms, since in an emergency whoever is nearest has to. No room named means all rooms.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.errors import Refusal
from app.exams import seating
from app.extensions import db
from app.models.exams import Booking, Sitting, SittingRoom, SittingStaff
from app.models.people import User
from app.permissions import allows


class NoSuchRoom(Refusal):
    """The room is none of this sitting."""


def invigilates(person: User, sitting: Sitting) -> bool:
    """Tell whether somebody may act in a sitting's rooms: named for it, and still in the role."""
    named = any(staff.user_id == person.id for staff in sitting.staff)
    return named and allows(person, "exam.invigilate")


def name(
    sitting: Sitting, person: User, room_id: str = "", *, actor: User, now: datetime
) -> SittingStaff:
    """Name an invigilator for one room, or for all of them; again changes the room alone.

    Raises NoSuchRoom for a room of another sitting, or one that was replaced meanwhile.
    """
    seating.lock(sitting)
    room = _room(sitting, room_id)
    staff = next((one for one in sitting.staff if one.user_id == person.id), None)
    if staff is not None and staff.room_id == (room.id if room else None):
        return staff
    if staff is None:
        staff = SittingStaff(user=person)
        sitting.staff.append(staff)
    staff.room = room
    audit.record(
        "sitting.invigilator_named",
        sitting,
        actor=actor,
        now=now,
        invigilator=person.id,
        room=room.number if room else 0,
    )
    return staff


def own_room(sitting: Sitting, person: User) -> str:
    """Return the name of the room somebody was named for; nothing for all rooms."""
    for staff in sitting.staff:
        if staff.user_id == person.id and staff.room is not None:
            return staff.room.name
    return ""


def unwatched(sitting: Sitting) -> list[str]:
    """Return the rooms that have candidates and nobody to watch them, in order.

    Whoever is named for all rooms can stand in one of them; if there are more rooms left than
    such people, all those rooms are named, for nobody can say which of them goes without.
    """
    peopled = set(
        db.session.scalars(
            select(Booking.room_id).where(Booking.sitting_id == sitting.id).distinct()
        )
    )
    staff = db.session.scalars(
        select(SittingStaff).where(SittingStaff.sitting_id == sitting.id)
    ).all()
    watched = {one.room_id for one in staff}
    left = [
        room.name
        for room in seating.rooms_of(sitting)
        if room.id in peopled and room.id not in watched
    ]
    anywhere = sum(one.room_id is None for one in staff)
    return left if len(left) > anywhere else []


def _room(sitting: Sitting, room_id: str) -> SittingRoom | None:
    if not room_id:
        return None
    for room in seating.rooms_of(sitting):
        if room.id == room_id:
            return room
    raise NoSuchRoom(_("这一场没有这间考场，可能刚改过。请刷新后再选一次。"))
