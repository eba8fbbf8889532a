"""The demonstration's exam and its sittings: one to sit now, one to book a seat in."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from app import clock
from app.demo.accounts import DISTRICT, person
from app.exams import booking, invigilators, papers, publishing, rostering, seating
from app.exams.proving import CERTIFICATION
from app.exams.seating import RoomPlan
from app.extensions import db
from app.models.bank import ExamBlueprint
from app.models.exams import Booking, Exam, Sitting
from app.models.people import District, User
from app.models.training import Enrolment

# The short paper: whoever tries the product shall get to the end of it.
BLUEPRINT = "demo-module-4"


def can_sit(now: datetime) -> bool:
    """Tell whether the trainee is booked for a sitting that stays open for another hour.

    Once the trainee has handed in, the demonstration has been used and is left as it is.
    """
    found = (
        select(Booking)
        .join(User, User.id == Booking.user_id)
        .join(Sitting, Sitting.id == Booking.sitting_id)
        .where(User.login_name == "trainee")
        .order_by(Sitting.opens_at.desc())
    )
    booking = db.session.scalars(found).first()
    if booking is None:
        return False
    return booking.attempt is not None or booking.sitting.last_start_at > now + timedelta(hours=1)


def can_book(now: datetime) -> bool:
    """Tell whether there is a sitting that a candidate can book a seat in."""
    return bool(booking.open_sittings(now))


def seat(login: str, exam: Exam, room: str, lasts: timedelta, now: datetime) -> None:
    """Give one trainee a sitting of their own that is open now; commits."""
    manager, trainee = person("exams"), person(login)
    sitting = _sitting(exam, room, lasts, now)
    enrolment = db.session.scalars(select(Enrolment).where(Enrolment.user_id == trainee.id)).one()
    seating.lock(sitting)
    rostering.add(sitting, [(enrolment, trainee.name)], actor=manager, now=now)
    papers.draw_missing(sitting, actor=None, now=now)
    db.session.commit()


def offer(exam: Exam, now: datetime) -> None:
    """Plan a sitting of two rooms, in a week, that candidates book by themselves until the day before."""
    manager = person("exams")
    morning = clock.shanghai_date(now) + timedelta(days=7)
    opens_at = datetime.combine(morning, time(9), tzinfo=clock.SHANGHAI).astimezone(UTC)
    sitting = rostering.plan(
        exam.revisions[-1],
        district=db.session.get_one(District, DISTRICT),
        place="示例考点 三楼",
        opens_at=opens_at,
        late_minutes=15,
        closes_at=opens_at + timedelta(hours=2),
        actor=manager,
        now=now,
        rooms=[RoomPlan("301", 20), RoomPlan("302", 20)],
    )
    db.session.flush()
    for login in ("invigilator", "invigilator2"):
        invigilators.name(sitting, person(login), actor=manager, now=now)
    until = opens_at - timedelta(days=1)
    rostering.open_booking(sitting, now, until, actor=manager, now=now)


def theory_exam(now: datetime) -> Exam:
    """Return the demonstration exam, published."""
    exam = db.session.scalar(
        select(Exam).where(Exam.purpose == CERTIFICATION).order_by(Exam.created_at)
    )
    manager = person("exams")
    if exam is None:
        plan = db.session.scalars(
            select(ExamBlueprint).where(
                ExamBlueprint.origin == "content", ExamBlueprint.code == BLUEPRINT
            )
        ).first()
        if plan is None:
            raise LookupError("the blueprint is not loaded: run flask content sync first")
        exam = publishing.create_exam(
            title="理论考试（演示，模块四）",
            title_en="Theory exam (demonstration, module 4)",
            blueprint=plan,
            minutes=30,
            pass_percent=60,
            pass_panel="示例考试委员会",  # noqa: S106 — people, no password
            pass_set_on=clock.shanghai_date(now),
            actor=manager,
            now=now,
        )
        db.session.flush()
    if not exam.revisions:
        publishing.publish(exam, actor=manager, now=now)
        db.session.flush()
    return exam


def _sitting(exam: Exam, room: str, lasts: timedelta, now: datetime) -> Sitting:
    """Open a sitting for some days, without a code: whoever tries the product is alone with it."""
    manager = person("exams")
    sitting = rostering.plan(
        exam.revisions[-1],
        district=db.session.get_one(District, DISTRICT),
        place=f"示例考点 {room} 考场",
        opens_at=now,
        late_minutes=int(lasts.total_seconds()) // 60,
        closes_at=now + lasts + timedelta(hours=1),
        actor=manager,
        now=now,
    )
    db.session.flush()
    for login in ("invigilator", "invigilator2"):
        invigilators.name(sitting, person(login), actor=manager, now=now)
    rostering.unlock(sitting, actor=person("invigilator"), now=now)
    # Not by the pre-flight: it asks for a trial on a phone that nobody made here.
    sitting.confirmed_at, sitting.confirmed_by_id = now, manager.id
    return sitting
