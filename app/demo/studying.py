"""Study in the demonstration: time counted, practice over some days, favourites, one waiver.

The learner has read for a week and practised with mistakes, so that what is due, weak domains and the
line of progress have something to show; the class that meets today has people at different places.
Rows are written as they would stand after those days; nothing of it decides anything.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from app.demo import class_today
from app.demo.accounts import person
from app.extensions import db
from app.learning import prior
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.base import new_id
from app.models.learning import LessonProgress, LessonVersion, PracticeAnswer
from app.models.studying import FavouriteQuestion, PresenceCheck, StudyStretch
from app.models.training import Enrolment, TrainingClass

DAYS = 7
PRACTISED = 30
RIGHT_AT_FIRST = 0.55
CLASS_LESSONS = (6, 4, 3, 1, 0)
"""Lessons that the people of today's class have done."""


def study(finished: TrainingClass, learned: int, now: datetime) -> None:
    """Let the learner and the class of today have studied, once."""
    learner = person("learner")
    known = select(StudyStretch.id).where(StudyStretch.user_id == learner.id)
    if db.session.scalar(known.limit(1)) is not None:
        return
    versions = _versions(finished.edition_id)
    read = [_stretch(learner.id, row, n, now) for n, row in enumerate(versions[:learned])]
    today = db.session.scalar(select(TrainingClass).where(TrainingClass.title == class_today.TITLE))
    people = [] if today is None else _people(today)
    done = [
        (enrolment, versions[: CLASS_LESSONS[place % len(CLASS_LESSONS)]])
        for place, enrolment in enumerate(people)
    ]
    read += [
        _stretch(enrolment.user_id, row, n, now)
        for enrolment, lessons in done
        for n, row in enumerate(lessons)
    ]
    progress = [_done(one.user_id, row, now) for one, lessons in done for row in lessons]
    db.session.execute(insert(StudyStretch), read)
    db.session.execute(insert(LessonProgress), progress)
    db.session.execute(insert(PresenceCheck), [_check(row) for row in read[:4]])
    _practise(learner.id, [row.code for row in versions[:learned]], now)
    if people:
        prior.waive(
            people[-1],
            [row.code for row in versions if row.code.startswith("3.") and not row.practical][:2],
            kind="nurse",
            evidence="护士执业证书，已看原件，复印件存培训中心（演示）",
            actor=person("training"),
            now=now,
        )


def _versions(edition_id: str) -> list[Any]:
    return list(
        db.session.execute(
            select(
                LessonVersion.id,
                LessonVersion.edition_id,
                LessonVersion.code,
                LessonVersion.minutes,
                LessonVersion.practical,
            )
            .where(
                LessonVersion.edition_id == edition_id,
                LessonVersion.current.is_(True),
                LessonVersion.countable.is_(True),
            )
            .order_by(LessonVersion.code)
        )
    )


def _people(today: TrainingClass) -> list[Enrolment]:
    return list(
        db.session.scalars(
            select(Enrolment)
            .where(Enrolment.class_id == today.id, Enrolment.state == "enrolled")
            .order_by(Enrolment.enrolled_at, Enrolment.id)
        )
    )


def _stretch(user_id: str, row: Any, number: int, now: datetime) -> dict[str, Any]:
    minutes = 14 + number * 7 % 19
    began = now - timedelta(days=DAYS - number * DAYS // 20, hours=2 + number % 3)
    return {
        "id": new_id(),
        "user_id": user_id,
        "edition_id": row.edition_id,
        "code": row.code,
        "kind": "page",
        "began_at": began,
        "last_at": began + timedelta(minutes=minutes),
        "counted_ms": minutes * 60_000,
        "open": False,
        "page": "",
        "beat": minutes * 2,
        "other_pages": {},
        "due_ms": 0,
        "place": "case:40",
    }


def _done(user_id: str, row: Any, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "user_id": user_id,
        "edition_id": row.edition_id,
        "code": row.code,
        "version_id": row.id,
        "opened_at": now - timedelta(days=1),
        "last_opened_at": now - timedelta(days=1),
        "completed_at": now - timedelta(hours=20),
        "completed_by": "opened",
    }


def _check(stretch: dict[str, Any]) -> dict[str, Any]:
    asked = stretch["began_at"] + timedelta(minutes=11)
    return {
        "id": new_id(),
        "stretch_id": stretch["id"],
        "choices": [stretch["code"], "4.1", "5.2"],
        "asked_at": asked,
        "answered_at": asked + timedelta(seconds=9),
        "wrong": 0,
    }


def _practise(user_id: str, lessons: list[str], now: datetime) -> None:
    """Answer questions over some days, better from day to day."""
    questions = db.session.execute(
        select(
            QuestionVersion.id,
            QuestionEntry.id.label("entry_id"),
            QuestionEntry.lesson_code,
            QuestionVersion.body,
        )
        .join(QuestionEntry, QuestionEntry.id == QuestionVersion.entry_id)
        .where(
            QuestionEntry.pool == "practice",
            QuestionEntry.kind == "single_choice",
            QuestionEntry.lesson_code.in_(lessons),
            QuestionVersion.number == QuestionEntry.current_number,
        )
        .order_by(QuestionEntry.code)
        .limit(PRACTISED)
    ).all()
    numbers = random.Random(7)
    answers: list[dict[str, Any]] = []
    for day in range(DAYS, 0, -1):
        for row in questions[(DAYS - day) * 3 : (DAYS - day) * 4 + 3]:
            right = numbers.random() < RIGHT_AT_FIRST + 0.06 * (DAYS - day)
            chosen = row.body["key"] if right else _wrong(row.body)
            answers.append(
                {
                    "id": new_id(),
                    "user_id": user_id,
                    "version_id": row.id,
                    "lesson_code": row.lesson_code,
                    "response": chosen[0],
                    "right": right,
                    "answered_at": now - timedelta(days=day, minutes=len(answers)),
                }
            )
    db.session.execute(insert(PracticeAnswer), answers)
    kept = [
        {
            "id": new_id(),
            "user_id": user_id,
            "entry_id": row.entry_id,
            "lesson_code": row.lesson_code,
            "kept_at": now - timedelta(days=2),
        }
        for row in questions[:3]
    ]
    db.session.execute(insert(FavouriteQuestion), kept)


def _wrong(body: dict[str, Any]) -> list[str]:
    return [one["id"] for one in body["options"] if one["id"] not in body["key"]]
