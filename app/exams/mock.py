"""Mock exams (模拟考, A8): the real screen and blueprint with practice questions only, by oneself.

Each try is a sitting of its own with one person in it: no room, no code, no invigilator, a paper
drawn at once that avoids what earlier tries showed. It is marked at the end, shown with its
explanations, and counts for nothing: `Sitting.mock` keeps it out of results, eligibility, exposure
and statistics, and its revision holds no live question.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.orm import aliased, selectinload

from app import audit, jobs
from app.errors import Refusal
from app.exams import accommodations, papers
from app.exams.batches import one_by_one
from app.exams.papers import Frozen
from app.exams.proving import MOCK
from app.extensions import db, reading_only
from app.learning import progress
from app.models.exams import (
    Attempt,
    Booking,
    Exam,
    ExamRevision,
    Paper,
    PaperSlot,
    Sitting,
)
from app.models.people import User

WAITS = timedelta(hours=2)
"""So long a try that was opened may wait for its start."""


class NoMock(Refusal):
    """A mock exam cannot be begun."""


@dataclass(frozen=True)
class Offer:
    """A mock exam a trainee may sit, and their tries at it, the newest first."""

    revision: ExamRevision
    tries: tuple[Booking, ...]


def offers(user: User) -> list[Offer]:
    """Return the mock exams as published last, with a person's own tries; none for who is in no class."""
    if not progress.enrolments(user):
        return []
    later = aliased(ExamRevision)
    newest = select(func.max(later.number)).where(later.exam_id == Exam.id).correlate(Exam)
    revisions = db.session.scalars(
        select(ExamRevision)
        .join(Exam, Exam.id == ExamRevision.exam_id)
        .where(Exam.purpose == MOCK, ExamRevision.number == newest.scalar_subquery())
        .order_by(Exam.title)
    ).all()
    tries = tries_of(user)
    return [
        Offer(one, tuple(b for b in tries if b.sitting.revision.exam_id == one.exam_id))
        for one in revisions
    ]


def tries_of(user: User) -> Sequence[Booking]:
    """Return a person's tries, the newest first; dry runs of staff are none."""
    return db.session.scalars(
        select(Booking)
        .join(Booking.sitting)
        .options(selectinload(Booking.attempt).selectinload(Attempt.result))
        .where(Booking.user_id == user.id, Sitting.mock, Sitting.rehearses_id.is_(None))
        .order_by(Booking.created_at.desc())
    ).all()


def find_under_way(user: User, revision: ExamRevision, now: datetime) -> Booking | None:
    """Return a try at this exam that waits or runs: pressing again leads back to it."""
    for booking in tries_of(user):
        attempt = booking.attempt
        if booking.sitting.revision.exam_id == revision.exam_id and (
            attempt.state == "open" if attempt else now <= booking.sitting.last_start_at
        ):
            return booking
    return None


def begin(revision: ExamRevision, user: User, now: datetime, *, frozen: Frozen) -> Booking:
    """Open a try: a sitting for one, with its paper. `frozen` was prepared outside the transaction.

    Raises NoMock for an exam that is none, and for who is in no class.
    """
    if revision.exam.purpose != MOCK or revision.body["purpose"] != MOCK:
        raise NoMock(_("这场不是模拟考，不能自己开始。"))
    enrolled = progress.enrolments(user)
    if not enrolled:
        raise NoMock(_("加入一个班以后才能做模拟考。"))
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())
    if under_way := find_under_way(user, revision, now):
        return under_way
    district = enrolled[0].training_class.district_code
    booking = open_try(revision, user, now, district=district, place=_("模拟考"))
    papers.draw_missing(booking.sitting, actor=user, now=now, frozen=frozen)
    audit.record("mock.opened", booking.sitting, actor=user, now=now)
    return booking


def open_try(
    revision: ExamRevision,
    user: User,
    now: datetime,
    *,
    district: str,
    place: str,
    rehearses: Sitting | None = None,
) -> Booking:
    """Make a sitting for one person who starts within the next two hours, without a code."""
    last_start = now + WAITS
    sitting = Sitting(
        revision=revision,
        district_code=district,
        place=place,
        opens_at=now,
        last_start_at=last_start,
        closes_at=last_start + timedelta(minutes=revision.body["minutes"]),
        room_code=secrets.token_hex(4),
        unlocked_at=now,
        mock=True,
        rehearses_id=rehearses.id if rehearses else None,
        created_by_id=user.id,
        created_at=now,
    )
    booking = Booking(
        sitting=sitting,
        user=user,
        seat=1,
        ticket_number=f"M{secrets.token_hex(8)}",
        created_at=now,
    )
    db.session.add(booking)
    db.session.flush()
    accommodations.apply(booking, sitting, accommodations.standing([user.id]).get(user.id))
    return booking


@jobs.every(600, "exams.mock_tidy")
def tidy(now: datetime) -> int:
    """Take away tries that nobody started in time: they are nobody's record. Returns how many."""
    with reading_only():
        left = db.session.scalars(
            select(Booking.id)
            .join(Sitting, Sitting.id == Booking.sitting_id)
            .outerjoin(Attempt, Attempt.booking_id == Booking.id)
            .where(Sitting.mock, Sitting.last_start_at < now, Attempt.id.is_(None))
        ).all()
        db.session.rollback()
    return one_by_one(left, _take_away)


def _take_away(booking_id: str) -> bool:
    booking = db.session.scalars(
        select(Booking).where(Booking.id == booking_id).with_for_update(of=Booking)
    ).one()
    if booking.attempt is not None:
        return False
    sitting_id = booking.sitting_id
    paper_id = db.session.scalar(select(Paper.id).where(Paper.booking_id == booking_id))
    db.session.expunge(booking)
    db.session.execute(delete(PaperSlot).where(PaperSlot.paper_id == paper_id))
    db.session.execute(delete(Paper).where(Paper.booking_id == booking_id))
    db.session.execute(delete(Booking).where(Booking.id == booking_id))
    db.session.execute(delete(Sitting).where(Sitting.id == sitting_id))
    return True
