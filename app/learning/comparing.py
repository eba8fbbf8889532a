"""Editions of a course side by side (A2): which classes study by each, and what differs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.extensions import db
from app.models.learning import CourseEdition, LessonVersion
from app.models.training import Enrolment, TrainingClass


@dataclass(frozen=True)
class EditionLine:
    """One edition with the classes and people that study by it."""

    edition: CourseEdition
    classes: int
    people: int
    lessons: int


@dataclass(frozen=True)
class Difference:
    """One lesson in two editions; an empty title where one has it not."""

    code: str
    before: str
    after: str
    kind: str
    """`same`, `text` (the text differs), `minutes`, `new`, `gone`."""


def editions() -> list[EditionLine]:
    """Return all editions, the newest first, with who studies by them. Three queries."""
    rows = db.session.scalars(
        select(CourseEdition).order_by(CourseEdition.code, CourseEdition.edition.desc())
    )
    used = {
        edition_id: (classes, people)
        for edition_id, classes, people in db.session.execute(
            select(
                TrainingClass.edition_id,
                func.count(TrainingClass.id.distinct()),
                func.count(Enrolment.id.distinct()),
            )
            .outerjoin(
                Enrolment,
                (Enrolment.class_id == TrainingClass.id) & (Enrolment.state == "enrolled"),
            )
            .group_by(TrainingClass.edition_id)
        )
    }
    written = dict(
        db.session.execute(
            select(LessonVersion.edition_id, func.count())
            .where(LessonVersion.current.is_(True), LessonVersion.countable.is_(True))
            .group_by(LessonVersion.edition_id)
        ).all()
    )
    return [
        EditionLine(row, *used.get(row.id, (0, 0)), lessons=written.get(row.id, 0)) for row in rows
    ]


def differences(before: CourseEdition, after: CourseEdition) -> list[Difference]:
    """Return every lesson of two editions with what differs, in teaching order. One query."""
    rows = db.session.execute(
        select(LessonVersion.edition_id, LessonVersion.code, LessonVersion.content_hash).where(
            LessonVersion.edition_id.in_([before.id, after.id]), LessonVersion.current.is_(True)
        )
    )
    texts = {(edition_id, code): text for edition_id, code, text in rows}
    old, new = _lessons(before), _lessons(after)
    found = []
    for code in dict.fromkeys([*new, *old]):
        left, right = old.get(code), new.get(code)
        if left is None or right is None:
            kind = "new" if left is None else "gone"
        elif left[1] != right[1]:
            kind = "minutes"
        else:
            same = texts.get((before.id, code)) == texts.get((after.id, code))
            kind = "same" if same and left == right else "text"
        found.append(Difference(code, left[0] if left else "", right[0] if right else "", kind))
    return found


def _lessons(edition: CourseEdition) -> dict[str, tuple[str, int]]:
    return {
        lesson["code"]: (lesson["title"], lesson["minutes"])
        for module in edition.outline["modules"]
        for lesson in module["lessons"]
    }
