"""What is recorded of enrolled people, read for many at once: minutes, signatures, assessments.

Only reads. Each function costs one query however many enrolments are asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import func, select

from app import rulebook
from app.extensions import db
from app.models.learning import CourseEdition, LessonVersion
from app.models.training import Attendance, PracticalAssessment, PracticalSignOff
from app.training.outline import OutlineLesson, practical_lessons


def attended_minutes(enrolment_ids: Collection[str]) -> dict[str, int]:
    """Return the minutes that count for each enrolment; people without a record are left out."""
    rows = db.session.execute(
        select(Attendance.enrolment_id, func.sum(Attendance.minutes))
        .where(Attendance.enrolment_id.in_(enrolment_ids), Attendance.current.is_(True))
        .group_by(Attendance.enrolment_id)
    )
    return {enrolment_id: int(minutes) for enrolment_id, minutes in rows}


def sign_offs(enrolment_ids: Collection[str]) -> dict[str, dict[str, PracticalSignOff]]:
    """Return each enrolment's standing signatures by lesson code."""
    rows = db.session.scalars(
        select(PracticalSignOff).where(
            PracticalSignOff.enrolment_id.in_(enrolment_ids),
            PracticalSignOff.withdrawn_at.is_(None),
        )
    )
    found: dict[str, dict[str, PracticalSignOff]] = defaultdict(dict)
    for row in rows:
        found[row.enrolment_id][row.lesson_code] = row
    return found


def assessments(enrolment_ids: Collection[str]) -> dict[str, PracticalAssessment]:
    """Return each enrolment's standing practical assessment."""
    rows = db.session.scalars(
        select(PracticalAssessment).where(
            PracticalAssessment.enrolment_id.in_(enrolment_ids),
            PracticalAssessment.current.is_(True),
        )
    )
    return {row.enrolment_id: row for row in rows}


def countable_lessons(edition_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return the codes of each edition's lessons that can be studied and count."""
    rows = db.session.execute(
        select(LessonVersion.edition_id, LessonVersion.code).where(
            LessonVersion.edition_id.in_(set(edition_ids)),
            LessonVersion.current.is_(True),
            LessonVersion.countable.is_(True),
        )
    )
    found: dict[str, set[str]] = defaultdict(set)
    for edition_id, code in rows:
        found[edition_id].add(code)
    return {edition_id: frozenset(codes) for edition_id, codes in found.items()}


def lessons_to_sign(edition: CourseEdition, on: date) -> list[OutlineLesson]:
    """Return the practical lessons of an edition that need a signature by the rule of a day."""
    rule = rulebook.value("training.practical_lessons", on)
    countable = countable_lessons([edition.id]).get(edition.id, frozenset())
    return practical_lessons(edition.outline, rule, countable)
