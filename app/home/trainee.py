"""What a trainee sees first: where they stand on the way to the certificate, and the next step.

Puts together what the features below say of one person; decides nothing itself. The number of
queries does not depend on lessons, rules or exams.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from app.clock import shanghai_date
from app.eligibility.panel import Panel, exam_panel
from app.evaluation import answers
from app.extensions import db
from app.learning import progress
from app.learning.progress import CourseProgress
from app.models.awards import Certificate
from app.models.exams import Attempt, Booking, Sitting
from app.models.people import User
from app.models.training import Enrolment

EXAM_FIRST = timedelta(hours=24)
"""An exam this near comes before the next lesson."""


@dataclass(frozen=True)
class TraineeHome:
    """One trainee's first page. `booking` is their next exam, or the one they are sitting."""

    enrolment: Enrolment
    at: CourseProgress
    panel: Panel
    booking: Booking | None
    exam_passed: bool
    certified: bool
    now: datetime

    @property
    def sitting_now(self) -> bool:
        """Tell whether an exam was begun and is not handed in."""
        return self.booking is not None and self.booking.attempt is not None

    @property
    def evaluates(self) -> bool:
        """Tell whether the class can be evaluated today."""
        return answers.is_open(self.enrolment.training_class, shanghai_date(self.now))

    @property
    def next_step(self) -> str:
        """Name the one next step: certificate, exam, lesson, wait or panel."""
        if self.certified:
            return "certificate"
        if self.booking is not None and (
            self.at.next is None or self.booking.sitting.opens_at <= self.now + EXAM_FIRST
        ):
            return "exam"
        if self.at.next is not None:
            return "lesson"
        return "wait" if self.panel.ready else "panel"

    @property
    def reached(self) -> int:
        """Return how many of enrolment, learning, exam and certificate are behind them."""
        if self.certified:
            return 4
        if self.exam_passed:
            return 3
        return 2 if self.panel.ready else 1


def of(user: User, now: datetime) -> TraineeHome | None:
    """Return a person's first page as a trainee; None for who is in no class."""
    enrolled = progress.enrolments(user)
    if not enrolled:
        return None
    enrolment = enrolled[0]
    certificate = select(Certificate.id).where(Certificate.user_id == user.id).limit(1)
    return TraineeHome(
        enrolment=enrolment,
        at=progress.in_class(user, enrolment.training_class),
        panel=exam_panel(enrolment, shanghai_date(now)),
        booking=_next_booking(user, now),
        exam_passed=_passed(user),
        certified=db.session.scalar(certificate) is not None,
        now=now,
    )


def _next_booking(user: User, now: datetime) -> Booking | None:
    """Return the exam being sat, else the next that can still be started."""
    return db.session.scalar(
        select(Booking)
        .join(Booking.sitting)
        .outerjoin(Booking.attempt)
        .options(joinedload(Booking.attempt))
        .where(
            Booking.user_id == user.id,
            Sitting.mock.is_(False),
            or_(
                Attempt.state == "open",
                and_(Attempt.id.is_(None), Sitting.last_start_at >= now),
            ),
        )
        .order_by(Attempt.id.is_(None), Sitting.opens_at)
        .limit(1)
    )


def _passed(user: User) -> bool:
    """Tell whether a released result passed; held results are nobody's news yet."""
    attempts = db.session.scalars(
        select(Attempt)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .options(joinedload(Attempt.result))
        .where(Attempt.user_id == user.id, Sitting.mock.is_(False))
    )
    return any(one.result and one.result.released_at and one.result.passed for one in attempts)
