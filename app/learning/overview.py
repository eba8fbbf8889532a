"""A class at a glance for its instructors: who is behind, where time goes, lesson by lesson.

Everything is read in a fixed number of queries, however many people and lessons there are; sums are
left to the database. Behind is who has done fewer lessons than the days of the class that have passed
would have it; practical lessons wait for signatures and are not held against anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from app.clock import shanghai_date
from app.extensions import db
from app.learning import progress
from app.models.learning import LessonProgress
from app.models.people import User
from app.models.studying import StudyStretch
from app.models.training import Enrolment, TrainingClass
from curricula import Course, Lesson

STEP, WIDE, HIGH = 9, 8, 14
"""Pixels of one lesson in a person's row, and of its mark."""
_MINUTE = 60_000


@dataclass(frozen=True)
class PersonLine:
    """One person: lessons done and begun, minutes counted, and the row that is drawn of them."""

    enrolment_id: str
    name: str
    done: int
    expected: int
    minutes: int
    last_at: datetime | None
    done_drawn: str
    begun_drawn: str

    @property
    def behind(self) -> int:
        """Lessons wanting to where the class is."""
        return max(self.expected - self.done, 0)


@dataclass(frozen=True)
class LessonLine:
    """One lesson: how many have done it, and the minutes that those who studied it took."""

    lesson: Lesson
    done: int
    begun: int
    average_minutes: int


@dataclass(frozen=True)
class ClassStudy:
    """What one class has studied."""

    people: tuple[PersonLine, ...]
    """Those furthest behind first."""
    lessons: tuple[LessonLine, ...]
    expected: int

    @property
    def drawn_width(self) -> int:
        """Width of a person's drawn row."""
        return len(self.lessons) * STEP


def of_class(training_class: TrainingClass, now: datetime) -> ClassStudy:
    """Return what a class has studied."""
    course = progress.preview(training_class.edition).course
    lessons = [lesson for lesson in course.lessons if lesson.countable]
    people = _people(training_class)
    user_ids = [row.user_id for row in people]
    states = _states(user_ids, training_class.edition_id)
    spent = _spent_by_person(user_ids, training_class.edition_id)
    expected = expected_lessons(training_class, course, shanghai_date(now))
    lines = [_line(row, lessons, states.get(row.user_id, {}), spent, expected) for row in people]
    lines.sort(key=lambda line: (-line.behind, line.done, line.name))
    by_lesson = _lesson_lines(user_ids, training_class.edition_id, lessons, states)
    return ClassStudy(tuple(lines), tuple(by_lesson), expected)


def expected_lessons(training_class: TrainingClass, course: Course, on: date) -> int:
    """Return how many lessons without signature somebody has done who keeps up with the days."""
    own = sum(lesson.countable and not lesson.practical for lesson in course.lessons)
    days = (training_class.ends_on - training_class.starts_on).days + 1
    passed = (on - training_class.starts_on).days
    return min(max(own * passed // days, 0), own)


def _people(training_class: TrainingClass) -> Sequence[Any]:
    return db.session.execute(
        select(Enrolment.id, Enrolment.user_id, User.name)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.class_id == training_class.id, Enrolment.state == "enrolled")
        .order_by(User.name, Enrolment.id)
    ).all()


def _states(user_ids: list[str], edition_id: str) -> dict[str, dict[str, bool]]:
    """Return for each person the lessons they opened, and whether they are done.

    The codes come joined, two rows a person: thousands of rows would cost more than their sums.
    """
    is_done = LessonProgress.completed_at.is_not(None)
    rows = db.session.execute(
        select(LessonProgress.user_id, is_done, func.aggregate_strings(LessonProgress.code, ","))
        .where(LessonProgress.edition_id == edition_id, LessonProgress.user_id.in_(user_ids))
        .group_by(LessonProgress.user_id, is_done)
    )
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    for user_id, done, codes in rows:
        found[user_id].update(dict.fromkeys(codes.split(","), bool(done)))
    return found


def _spent_by_person(user_ids: list[str], edition_id: str) -> dict[str, tuple[int, datetime]]:
    rows = db.session.execute(
        select(
            StudyStretch.user_id, func.sum(StudyStretch.counted_ms), func.max(StudyStretch.last_at)
        )
        .where(StudyStretch.edition_id == edition_id, StudyStretch.user_id.in_(user_ids))
        .group_by(StudyStretch.user_id)
    )
    return {user_id: (int(total) // _MINUTE, last_at) for user_id, total, last_at in rows}


def _line(
    row: Any,
    lessons: Sequence[Lesson],
    states: dict[str, bool],
    spent: dict[str, tuple[int, datetime]],
    expected: int,
) -> PersonLine:
    minutes, last_at = spent.get(row.user_id, (0, None))
    done = [place for place, lesson in enumerate(lessons) if states.get(lesson.id)]
    begun = [place for place, lesson in enumerate(lessons) if states.get(lesson.id) is False]
    return PersonLine(
        enrolment_id=row.id,
        name=row.name,
        done=len(done),
        expected=expected,
        minutes=minutes,
        last_at=last_at,
        done_drawn=_drawn(done),
        begun_drawn=_drawn(begun),
    )


def _drawn(places: Sequence[int]) -> str:
    """Return the path of some lessons' marks: one element, however many lessons there are."""
    return "".join(f"M{place * STEP} 0h{WIDE}v{HIGH}h-{WIDE}z" for place in places)


def _lesson_lines(
    user_ids: list[str],
    edition_id: str,
    lessons: Sequence[Lesson],
    states: dict[str, dict[str, bool]],
) -> list[LessonLine]:
    rows = db.session.execute(
        select(
            StudyStretch.code,
            func.sum(StudyStretch.counted_ms),
            func.count(StudyStretch.user_id.distinct()),
        )
        .where(StudyStretch.edition_id == edition_id, StudyStretch.user_id.in_(user_ids))
        .group_by(StudyStretch.code)
    )
    average = {code: int(total) // people // _MINUTE for code, total, people in rows}
    said: dict[str, list[bool]] = defaultdict(list)
    for one in states.values():
        for code, done in one.items():
            said[code].append(done)
    return [
        LessonLine(lesson, sum(said[lesson.id]), len(said[lesson.id]), average.get(lesson.id, 0))
        for lesson in lessons
    ]
