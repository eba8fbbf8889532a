"""Sittings (考试场次) and their rosters: when and where, who invigilates, who is on the list."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app import audit
from app.errors import Refusal
from app.exams import accommodations, seating, telling, tickets
from app.exams.admission import obstacles
from app.exams.proving import MOCK
from app.extensions import db
from app.models.exams import (
    Attempt,
    Booking,
    ExamRevision,
    Paper,
    PaperSlot,
    Sitting,
)
from app.models.people import District, User
from app.models.room import PaperEntry
from app.models.training import Enrolment, TrainingClass

CODE_SIGNS = "ACDEFHJKMNPRTUVWXY34679"  # no signs that are mistaken for each other on a board


class BadSitting(Refusal):
    """A sitting cannot be planned so."""


class CannotBook(Refusal):
    """Somebody cannot be put on this roster, or not be taken from it."""


@dataclass
class Booked:
    """What came of adding people: how many were added, who was not and why."""

    added: int = 0
    left_out: list[tuple[str, str]] = field(default_factory=list)
    """Who, as the office named them, and the reason."""


def plan(
    revision: ExamRevision,
    *,
    district: District,
    place: str,
    opens_at: datetime,
    late_minutes: int,
    closes_at: datetime,
    actor: User,
    now: datetime,
    rooms: Sequence[seating.RoomPlan] = (),
) -> Sitting:
    """Plan a sitting of a frozen revision.

    Raises BadSitting for a window in the past, one too short for the exam's length, or a place
    that has a sitting at that moment already; BadRooms for rooms that cannot be.
    """
    if revision.exam.purpose == MOCK:
        raise BadSitting(_("模拟考不排场次：学员自己随时开始。"))
    length = timedelta(minutes=revision.body["minutes"])
    if opens_at < now - timedelta(minutes=5):
        raise BadSitting(_("开考时间已经过去，请改成之后的时间。"))
    if closes_at < opens_at + length:
        raise BadSitting(
            _("从开考到结束不足 %(n)d 分钟，准时进场的人也答不完。", n=revision.body["minutes"])
        )
    same_room = select(Sitting.id).where(
        Sitting.district_code == district.code,
        Sitting.place == place,
        Sitting.opens_at < closes_at,
        Sitting.closes_at > opens_at,
    )
    if db.session.scalar(same_room):
        raise BadSitting(_("%(place)s 在这段时间已经排了一场，请换考场或时间。", place=place))
    sitting = Sitting(
        revision=revision,
        district_code=district.code,
        place=place,
        opens_at=opens_at,
        last_start_at=min(opens_at + timedelta(minutes=late_minutes), closes_at),
        closes_at=closes_at,
        room_code="".join(secrets.choice(CODE_SIGNS) for _number in range(4)),
        created_by_id=actor.id,
        created_at=now,
    )
    db.session.add(sitting)
    audit.record("sitting.planned", sitting, actor=actor, now=now)
    if rooms:
        db.session.flush()
        seating.set_rooms(sitting, rooms, actor=actor, now=now)
    return sitting


def open_booking(
    sitting: Sitting, opens_at: datetime, closes_at: datetime, *, actor: User, now: datetime
) -> None:
    """Let candidates book by themselves between two moments.

    Raises BadSitting for a time that is over, an end before the beginning or after the start of the
    exam, and for a sitting without rooms: nobody could say how many seats are left.
    """
    if not seating.rooms_of(sitting):
        raise BadSitting(_("先填考场和座位数，再开放自己约考：没有座位数就说不出还剩几座。"))
    if closes_at <= now:
        raise BadSitting(_("截止时间已经过去，请改成之后的时间。"))
    if closes_at <= opens_at:
        raise BadSitting(_("截止时间要在开始时间之后。"))
    if closes_at > sitting.opens_at:
        raise BadSitting(_("截止时间不能晚于开考时间。"))
    sitting.booking_opens_at, sitting.booking_closes_at = opens_at, closes_at
    audit.record("sitting.booking_opened", sitting, actor=actor, now=now)


def close_booking(sitting: Sitting, *, actor: User, now: datetime) -> None:
    """Leave booking, changing and cancelling to the office; who has a seat keeps it."""
    if sitting.booking_opens_at is not None:
        sitting.booking_opens_at = sitting.booking_closes_at = None
        audit.record("sitting.booking_closed", sitting, actor=actor, now=now)


def add_class(
    sitting: Sitting, training_class: TrainingClass, *, actor: User, now: datetime
) -> Booked:
    """Book everyone of a class who is ready for the exam; name the others with what is missing.

    Raises CannotBook once nobody can come in any more.
    """
    seating.lock(sitting)
    enrolments = db.session.scalars(
        select(Enrolment)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.class_id == training_class.id, Enrolment.state == "enrolled")
        .order_by(Enrolment.enrolled_at, Enrolment.id)
    ).all()
    here = booked_here(sitting)
    named = [(one, one.user.name) for one in enrolments if one.user_id not in here]
    return add(sitting, named, actor=actor, now=now)


def booked_here(sitting: Sitting) -> set[str]:
    """Return who is on the roster already."""
    return set(db.session.scalars(select(Booking.user_id).where(Booking.sitting_id == sitting.id)))


def add(
    sitting: Sitting, named: Sequence[tuple[Enrolment, str]], *, actor: User, now: datetime
) -> Booked:
    """Book people in the order given, each with the words that name them; the caller holds the lock.

    Raises CannotBook once nobody can come in any more.
    """
    if now > sitting.last_start_at:
        raise CannotBook(_("这一场已过最晚进场时间，不能再加人。"))
    enrolments = [enrolment for enrolment, _who in named]
    found = obstacles(sitting, enrolments, now)
    rooms = seating.rooms_of(sitting)
    free = seating.free_seats(rooms, seating.taken(sitting))
    numbers = tickets.new_numbers(sitting)
    granted = accommodations.standing([enrolment.user_id for enrolment in enrolments])
    done = Booked()
    for enrolment, who in named:
        why = found.get(enrolment.id, "")
        seat = None if why else next(free, None)
        if seat is None:
            done.left_out.append((who, why or _("座位已经排满")))
            continue
        row = _new(sitting, enrolment, next(numbers), now)
        accommodations.apply(row, sitting, granted.get(enrolment.user_id))
        db.session.add(seating.seated(row, seat, rooms))
        if sitting.confirmed_at is not None:  # the others were told when it was confirmed
            telling.confirmed(enrolment.user, sitting, row, now=now)
        done.added += 1
    audit.record("sitting.roster_changed", sitting, actor=actor, now=now, added=done.added)
    return done


def book(
    sitting: Sitting, enrolment: Enrolment, seat: int, *, actor: User, now: datetime
) -> Booking:
    """Give one person a seat; the caller holds the lock and has asked whether they may."""
    rooms = seating.rooms_of(sitting)
    row = _new(sitting, enrolment, next(tickets.new_numbers(sitting)), now)
    granted = accommodations.standing([enrolment.user_id]).get(enrolment.user_id)
    accommodations.apply(row, sitting, granted)
    db.session.add(seating.seated(row, seat, rooms))
    audit.record("booking.made", row, actor=actor, now=now, sitting=sitting.id, seat=seat)
    return row


def _new(sitting: Sitting, enrolment: Enrolment, number: str, now: datetime) -> Booking:
    return Booking(
        sitting_id=sitting.id,
        user_id=enrolment.user_id,
        enrolment_id=enrolment.id,
        ticket_number=number,
        created_at=now,
    )


def remove(booking: Booking, why: str, *, actor: User, now: datetime) -> None:
    """Take somebody from the roster by the office, with the reason, which the person is told.

    Raises CannotBook without a reason, and once there is anything of an exam.
    """
    if not why.strip():
        raise CannotBook(_("请写移出名单的原因，考生会收到。"))
    seating.lock(booking.sitting)
    user, sitting = booking.user, booking.sitting
    take_off(booking)
    audit.record(
        "booking.removed", booking, actor=actor, now=now, sitting=sitting.id, reason=why[:200]
    )
    telling.removed(user, sitting, why.strip()[:200], now=now)


def take_off(booking: Booking) -> None:
    """Delete a booking and the paper drawn for it, which nobody has seen.

    The trail keeps that it was there. Raises CannotBook once an attempt or a typed-in answer sheet
    hangs on it.
    """
    begun = select(Attempt.id).where(Attempt.booking_id == booking.id)
    typed = select(PaperEntry.id).where(PaperEntry.booking_id == booking.id)
    if db.session.scalar(begun) or db.session.scalar(typed.limit(1)):
        raise CannotBook(_("已经开始答题，不能再移出名单。"))
    papers = select(Paper.id).where(Paper.booking_id == booking.id)
    db.session.execute(delete(PaperSlot).where(PaperSlot.paper_id.in_(papers)))
    db.session.execute(delete(Paper).where(Paper.booking_id == booking.id))
    db.session.expire(booking, ["paper"])
    db.session.delete(booking)
    db.session.flush()


def unlock(sitting: Sitting, *, actor: User, now: datetime) -> None:
    """Open the start gate for the whole room; candidates then need no code."""
    if sitting.unlocked_at is None:
        sitting.unlocked_at = now
        audit.record("sitting.unlocked", sitting, actor=actor, now=now)
