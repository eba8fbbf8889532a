"""The overview of a class of 130 people × 36 lessons: its pages' server time and queries.

Server time is taken around the whole request, from the route to the last byte of the page: the CPU time
of this process and of the database's, whatever else the machine does; the least of several tries. That
the queries do not depend on the people is shown beside a class of thirteen.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert, select

from app import clock
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.base import new_id
from app.models.learning import CourseEdition, LessonProgress, LessonVersion, PracticeAnswer
from app.models.people import Role
from app.models.studying import StudyStretch
from app.models.training import TrainingClass
from bench.figures import Figure
from bench.learners import enrol
from bench.lists import one as person_with
from bench.measuring import least
from bench.processes import cpu_seconds
from tests.client import PageClient
from tests.queries import counted

PEOPLE, FEW, LESSONS = 130, 13, 36
MOST_SECONDS = 0.1
STRETCHES = 2
"""Stretches of study in each lesson of each person."""
ANSWERS = 40


def figures(app: Flask, database: list[int]) -> Iterator[Figure]:
    """Measure the overview and the questions of a full class; `database`: its server's process."""

    def measure() -> float:
        return time.process_time() + (cpu_seconds(database) if database else 0.0)

    with app.app_context():
        few, full = _a_class("十三人", FEW), _a_class("一百三十人", PEOPLE)
        reader = PageClient(app).sign_in(person_with(Role.TRAINING_MANAGER))
        for name, end in (("overview", ""), ("questions", "/questions")):
            path = f"/learn/classes/{full}{end}"
            seconds = _page(reader, path, measure)
            yield Figure(f"class of {PEOPLE}: {name}", seconds, "s", at_most=MOST_SECONDS)
            asked = _queries(reader, path)
            yield Figure(f"class of {PEOPLE}: {name}, queries", asked, "queries")
            more = asked - _queries(reader, f"/learn/classes/{few}{end}")
            yield Figure(f"queries more than for {FEW} people: {name}", more, "queries", at_most=0)
        db.session.remove()


def _page(reader: PageClient, path: str, measure: Callable[[], float]) -> float:
    def show() -> None:
        db.session.remove()  # each request of the real server begins without rows
        assert reader.get(path).status_code == 200, path

    return least(show, clock=measure)


def _queries(reader: PageClient, path: str) -> int:
    db.session.remove()
    with counted() as statements:
        reader.get(path)
    return len(statements)


def _a_class(title: str, many: int) -> str:
    """Make a class whose people have studied each of 36 lessons; returns its id."""
    now = clock.now()
    like = db.session.scalars(select(TrainingClass).limit(1)).one()
    row = TrainingClass(
        title=title,
        join_code=new_id()[:12],
        organisation_id=like.organisation_id,
        district_code=like.district_code,
        edition_id=like.edition_id,
        scheme_id=like.scheme_id,
        starts_on=clock.shanghai_date(now - timedelta(days=6)),
        ends_on=clock.shanghai_date(now + timedelta(days=6)),
        capacity=many,
        created_at=now,
    )
    db.session.add(row)
    db.session.commit()
    people = enrol(row, many, title, now)
    _study(people, row.edition_id, now)
    _answer(people, now)
    db.session.commit()
    return row.id


def _study(people: list[str], edition_id: str, now: datetime) -> None:
    edition = db.session.get_one(CourseEdition, edition_id)
    versions = dict(
        db.session.execute(
            select(LessonVersion.code, LessonVersion.id).where(
                LessonVersion.edition_id == edition.id,
                LessonVersion.current.is_(True),
                LessonVersion.countable.is_(True),
            )
        ).all()
    )
    assert len(versions) >= LESSONS, f"the course has {len(versions)} lessons"
    numbers = random.Random(1)
    progress: list[dict[str, Any]] = []
    stretches: list[dict[str, Any]] = []
    for person in people:
        for code, version_id in sorted(versions.items())[:LESSONS]:
            done = numbers.random() < 0.7
            progress.append(
                {
                    "id": new_id(),
                    "user_id": person,
                    "edition_id": edition_id,
                    "code": code,
                    "version_id": version_id,
                    "opened_at": now,
                    "last_opened_at": now,
                    "completed_at": now if done else None,
                    "completed_by": "opened" if done else None,
                }
            )
            stretches += [_stretch(person, edition_id, code, now) for _n in range(STRETCHES)]
    db.session.execute(insert(LessonProgress), progress)
    db.session.execute(insert(StudyStretch), stretches)


def _stretch(person: str, edition_id: str, code: str, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "user_id": person,
        "edition_id": edition_id,
        "code": code,
        "kind": "page",
        "began_at": now - timedelta(minutes=20),
        "last_at": now,
        "counted_ms": 1_200_000,
        "open": False,
        "page": "",
        "beat": 40,
        "other_pages": {},
        "due_ms": 0,
        "place": "case:40",
    }


def _answer(people: list[str], now: datetime) -> None:
    versions = db.session.execute(
        select(QuestionVersion.id, QuestionEntry.lesson_code)
        .join(QuestionEntry, QuestionEntry.id == QuestionVersion.entry_id)
        .where(QuestionEntry.pool == "practice")
        .order_by(QuestionEntry.code)
    ).all()
    numbers = random.Random(2)
    rows = [
        {
            "id": new_id(),
            "user_id": person,
            "version_id": version_id,
            "lesson_code": lesson_code,
            "response": "o1",
            "right": numbers.random() < 0.7,
            "answered_at": now,
        }
        for person in people
        for version_id, lesson_code in numbers.sample(versions, min(ANSWERS, len(versions)))
    ]
    db.session.execute(insert(PracticeAnswer), rows)
