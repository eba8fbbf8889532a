"""Candidates book, change and cancel by themselves (约考、改约、取消), within dated rules.

A seat is given under the lock of its sitting, so that two people who press at once for the last one
get one seat and one sentence. What the office arranged in a sitting that is not open for booking
stays the office's to change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, clock, rulebook
from app.exams import rostering, seating, telling
from app.exams.admission import chosen, enrolments_of, read
from app.exams.rostering import CannotBook
from app.extensions import db
from app.formatting import show_moment
from app.models.exams import Booking, Sitting
from app.models.journal import AuditLine
from app.models.people import User

MOST_SHOWN = 60


@dataclass(frozen=True)
class Offer:
    """A sitting as one person sees it: the seats left, and what keeps them from booking it."""

    sitting: Sitting
    left: int
    obstacle: str
    """Empty: it can be booked now."""
    mine: Booking | None = None


def is_open(sitting: Sitting, now: datetime) -> bool:
    """Tell whether candidates book into a sitting at this moment."""
    opens, closes = sitting.booking_opens_at, sitting.booking_closes_at
    return opens is not None and closes is not None and opens <= now < closes


def open_sittings(now: datetime) -> list[Sitting]:
    """Return the sittings that can be booked at this moment, the earliest first."""
    return list(
        db.session.scalars(
            select(Sitting)
            .where(Sitting.booking_opens_at <= now, Sitting.booking_closes_at > now)
            .order_by(Sitting.opens_at, Sitting.id)
            .limit(MOST_SHOWN)
        )
    )


def offers(user: User, now: datetime, *, instead_of: Booking | None = None) -> list[Offer]:
    """Return the open sittings as somebody sees them.

    `instead_of` is a booking they think of leaving: only other sittings of its exam are offered.
    """
    sittings = open_sittings(now)
    if instead_of is not None:
        exam_id = instead_of.sitting.revision.exam_id
        sittings = [
            one
            for one in sittings
            if one.revision.exam_id == exam_id and one.id != instead_of.sitting_id
        ]
    left, enrolments = seating.seats_left(sittings), enrolments_of([user.id])
    but = instead_of.id if instead_of is not None else None
    known = read(enrolments, {one.revision.exam_id for one in sittings}, now, but=but)
    mine = {
        row.sitting_id: row
        for row in db.session.scalars(select(Booking).where(Booking.user_id == user.id))
    }
    found = []
    for sitting in sittings:
        seats, said = left[sitting.id] or 0, ""
        if sitting.id not in mine:
            said = chosen(sitting, enrolments, known)[1]
            said = said or ("" if seats else str(_("座位已经约满")))
        found.append(Offer(sitting, seats, said, mine.get(sitting.id)))
    return found


def book(sitting: Sitting, user: User, *, now: datetime) -> Booking:
    """Book a seat for oneself. Booking the same sitting twice gives the same booking.

    Raises CannotBook with the reason: not open, not ready, a retake too soon, or no seat left.
    """
    seating.lock(sitting)
    existing = db.session.scalar(
        select(Booking).where(Booking.sitting_id == sitting.id, Booking.user_id == user.id)
    )
    if existing is not None:
        return existing
    row = _take_seat(sitting, user, now)
    telling.booked(user, sitting, row, now=now)
    return row


def cancel(booking: Booking, *, now: datetime) -> None:
    """Give one's seat back. Raises CannotBook once it is too late, or the office's to change."""
    user, sitting = booking.user, booking.sitting
    seating.lock(sitting)
    _refuse_late(sitting, "exam.cancel_until_hours", _("取消"), now)
    rostering.take_off(booking)
    audit.record("booking.cancelled", booking, actor=user, now=now, sitting=sitting.id)
    telling.cancelled(user, sitting, now=now)


def was_cancelled(booking_id: str, user: User) -> bool:
    """Tell whether a person gave this seat back before: its row is gone, the audit trail knows."""
    line = select(AuditLine.id).where(
        AuditLine.object_id == booking_id,
        AuditLine.action == "booking.cancelled",
        AuditLine.actor_id == user.id,
    )
    return db.session.scalar(line.limit(1)) is not None


def change(booking: Booking, to: Sitting, *, now: datetime) -> Booking:
    """Move to another sitting of the same exam: the old seat is given up only for a new one.

    Raises CannotBook; the caller rolls back, and the old booking stands.
    """
    user, before = booking.user, booking.sitting
    if to.revision.exam_id != before.revision.exam_id or to.id == before.id:
        raise CannotBook(_("只能改到同一门考试的另一场。"))
    # Two people who change places with each other: both lock in the same order, so neither waits
    # for ever.
    for one in sorted((before, to), key=lambda sitting: sitting.id):
        seating.lock(one)
    _refuse_late(before, "exam.change_until_hours", _("改场次"), now)
    rostering.take_off(booking)
    row = _take_seat(to, user, now)
    audit.record("booking.changed", row, actor=user, now=now, before=before.id, sitting=to.id)
    telling.booked(user, to, row, now=now)
    return row


def last_moment(sitting: Sitting, rule: str) -> datetime:
    """Return until when candidates may change or cancel: hours before the start, as the rule says."""
    hours = rulebook.value(rule, clock.shanghai_date(sitting.opens_at))
    return sitting.opens_at - timedelta(hours=hours)


def may_still(booking: Booking, rule: str, now: datetime) -> bool:
    """Tell whether a candidate may still change or cancel (by the rule's name) alone."""
    sitting = booking.sitting
    by_themselves = sitting.booking_opens_at is not None and booking.attempt is None
    return by_themselves and now < last_moment(sitting, rule)


def _take_seat(sitting: Sitting, user: User, now: datetime) -> Booking:
    if not is_open(sitting, now):
        raise CannotBook(_("这一场现在不能约。请看其他场次。"))
    enrolments = enrolments_of([user.id])
    known = read(enrolments, [sitting.revision.exam_id], now)
    enrolment, why = chosen(sitting, enrolments, known)
    if enrolment is None:
        raise CannotBook(_("这一场你现在不能约：%(why)s。", why=why))
    rooms = seating.rooms_of(sitting)
    seat = next(seating.free_seats(rooms, seating.taken(sitting)), None) if rooms else None
    if seat is None:
        raise CannotBook(_("最后一个座位刚刚被约走，这一场已经约满。请看其他场次。"))
    return rostering.book(sitting, enrolment, seat, actor=user, now=now)


def _refuse_late(sitting: Sitting, rule: str, act: str, now: datetime) -> None:
    if sitting.booking_opens_at is None:
        raise CannotBook(_("这一场由考务统一安排，要%(act)s请找班主任。", act=act))
    last = last_moment(sitting, rule)
    if now >= last:
        raise CannotBook(
            _(
                "%(when)s 以后不能自己%(act)s了。来不了请告诉班主任。",
                when=show_moment(last),
                act=act,
            )
        )
