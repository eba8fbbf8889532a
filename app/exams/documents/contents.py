"""The facts of a sitting as they are printed: its head, its rooms, the people by seat.

Reads only, at a constant number of queries. Identity numbers come masked; nothing else of a person
is read than the name, the photo and what was granted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app import blobs, clock
from app.awards.contents import hide_enough
from app.blobs import BlobDamagedError
from app.clock import SHANGHAI
from app.config import Settings
from app.exams import seating, tickets
from app.exams.documents.photos import for_list
from app.extensions import db
from app.models.exams import Attempt, Booking, Sitting
from app.models.journal import Blob
from app.models.people import User
from certificates import qr


@dataclass(frozen=True)
class Head:
    """What stands at the top of every document."""

    exam: str
    exam_en: str
    place: str
    day: str
    begins: str
    last_start: str
    ends: str
    minutes: int
    printed_at: str
    demo: bool


@dataclass(frozen=True)
class Candidate:
    """One person on a list."""

    seat: int
    name: str
    ticket_number: str
    document: str
    """Masked; empty when none is registered."""
    room: str
    granted: str
    photo: str
    """Name among the assets; empty without one."""
    came: bool
    """Began, or was let in at the door."""


@dataclass(frozen=True)
class RoomSheet:
    """One room with the people in it, by seat, and the invigilators who stand there alone."""

    name: str
    first: int
    last: int
    people: tuple[Candidate, ...]
    invigilators: tuple[str, ...] = ()

    @property
    def absent(self) -> tuple[Candidate, ...]:
        """Who did not come."""
        return tuple(one for one in self.people if not one.came)


@dataclass(frozen=True)
class Contents:
    """A sitting as it is printed, and the pictures it names."""

    head: Head
    rooms: tuple[RoomSheet, ...]
    anywhere: tuple[str, ...]
    """Invigilators named for all rooms."""
    assets: dict[str, tuple[str, bytes]]


def head_of(sitting: Sitting, now: datetime) -> Head:
    """Return the head of a document."""
    settings: Settings = current_app.config["PEIZHEN"]
    day = clock.shanghai_date(sitting.opens_at)
    exam = sitting.revision.exam
    return Head(
        exam=exam.title,
        exam_en=exam.title_en,
        place=sitting.place,
        day=f"{day.year}年{day.month}月{day.day}日（星期{'一二三四五六日'[day.weekday()]}）",
        begins=_hour(sitting.opens_at),
        last_start=_hour(sitting.last_start_at),
        ends=_hour(sitting.closes_at),
        minutes=sitting.revision.body["minutes"],
        printed_at=f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        demo=settings.demo,
    )


def read(sitting: Sitting, now: datetime, *, photos: bool) -> Contents:
    """Return a sitting's facts by room. Without rooms the place itself is the one room."""
    bookings = _bookings(Booking.sitting_id == sitting.id)
    assets = _photos([one.user for one in bookings]) if photos else {}
    people = [candidate(one, assets) for one in bookings]
    rooms = seating.rooms_of(sitting)
    spans = seating.spans(rooms)
    sheets = [
        RoomSheet(
            room.name,
            spans[room.id].start,
            spans[room.id].stop - 1,
            tuple(one for one in people if one.seat in spans[room.id]),
            tuple(one.user.name for one in sitting.staff if one.room_id == room.id),
        )
        for room in rooms
    ]
    if not sheets:
        last = max((one.seat for one in people), default=0)
        sheets = [RoomSheet(sitting.place, 1, last, tuple(people))]
    anywhere = tuple(one.user.name for one in sitting.staff if one.room_id is None)
    return Contents(head_of(sitting, now), tuple(sheets), anywhere, assets)


def tickets_of(bookings: Sequence[Booking], now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the facts of tickets, in the order given, and their pictures."""
    assets = _photos([one.user for one in bookings])
    codes = {f"code-{one.id}": _code(one) for one in bookings}
    shown = [
        {
            "head": head_of(one.sitting, now),
            "person": candidate(one, assets),
            "place": one.sitting.place,
            "code": f"code-{one.id}",
            "rules": [
                line.replace("{grace}", str(one.sitting.revision.body["grace_seconds"]))
                for line in one.sitting.revision.body["rules_text"]["zh"]
            ],
        }
        for one in bookings
    ]
    return {"tickets": shown}, {**assets, **codes}


def booking_ids(sitting: Sitting) -> list[str]:
    """Return the ids of a sitting's bookings, by seat."""
    of_sitting = select(Booking.id).where(Booking.sitting_id == sitting.id)
    return list(db.session.scalars(of_sitting.order_by(Booking.seat)))


def bookings_of(ids: Sequence[str]) -> list[Booking]:
    """Return some bookings by seat, with all that is printed of them."""
    return _bookings(Booking.id.in_(ids))


def candidate(booking: Booking, assets: dict[str, Any]) -> Candidate:
    """Return one person as printed."""
    user = booking.user
    return Candidate(
        seat=booking.seat,
        name=user.name,
        ticket_number=booking.ticket_number,
        document=hide_enough(user.identity.shown) if user.identity else "",
        room=booking.room.name if booking.room else "",
        granted="、".join(_granted(booking)),
        photo=_asset(user) if _asset(user) in assets else "",
        came=booking.attempt is not None or booking.check_in in {"confirmed", "late"},
    )


def _granted(booking: Booking) -> list[str]:
    words = []
    if booking.time_factor_percent > 100:
        words.append(f"时间 {booking.time_factor_percent}%")
    words += ["大字"] if booking.large_type else []
    words += ["读题"] if booking.reader else []
    words += [f"休息 {booking.break_minutes} 分钟"] if booking.break_minutes else []
    return words


def _bookings(condition: Any) -> list[Booking]:
    return list(
        db.session.scalars(
            select(Booking)
            .where(condition)
            .options(
                joinedload(Booking.user).selectinload(User.identity),
                selectinload(Booking.room),
                selectinload(Booking.attempt).load_only(Attempt.id, Attempt.booking_id),
            )
            .order_by(Booking.seat)
        )
    )


def _asset(user: User) -> str:
    return f"photo-{user.photo_blob_id}"


def _photos(people: Sequence[User]) -> dict[str, tuple[str, bytes]]:
    """Return small photos by the name of their file; one that cannot be read is left out."""
    wanted = {user.photo_blob_id for user in people if user.photo_blob_id}
    found = {}
    for blob in db.session.scalars(select(Blob).where(Blob.id.in_(wanted))):
        try:
            found[f"photo-{blob.id}"] = ("image/jpeg", for_list(blobs.get(blob)))
        except (BlobDamagedError, OSError):
            continue  # the list shows an empty frame; the photo page says what is wrong
    return found


def _code(booking: Booking) -> tuple[str, bytes]:
    # A picture, not a drawing: the renderer takes a third of its time for the squares of one code.
    return ("image/png", qr.encode(tickets.door_address(booking)).png())


def _hour(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%H:%M}"
