"""Opening a lesson and having it count as done (A1, A3).

Minutes of study are those counted by the server (`seat_time`); the few seconds that every lesson asks
for run from its first opening. Whether a lesson may be opened is asked of `CourseProgress` by the page.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError

from app import audit, rulebook
from app.clock import shanghai_date
from app.errors import Refusal
from app.extensions import db
from app.learning import seat_time
from app.learning.progress import CourseProgress
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.learning import CourseEdition, LessonProgress, LessonVersion, PracticeAnswer
from app.models.people import User
from app.models.training import Enrolment, PracticalSignOff
from curricula import (
    CompletionRule,
    Condition,
    ConditionState,
    Evidence,
    Lesson,
    conditions,
    load_lesson,
)

_HEADING = re.compile(r'<h2[^>]*? id="([^"]+)"[^>]*>([^<]*)</h2>')


class NotDoneYet(Refusal):
    """The lesson's own rule is not met; the sentence says what is missing."""


class NotOpenYet(Refusal):
    """A lesson before this one is not done, or this one is still being written."""


def find_version(edition: CourseEdition, code: str) -> LessonVersion | None:
    """Return the current text of a lesson, or None for a code the edition has not."""
    return db.session.scalar(
        select(LessonVersion).where(
            LessonVersion.edition_id == edition.id,
            LessonVersion.code == code,
            LessonVersion.current.is_(True),
        )
    )


def find_record(user: User, edition: CourseEdition, code: str) -> LessonProgress | None:
    """Return what is known of a person and a lesson, locked for a change."""
    return db.session.scalar(
        select(LessonProgress).where(*_of(user, edition, code)).with_for_update()
    )


def open_lesson(user: User, version: LessonVersion, *, now: datetime) -> LessonProgress:
    """Note that a person has the lesson before them. Two tabs at once make one record."""
    found = find_record(user, version.edition, version.code)
    if found is None:
        found = _first_opening(user, version, now)
    found.last_opened_at = now
    found.version_id = version.id
    return found


def complete_lesson(
    user: User,
    at: CourseProgress,
    version: LessonVersion,
    practice: tuple[str, ...],
    *,
    now: datetime,
) -> LessonProgress:
    """Count a lesson as done, once its rule is met; a second time changes nothing.

    `practice` are the codes of the lesson's questions that can be answered now: nobody is asked
    for what is not there. Raises NotOpenYet, NotDoneYet.
    """
    state = at.state_of(at.course.get_lesson(version.code))
    if state.state in ("locked", "preparation"):
        raise NotOpenYet(_("这一课还不能学，所以也不能记为学完。"))
    record = find_record(user, at.edition, version.code)
    if record is None:
        raise NotDoneYet(_("还没有打开过这一课。请先打开课文，读完再按“学完了”。"))
    if record.completed_at is not None:
        return record
    lesson = load_lesson(version.front)
    _check_seconds(record, now)
    lesson = replace(lesson, practice=practice, completion=rule_of(lesson, shanghai_date(now)))
    states = conditions(lesson, _evidence(user, at, lesson))
    missing = [_say(one) for one in states if not one.met]
    if missing:
        raise NotDoneYet(_("还差：%(what)s", what="".join(missing)))
    record.completed_at = now
    record.completed_by = _rule_met(states)
    audit.record(
        "lesson.completed", record, actor=user, now=now, code=version.code, rule=record.completed_by
    )
    return record


def heading_of(html: str, place: str) -> tuple[str, str] | None:
    """Return id and words of the heading where somebody stopped; None at the beginning."""
    anchor, _colon, share = place.partition(":")
    titles = dict(_HEADING.findall(html))
    if anchor not in titles or (anchor == next(iter(titles)) and share in ("", "0")):
        return None
    return anchor, titles[anchor]


def right_questions(user: User, codes: tuple[str, ...]) -> set[str]:
    """Return which of some practice questions a person has answered right at least once."""
    query = (
        select(QuestionEntry.code)
        .join(QuestionVersion, QuestionVersion.entry_id == QuestionEntry.id)
        .join(PracticeAnswer, PracticeAnswer.version_id == QuestionVersion.id)
        .where(
            PracticeAnswer.user_id == user.id,
            PracticeAnswer.right.is_(True),
            QuestionEntry.code.in_(codes),
        )
        .distinct()
    )
    return set(db.session.scalars(query))


def _of(user: User, edition: CourseEdition, code: str) -> tuple[ColumnElement[bool], ...]:
    return (
        LessonProgress.user_id == user.id,
        LessonProgress.edition_id == edition.id,
        LessonProgress.code == code,
    )


def _first_opening(user: User, version: LessonVersion, now: datetime) -> LessonProgress:
    record = LessonProgress(
        user_id=user.id,
        edition_id=version.edition_id,
        code=version.code,
        version_id=version.id,
        opened_at=now,
        last_opened_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(record)
            db.session.flush()
    except IntegrityError:  # the other tab was first
        return db.session.scalars(
            select(LessonProgress).where(*_of(user, version.edition, version.code))
        ).one()
    audit.record("lesson.opened", record, actor=user, now=now, code=version.code)
    return record


def _check_seconds(record: LessonProgress, now: datetime) -> None:
    least = timedelta(seconds=rulebook.value("lesson.minimum_seconds", shanghai_date(now)))
    wanting = record.opened_at + least - now
    if wanting > timedelta():
        seconds = -(-wanting // timedelta(seconds=1))
        raise NotDoneYet(
            _(
                "一课至少读 %(least)d 秒才能记为学完，还差 %(n)d 秒。",
                least=least.seconds,
                n=seconds,
            )
        )


def rule_of(lesson: Lesson, on: date) -> CompletionRule:
    """Return what counts as done on a day: the lesson's own rule, filled up by the dated settings."""
    rule = lesson.completion
    if rule.minimum_minutes is None:
        minutes = rulebook.value("lesson.minimum_minutes", on)
        rule = replace(rule, minimum_minutes=minutes or None)
    if rule.practice_share is None:
        percent = rulebook.value("lesson.practice_percent", on)
        rule = replace(rule, practice_share=Fraction(percent, 100) if percent else None)
    return rule


def _evidence(user: User, at: CourseProgress, lesson: Lesson) -> Evidence:
    rule = lesson.completion
    timed = rule.minimum_minutes is not None
    return Evidence(
        opened=True,
        time_spent=(
            seat_time.counted_in(user.id, at.edition.id, lesson.id) if timed else timedelta()
        ),
        practice_right=len(right_questions(user, lesson.practice)) if rule.practice_share else 0,
        instructor_ticked=rule.instructor_tick and _signed(user, at, lesson.id),
    )


def _signed(user: User, at: CourseProgress, code: str) -> bool:
    query = (
        select(PracticalSignOff.id)
        .join(Enrolment, Enrolment.id == PracticalSignOff.enrolment_id)
        .where(
            Enrolment.user_id == user.id,
            Enrolment.class_id == (at.training_class.id if at.training_class else ""),
            PracticalSignOff.lesson_code == code,
            PracticalSignOff.withdrawn_at.is_(None),
        )
    )
    return db.session.scalar(query) is not None


def _say(state: ConditionState) -> str:
    words = {
        Condition.OPENED: _("打开课文。"),
        Condition.MINIMUM_TIME: _("再学 %(n)d 分钟。", n=state.missing),
        Condition.PRACTICE: _("再做对 %(n)d 道练习题。", n=state.missing),
        Condition.INSTRUCTOR_TICK: _("老师的实操签字。老师签好以后，再按一次“学完了”。"),
    }
    return str(words[state.condition])


def _rule_met(states: tuple[ConditionState, ...]) -> str:
    """Return the hardest condition that was asked: it is what the record rests on."""
    asked = {state.condition for state in states}
    names = (
        (Condition.INSTRUCTOR_TICK, "instructor_tick"),
        (Condition.PRACTICE, "quiz_passed"),
        (Condition.MINIMUM_TIME, "minimum_time"),
    )
    return next((name for condition, name in names if condition in asked), "opened")
