"""A sitting that candidates book by themselves, and people who are ready for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app import clock
from app.exams import rostering, seating
from app.extensions import db
from app.models.exams import Booking, Sitting
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from tests import factories
from tests.app.eligibility import evidence
from tests.app.exams.hall import Browser, Hall
from tests.app.training import rows


def sitting(hall: Hall, seats: int = 2, *, place: str = "示例教学点", days: int = 10) -> Sitting:
    """Plan a sitting in some days with one room, open for booking now."""
    manager, now = db.session.get_one(User, hall.manager), clock.now()
    opens = now + timedelta(days=days)
    found = rostering.plan(
        hall.sitting.revision,
        district=factories.district(),
        place=place,
        opens_at=opens,
        late_minutes=20,
        closes_at=opens + timedelta(hours=1),
        rooms=[seating.RoomPlan("301 考场", seats)],
        actor=manager,
        now=now,
    )
    db.session.flush()
    rostering.open_booking(
        found, now - timedelta(minutes=1), opens - timedelta(hours=1), actor=manager, now=now
    )
    db.session.commit()
    return found


def ready(found: TrainingClass | None = None) -> Enrolment:
    """Enrol somebody who has done all that the exam asks for."""
    enrolment = rows.enrol(found or rows.training_class())
    evidence.make_ready(enrolment)
    return enrolment


def browser(hall: Hall, enrolment: Enrolment) -> Browser:
    """Return the browser of an enrolled person."""
    return hall.browser(enrolment.user_id)


def booking_of(user_id: str, sitting_id: str) -> Booking | None:
    """Return somebody's booking of a sitting."""
    db.session.rollback()
    found = select(Booking).where(Booking.user_id == user_id, Booking.sitting_id == sitting_id)
    return db.session.scalar(found)


def at(moment: datetime, hours: float) -> datetime:
    """Return a moment some hours before."""
    return moment - timedelta(hours=hours)
