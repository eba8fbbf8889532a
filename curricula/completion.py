"""Arithmetic of progress: is a lesson done, may one be opened, how far is someone, what is next.

Pure values in, values out: whoever calls brings what is known about a person. Lessons in
preparation count for nobody and block nobody. Attendance and practical sign-offs of the class are
other evidence and are not added up here.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from curricula.course import Course, Lesson


class Condition(StrEnum):
    """The conditions by which a lesson can count as done (A3)."""

    OPENED = "opened"
    MINIMUM_TIME = "minimum_time"
    PRACTICE = "practice"
    INSTRUCTOR_TICK = "instructor_tick"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one person and one lesson. `practice_right` counts different questions."""

    opened: bool = False
    time_spent: timedelta = timedelta()
    practice_right: int = 0
    instructor_ticked: bool = False


@dataclass(frozen=True, slots=True)
class ConditionState:
    """One condition with what it asks and what there is: minutes, questions, or 0 and 1."""

    condition: Condition
    needed: int
    found: int

    @property
    def met(self) -> bool:
        """Tell whether there is enough."""
        return self.found >= self.needed

    @property
    def missing(self) -> int:
        """How much is still wanting, never below zero."""
        return max(self.needed - self.found, 0)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far someone is. Minutes are planned minutes of lessons, not time spent.

    `lessons_in_preparation` are not part of `lessons_total`.
    """

    lessons_done: int
    lessons_total: int
    minutes_done: int
    minutes_total: int
    lessons_in_preparation: int

    @property
    def complete(self) -> bool:
        """Tell whether everything that counts is done; never true of a course without lessons."""
        return 0 < self.lessons_total == self.lessons_done

    @property
    def percent(self) -> int:
        """Share of lessons done in whole per cent, rounded down: 100 means all of them."""
        return self.lessons_done * 100 // self.lessons_total if self.lessons_total else 0


def conditions(lesson: Lesson, evidence: Evidence) -> tuple[ConditionState, ...]:
    """Return every condition of the lesson with what it asks and what there is."""
    rule = lesson.completion
    states: list[ConditionState] = []
    if rule.opened:
        states.append(ConditionState(Condition.OPENED, 1, int(evidence.opened)))
    if rule.minimum_minutes is not None:
        # Whole minutes, rounded down: 19 min 59 s are not 20 minutes.
        spent = evidence.time_spent // timedelta(minutes=1)
        states.append(ConditionState(Condition.MINIMUM_TIME, rule.minimum_minutes, spent))
    if rule.practice_share is not None:
        needed = _rounded_up(rule.practice_share * len(lesson.practice))
        states.append(ConditionState(Condition.PRACTICE, needed, evidence.practice_right))
    if rule.instructor_tick:
        ticked = int(evidence.instructor_ticked)
        states.append(ConditionState(Condition.INSTRUCTOR_TICK, 1, ticked))
    return tuple(states)


def is_done(lesson: Lesson, evidence: Evidence) -> bool:
    """Tell whether the lesson counts as done; a lesson in preparation never does."""
    return lesson.countable and all(state.met for state in conditions(lesson, evidence))


def missing_prerequisites(
    course: Course, lesson: Lesson, completed: Collection[str]
) -> tuple[Lesson, ...]:
    """Return the lessons that must be done before this one may be opened, in course order (A1).

    A prerequisite that is still in preparation steps aside, and its own prerequisites take its
    place; otherwise one unwritten lesson would close all that follow.
    """
    wanted: set[str] = set()
    seen: set[str] = set()
    open_ids = list(lesson.prerequisites)
    while open_ids:
        needed = course.find_lesson(open_ids.pop())
        if needed is None or needed.id in seen or needed.id == lesson.id:
            continue
        seen.add(needed.id)
        if not needed.countable:
            open_ids.extend(needed.prerequisites)
        elif needed.id not in completed:
            wanted.add(needed.id)
    return tuple(other for other in course.lessons if other.id in wanted)


def may_open(course: Course, lesson: Lesson, completed: Collection[str]) -> bool:
    """Tell whether someone may open the lesson; nobody opens one in preparation."""
    return lesson.countable and not missing_prerequisites(course, lesson, completed)


def progress(lessons: Iterable[Lesson], completed: Collection[str]) -> Progress:
    """Add up lessons and planned minutes, of a module or of a whole course."""
    listed = list(lessons)
    countable = [lesson for lesson in listed if lesson.countable]
    done = [lesson for lesson in countable if lesson.id in completed]
    return Progress(
        lessons_done=len(done),
        lessons_total=len(countable),
        minutes_done=sum(lesson.minutes for lesson in done),
        minutes_total=sum(lesson.minutes for lesson in countable),
        lessons_in_preparation=sum(lesson.in_preparation for lesson in listed),
    )


def next_lesson(course: Course, completed: Collection[str]) -> Lesson | None:
    """Return the first lesson in course order that is not done and may be opened."""
    return next(
        (
            lesson
            for lesson in course.lessons
            if lesson.id not in completed and may_open(course, lesson, completed)
        ),
        None,
    )


def _rounded_up(number: Fraction) -> int:
    return -(-number.numerator // number.denominator)
