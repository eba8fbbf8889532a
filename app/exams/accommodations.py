"""Accommodations (合理便利): what a person was granted for every exam, and its way into each booking.

A profile is never edited: a change ends the row and adds the next. It reaches every booking by
itself, those that stand and those to come, as long as the exam has not begun; the booking keeps the
copy that the room works with. Why it was granted is said in words the candidate may read, without a
diagnosis; the evidence stays with the office.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, clock
from app.errors import Refusal
from app.exams import telling
from app.extensions import db
from app.models.exams import Attempt, Booking, Sitting
from app.models.people import User
from app.models.room import Accommodation

FACTORS = (100, 300)
MOST_BREAK_MINUTES = 120
LONGEST = 200


class CannotGrant(Refusal):
    """An accommodation cannot be granted so."""


@dataclass(frozen=True)
class Grant:
    """What is granted: time in per cent of the ordinary, type, reader, breaks; why, on what evidence."""

    percent: int = 100
    large_type: bool = False
    reader: bool = False
    break_minutes: int = 0
    reason: str = ""
    evidence: str = ""
    valid_until: date | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing at all is granted."""
        return not (self.percent > 100 or self.large_type or self.reader or self.break_minutes)


def check(grant: Grant, today: date) -> Grant:
    """Return a grant with its words trimmed. Raises CannotGrant with what is wrong."""
    least, most = FACTORS
    if not least <= grant.percent <= most:
        raise CannotGrant(
            _(
                "答题时间请填规定时间的 %(least)d%% 到 %(most)d%%，例如 150 是一倍半。不能填负数，也不能少于规定时间。",
                least=least,
                most=most,
            )
        )
    if not 0 <= grant.break_minutes <= MOST_BREAK_MINUTES:
        raise CannotGrant(
            _("休息时间请填 0 到 %(most)d 分钟，不能填负数。", most=MOST_BREAK_MINUTES)
        )
    if grant.is_empty:
        raise CannotGrant(_("至少批准一项：多给时间、大字、读题或休息。"))
    if not grant.reason.strip():
        raise CannotGrant(_("请写批准的理由。考生看得到，不要写病名。"))
    if not grant.evidence.strip():
        raise CannotGrant(_("请写看过什么证明、存在哪里。"))
    if max(len(grant.reason.strip()), len(grant.evidence.strip())) > LONGEST:
        raise CannotGrant(_("理由和证明各最多 %(n)d 个字，请缩短。", n=LONGEST))
    if grant.valid_until is not None and grant.valid_until < today:
        raise CannotGrant(_("有效期已经过去，请改成今天以后的日期，或者留空。"))
    return replace(grant, reason=grant.reason.strip(), evidence=grant.evidence.strip())


def grant_to(user: User, grant: Grant, *, actor: User, now: datetime) -> Accommodation:
    """Grant a profile in place of the one before, and put it into every booking still to be sat.

    The same once more (a double click) gives the row that stands. Raises CannotGrant; nobody
    approves their own.
    """
    grant = check(grant, clock.shanghai_date(now))
    if actor.id == user.id:
        raise CannotGrant(_("自己的合理便利要由别人批准。"))
    _lock(user)
    before = standing([user.id]).get(user.id)
    if before is not None and _says_the_same(before, grant):
        return before
    if before is not None:
        before.ended_at = now
    row = Accommodation(
        user_id=user.id,
        time_factor_percent=grant.percent,
        large_type=grant.large_type,
        reader=grant.reader,
        break_minutes=grant.break_minutes,
        reason=grant.reason,
        evidence=grant.evidence,
        valid_until=grant.valid_until,
        approved_by_id=actor.id,
        approved_at=now,
    )
    db.session.add(row)
    db.session.flush()
    reached = _apply_to_waiting(user, row, now)
    audit.record(
        "accommodation.granted", row, actor=actor, now=now, person=user.id, bookings=reached
    )
    telling.granted(row, now=now)
    return row


def _says_the_same(row: Accommodation, grant: Grant) -> bool:
    return grant == Grant(
        row.time_factor_percent,
        row.large_type,
        row.reader,
        row.break_minutes,
        row.reason,
        row.evidence,
        row.valid_until,
    )


def withdraw(row: Accommodation, *, actor: User, now: datetime) -> None:
    """End a profile; exams not yet begun go back to the ordinary. Ending twice changes nothing."""
    _lock(row.user)
    if row.ended_at is not None:
        return
    row.ended_at = now
    db.session.flush()
    reached = _apply_to_waiting(row.user, None, now)
    audit.record(
        "accommodation.withdrawn", row, actor=actor, now=now, person=row.user_id, bookings=reached
    )


def standing(people: Iterable[str]) -> dict[str, Accommodation]:
    """Return the profile that stands for each person, in one query; the date is not asked."""
    rows = db.session.scalars(
        select(Accommodation)
        .where(Accommodation.user_id.in_(list(people)), Accommodation.ended_at.is_(None))
        .order_by(Accommodation.approved_at)
    )
    return {row.user_id: row for row in rows}


def history(user: User) -> list[Accommodation]:
    """Return all profiles of a person, the newest first."""
    return list(
        db.session.scalars(
            select(Accommodation)
            .where(Accommodation.user_id == user.id)
            .order_by(Accommodation.approved_at.desc())
        )
    )


def apply(booking: Booking, sitting: Sitting, row: Accommodation | None) -> None:
    """Copy a profile into a booking not begun, if it is valid on the sitting's day; else the ordinary."""
    day = clock.shanghai_date(sitting.opens_at)
    if row is not None and row.valid_until is not None and row.valid_until < day:
        row = None
    booking.time_factor_percent = row.time_factor_percent if row else 100
    booking.time_factor_reason = row.reason if row else ""
    booking.time_factor_by_id = row.approved_by_id if row else None
    booking.large_type = row.large_type if row else False
    booking.reader = row.reader if row else False
    booking.break_minutes = row.break_minutes if row else 0


def _apply_to_waiting(user: User, row: Accommodation | None, now: datetime) -> int:
    """Apply to a person's bookings that can still be begun. Returns how many there were."""
    waiting = db.session.execute(
        select(Booking, Sitting)
        .join(Sitting, Sitting.id == Booking.sitting_id)
        .outerjoin(Attempt, Attempt.booking_id == Booking.id)
        .where(Booking.user_id == user.id, Attempt.id.is_(None), Sitting.closes_at > now)
        .with_for_update(of=Booking)
    ).all()
    for booking, sitting in waiting:
        apply(booking, sitting, row)
    return len(waiting)


def _lock(user: User) -> None:
    # Two approvers at once: the second waits, and ends what the first granted.
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())
