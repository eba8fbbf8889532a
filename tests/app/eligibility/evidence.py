"""Rows for tests of eligibility: everything one may have done on the way to a certificate."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app import clock
from app.models.bank import ExamBlueprint
from app.models.exams import Attempt, Booking, Exam, ExamRevision, Paper, Result, Sitting
from app.models.people import Role
from app.models.training import Attendance, Enrolment, PracticalAssessment, PracticalSignOff
from tests import factories
from tests.app.training import rows
from tests.factories import save


def attend(enrolment: Enrolment, minutes: int) -> None:
    """Record minutes at one half day."""
    meeting = rows.meeting(enrolment.training_class)
    save(
        Attendance(
            meeting_id=meeting.id,
            enrolment_id=enrolment.id,
            minutes=minutes,
            recorded_by_id=enrolment.user_id,
            recorded_at=clock.now(),
        )
    )


def sign(enrolment: Enrolment, code: str, **values: Any) -> None:
    """Sign one practical lesson."""
    save(
        PracticalSignOff(
            enrolment_id=enrolment.id,
            lesson_code=code,
            signed_by_id=enrolment.user_id,
            signed_at=clock.now(),
            **values,
        )
    )


def make_ready(enrolment: Enrolment) -> None:
    """Record all that the exam asks for."""
    rows.consent(enrolment.user)
    rows.identity(enrolment.user)
    rows.complete(enrolment.user, enrolment.training_class.edition, *rows.READING)
    attend(enrolment, 1458)
    for code in rows.PRACTICAL:
        sign(enrolment, code)


def assess(enrolment: Enrolment, *, passed: bool = True, days_ago: int = 0) -> None:
    """Record a practical assessment by two new examiners."""
    examiner = factories.user(Role.EXAMINER)
    save(
        PracticalAssessment(
            enrolment_id=enrolment.id,
            first_examiner_id=examiner.id,
            second_examiner_id=factories.user(Role.EXAMINER).id,
            held_on=rows.today() - timedelta(days=days_ago),
            mark=70,
            critical_error=not passed,
            passed=passed,
            recorded_by_id=examiner.id,
            recorded_at=clock.now(),
        )
    )


def result(
    enrolment: Enrolment,
    *,
    passed: bool = True,
    released: bool = True,
    purpose: str = "certification",
    at: datetime | None = None,
    booked: bool = True,
) -> Result:
    """Take somebody through an exam to a result."""
    now = at or clock.now()
    sitting = _sitting(f"sample-{enrolment.id}-{purpose}", purpose, now)
    attempt = _attempt(sitting, enrolment, now, booked=booked)
    found: Result = save(
        Result(
            attempt_id=attempt.id,
            mark="70",
            maximum="100",
            pass_percent=60,
            passed=passed,
            domains={},
            computed_at=now,
            released_at=now if released else None,
        )
    )
    return found


def _sitting(code: str, purpose: str, now: datetime) -> Sitting:
    """Hold an exam of its own, with a blueprint of this code."""
    staff = factories.user(Role.EXAM_MANAGER).id
    sitting: Sitting = save(
        Sitting(
            revision_id=_revision(code, purpose, staff, now).id,
            district_code=factories.DISTRICT,
            place="示例考点",
            opens_at=now,
            last_start_at=now,
            closes_at=now,
            room_code="1234",
            created_by_id=staff,
            created_at=now,
        )
    )
    return sitting


def _revision(code: str, purpose: str, staff: str, now: datetime) -> ExamRevision:
    """Publish a new exam with its blueprint."""
    blueprint = save(
        ExamBlueprint(code=code, title="细目表", body={}, origin="content", updated_at=now)
    )
    exam = save(
        Exam(
            title="理论考试",
            title_en="Theory",
            blueprint_id=blueprint.id,
            minutes=90,
            pass_percent=60,
            pass_method="fixed",
            purpose=purpose,
            created_by_id=staff,
            created_at=now,
        )
    )
    revision: ExamRevision = save(
        ExamRevision(
            exam_id=exam.id, number=1, body={}, hash="-", published_by_id=staff, published_at=now
        )
    )
    return revision


def _attempt(sitting: Sitting, enrolment: Enrolment, now: datetime, *, booked: bool) -> Attempt:
    """Seat somebody, draw the paper and hand it in."""
    booking = save(
        Booking(
            sitting_id=sitting.id,
            user_id=enrolment.user_id,
            enrolment_id=enrolment.id if booked else None,
            seat=1,
            ticket_number=f"T{sitting.id[:12]}",
            created_at=now,
        )
    )
    paper = save(Paper(booking_id=booking.id, seed="1", algorithm="1", shown=[], drawn_at=now))
    attempt: Attempt = save(
        Attempt(
            booking_id=booking.id,
            sitting_id=sitting.id,
            user_id=enrolment.user_id,
            paper_id=paper.id,
            state="handed_in",
            rules_version="1",
            rules_accepted_at=now,
            started_at=now,
            deadline_at=now,
            grace_seconds=10,
            device_hash="-",
        )
    )
    return attempt
