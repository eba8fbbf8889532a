"""How far somebody is with the course of their class: what is done, open, missing and next.

Read with a fixed number of queries, so that lists and the home page can show it. Attendance and
signatures are other evidence: the eligibility feature adds them up.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from app.extensions import db
from app.learning.outlines import read_course
from app.models.learning import CourseEdition, LessonProgress
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from app.training.records import countable_lessons
from curricula import Course, Lesson, Module, Progress, missing_prerequisites, next_lesson
from curricula import progress as add_up


@dataclass(frozen=True)
class LessonState:
    """One line of the course page. `state`: done, open, locked or preparation."""

    lesson: Lesson
    state: str
    missing: tuple[Lesson, ...]
    """What must be done before, when it is locked."""
    started: bool


@dataclass(frozen=True)
class CourseProgress:
    """One person and one edition. `training_class` is None in an instructor's preview."""

    edition: CourseEdition
    training_class: TrainingClass | None
    course: Course
    opened: frozenset[str]
    completed: frozenset[str]
    waived: frozenset[str] = frozenset()
    """Of the completed ones, those counted for prior learning."""

    @property
    def is_preview(self) -> bool:
        """Tell whether an instructor is looking ahead: nothing is locked, nothing is noted."""
        return self.training_class is None

    @property
    def total(self) -> Progress:
        """Lessons and minutes of the whole course."""
        return add_up(self.course.lessons, self.completed)

    @property
    def next(self) -> Lesson | None:
        """The first lesson that is not done and may be opened; None when nothing waits."""
        return next_lesson(self.course, self.completed)

    def of_module(self, module: Module) -> Progress:
        """Lessons and minutes of one module."""
        return add_up(module.lessons, self.completed)

    def state_of(self, lesson: Lesson) -> LessonState:
        """Tell how one lesson stands."""
        missing = missing_prerequisites(self.course, lesson, self.completed)
        if not lesson.countable:
            state, missing = "preparation", ()
        elif lesson.id in self.completed:
            state, missing = "done", ()
        elif self.is_preview:
            state, missing = "open", ()
        else:
            state = "locked" if missing else "open"
        return LessonState(lesson, state, missing, lesson.id in self.opened)

    def neighbours(self, lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
        """Return the written lessons before and after one, in course order."""
        written = [one for one in self.course.lessons if one.countable]
        place = next(n for n, one in enumerate(written) if one.id == lesson.id)
        before = written[place - 1] if place else None
        after = written[place + 1] if place + 1 < len(written) else None
        return before, after


def of(user: User) -> CourseProgress | None:
    """Return how far a person is with the course of their newest class; None without a class."""
    enrolled = enrolments(user)
    return in_class(user, enrolled[0].training_class) if enrolled else None


def enrolments(user: User) -> list[Enrolment]:
    """Return a person's standing enrolments, newest first, with class and edition loaded."""
    query = (
        select(Enrolment)
        .join(Enrolment.training_class)
        .options(contains_eager(Enrolment.training_class))
        .where(Enrolment.user_id == user.id, Enrolment.state == "enrolled")
        .order_by(Enrolment.enrolled_at.desc(), Enrolment.id)
    )
    return list(db.session.scalars(query))


def in_class(user: User, training_class: TrainingClass) -> CourseProgress:
    """Return how far a person is with the edition their class studies by."""
    edition = training_class.edition
    rows = db.session.execute(
        select(LessonProgress.code, LessonProgress.completed_at, LessonProgress.completed_by).where(
            LessonProgress.user_id == user.id, LessonProgress.edition_id == edition.id
        )
    ).all()
    return CourseProgress(
        edition=edition,
        training_class=training_class,
        course=_course(edition),
        opened=frozenset(row.code for row in rows),
        completed=frozenset(row.code for row in rows if row.completed_at is not None),
        waived=frozenset(row.code for row in rows if row.completed_by == "prior_learning"),
    )


def preview(edition: CourseEdition) -> CourseProgress:
    """Return an edition as an instructor looks at it: nobody's progress, nothing locked."""
    return CourseProgress(edition, None, _course(edition), frozenset(), frozenset())


def _course(edition: CourseEdition) -> Course:
    return read_course(edition, countable_lessons([edition.id]).get(edition.id, frozenset()))
