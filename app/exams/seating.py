"""Rooms (考场) and seats of a sitting: how many there are, which are free, who sits where.

Seat numbers run on from room to room, so that a seat says its room. A sitting without rooms has no
limit: the office fills it by hand, and candidates cannot book into it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from app import audit
from app.errors import Refusal
from app.extensions import db
from app.models.exams import Attempt, Booking, Sitting, SittingRoom
from app.models.people import User

MOST_ROOMS = 60
MOST_SEATS = 500
LONGEST_NAME = 60


class BadRooms(Refusal):
    """The rooms cannot be so."""


class CannotSeat(Refusal):
    """Nobody can be seated there."""


@dataclass(frozen=True)
class RoomPlan:
    """A room to be: its name and how many sit in it."""

    name: str
    seats: int


def read_rooms(text: str) -> list[RoomPlan]:
    """Read rooms as the office writes them, one a line: `302 考场 30`.

    Raises BadRooms naming the line.
    """
    rooms: list[RoomPlan] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.replace("，", " ").replace(",", " ").split()
        if not words:
            continue
        name, seats = " ".join(words[:-1]), words[-1].removesuffix("座")
        if not name or not (seats.isascii() and seats.isdigit()):
            raise BadRooms(_("第 %(n)d 行请写成“考场名 座位数”，例如：302 考场 30。", n=number))
        if not 1 <= int(seats) <= MOST_SEATS:
            raise BadRooms(_("第 %(n)d 行的座位数请填 1 到 %(most)d。", n=number, most=MOST_SEATS))
        if len(name) > LONGEST_NAME:
            raise BadRooms(
                _("第 %(n)d 行的考场名太长，最多 %(most)d 个字。", n=number, most=LONGEST_NAME)
            )
        if any(room.name == name for room in rooms):
            raise BadRooms(_("考场“%(name)s”写了两次，请只留一行。", name=name))
        rooms.append(RoomPlan(name, int(seats)))
    if len(rooms) > MOST_ROOMS:
        raise BadRooms(_("一场最多 %(most)d 间考场，请分成几场排。", most=MOST_ROOMS))
    return rooms


def rooms_of(sitting: Sitting) -> list[SittingRoom]:
    """Return the rooms in the order in which seats are given."""
    return list(
        db.session.scalars(
            select(SittingRoom)
            .where(SittingRoom.sitting_id == sitting.id)
            .order_by(SittingRoom.number)
        )
    )


def capacity(rooms: Iterable[SittingRoom]) -> int | None:
    """Return how many can sit; None where no room is entered, which is no limit."""
    return sum(room.seats for room in rooms) or None


def spans(rooms: Sequence[SittingRoom]) -> dict[str, range]:
    """Return the seat numbers of each room, by its id."""
    found: dict[str, range] = {}
    first = 1
    for room in rooms:
        found[room.id] = range(first, first + room.seats)
        first += room.seats
    return found


def room_of(rooms: Sequence[SittingRoom], seat: int) -> SittingRoom | None:
    """Return the room in which a seat number lies."""
    found = spans(rooms)
    return next((room for room in rooms if seat in found[room.id]), None)


def taken(sitting: Sitting) -> set[int]:
    """Return the seats that are given."""
    return set(db.session.scalars(select(Booking.seat).where(Booking.sitting_id == sitting.id)))


def free_seats(rooms: Sequence[SittingRoom], given: set[int]) -> Iterator[int]:
    """Yield free seat numbers, the lowest first; without rooms there is always one more."""
    most = capacity(rooms)
    for seat in count(1):
        if most is not None and seat > most:
            return
        if seat not in given:
            yield seat


def seats_left(sittings: Sequence[Sitting]) -> dict[str, int | None]:
    """Return how many seats are free in each sitting, in two queries; None for no limit."""
    ids = [sitting.id for sitting in sittings]
    seats = db.session.execute(
        select(SittingRoom.sitting_id, func.sum(SittingRoom.seats))
        .where(SittingRoom.sitting_id.in_(ids))
        .group_by(SittingRoom.sitting_id)
    )
    booked = db.session.execute(
        select(Booking.sitting_id, func.count())
        .where(Booking.sitting_id.in_(ids))
        .group_by(Booking.sitting_id)
    )
    whole: dict[str, int] = {key: int(number) for key, number in seats}
    gone: dict[str, int] = {key: int(number) for key, number in booked}
    return {key: max(0, whole[key] - gone.get(key, 0)) if key in whole else None for key in ids}


def set_rooms(
    sitting: Sitting, plan: Sequence[RoomPlan], *, actor: User, now: datetime
) -> list[SittingRoom]:
    """Replace the rooms of a sitting; whoever has a seat keeps its number, perhaps in another room.

    An invigilator stays with the room of the same name; where there is none any more, has all rooms.

    Raises BadRooms once somebody has begun, and when a seat already given would be lost.
    """
    lock(sitting)
    _refuse_if_begun(sitting, BadRooms)
    given = taken(sitting)
    whole = sum(room.seats for room in plan)
    if plan and given and max(given) > whole:
        raise BadRooms(
            _(
                "这些考场一共 %(have)d 座，已经排到第 %(need)d 座。请加座位，或先把后面的人挪到前面。",
                have=whole,
                need=max(given),
            )
        )
    if not plan and sitting.booking_opens_at is not None:
        raise BadRooms(_("这一场开放了自己约考，不能没有考场和座位数。请先关闭约考。"))
    bookings = _bookings(sitting)
    stands = {one.id: one.room.name for one in sitting.staff if one.room is not None}
    for booking in bookings:
        booking.room_id = None
    for staff in sitting.staff:
        staff.room_id = None
    db.session.flush()
    db.session.execute(delete(SittingRoom).where(SittingRoom.sitting_id == sitting.id))
    rooms = [
        SittingRoom(sitting_id=sitting.id, number=number, name=room.name, seats=room.seats)
        for number, room in enumerate(plan, 1)
    ]
    db.session.add_all(rooms)
    db.session.flush()
    for booking in bookings:
        _put(booking, booking.seat, rooms)
    by_name = {room.name: room.id for room in rooms}
    for staff in sitting.staff:
        staff.room_id = by_name.get(stands.get(staff.id, ""))
    db.session.flush()
    db.session.expire(sitting, ["rooms", "staff"])
    audit.record("sitting.rooms_set", sitting, actor=actor, now=now, rooms=len(rooms), seats=whole)
    return rooms


def move(sitting: Sitting, booking: Booking, seat: int, *, actor: User, now: datetime) -> None:
    """Give one person a certain seat; who has it gets the seat that becomes free.

    Raises CannotSeat for a seat that does not exist, and once one of the two has begun.
    """
    lock(sitting)
    rooms = rooms_of(sitting)
    most = capacity(rooms)
    if seat < 1 or (most is not None and seat > most):
        raise CannotSeat(_("没有第 %(n)d 座，请填 1 到 %(most)d。", n=seat, most=most or 9999))
    if seat == booking.seat:
        return
    other = db.session.scalar(
        select(Booking).where(Booking.sitting_id == sitting.id, Booking.seat == seat)
    )
    if booking.attempt is not None or (other is not None and other.attempt is not None):
        raise CannotSeat(_("已经开始答题的人不能换座位号。请在考场记录里写明实际坐在哪里。"))
    before = booking.seat
    _reseat([(booking, seat), *([(other, before)] if other else [])], rooms)
    audit.record(
        "booking.seat_changed", booking, actor=actor, now=now, seat=seat, swapped=other is not None
    )


def shuffle(sitting: Sitting, *, actor: User, now: datetime) -> int:
    """Deal all seats anew at random, so that friends from one class do not sit together.

    Returns how many got a seat. Raises CannotSeat once somebody has begun.
    """
    lock(sitting)
    _refuse_if_begun(sitting, CannotSeat)
    rooms, bookings = rooms_of(sitting), _bookings(sitting)
    random.SystemRandom().shuffle(bookings)
    _reseat(list(zip(bookings, free_seats(rooms, set()), strict=False)), rooms)
    audit.record("sitting.seats_dealt", sitting, actor=actor, now=now, people=len(bookings))
    return len(bookings)


def seated(booking: Booking, seat: int, rooms: Sequence[SittingRoom]) -> Booking:
    """Give a new booking its seat and the room of it."""
    _put(booking, seat, rooms)
    return booking


def lock(sitting: Sitting) -> None:
    """Make others who book, move or cancel in this sitting wait for this transaction."""
    db.session.execute(select(Sitting.id).where(Sitting.id == sitting.id).with_for_update())


def _reseat(wanted: Sequence[tuple[Booking, int]], rooms: Sequence[SittingRoom]) -> None:
    # The database lets no two people have one seat, not even on the way: first everyone stands up.
    for booking, _seat in wanted:
        booking.seat = -booking.seat
    db.session.flush()
    for booking, seat in wanted:
        _put(booking, seat, rooms)
    db.session.flush()


def _put(booking: Booking, seat: int, rooms: Sequence[SittingRoom]) -> None:
    room = room_of(rooms, seat)
    booking.seat = seat
    booking.room_id = room.id if room else None


def _bookings(sitting: Sitting) -> list[Booking]:
    return list(
        db.session.scalars(
            select(Booking).where(Booking.sitting_id == sitting.id).order_by(Booking.seat)
        )
    )


def _refuse_if_begun(sitting: Sitting, refusal: type[Refusal]) -> None:
    if db.session.scalar(select(Attempt.id).where(Attempt.sitting_id == sitting.id).limit(1)):
        raise refusal(_("已经有人开始答题，座位和考场不能再整场改动。"))
