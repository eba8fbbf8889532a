"""A thousand people with a lesson open, each sending its sign of life every thirty seconds."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import Flask
from sqlalchemy import func, insert, select

from app import clock
from app.extensions import db
from app.learning import counting, seat_time, tickets
from app.models.base import new_id
from app.models.learning import LessonVersion
from app.models.people import User
from app.models.studying import StudyStretch
from app.models.training import Enrolment, TrainingClass
from bench.figures import Figure
from bench.lines import Line

BEAT = seat_time.BEAT.total_seconds()
CONNECTIONS = 64
"""Lines that the learners share: phones keep theirs open, a bench need not hold a thousand."""


@dataclass
class Learner:
    """One person with one lesson page open."""

    user_id: str
    ticket: str
    refused: int = 0
    earned: int = 0
    times: list[float] = field(default_factory=list)

    async def beat(self, line: Line) -> None:
        """Send one sign of life."""
        answer = await line.post_json("/learn/beat", {"ticket": self.ticket, "place": "case:40"})
        self.times.append(answer.seconds)
        if answer.status != 200:
            self.refused += 1
            return
        told = answer.json()
        self.ticket = told["ticket"]
        self.earned += told["earned"]


def fill(app: Flask, learners: int) -> list[Learner]:
    """Enrol people in the class that runs, and open a page for each as the product does."""
    now = clock.now()
    with app.app_context():
        joined = db.session.scalars(
            select(TrainingClass).order_by(TrainingClass.ends_on.desc()).limit(1)
        ).one()
        lesson = db.session.scalars(
            select(LessonVersion.code)
            .where(LessonVersion.edition_id == joined.edition_id, LessonVersion.current.is_(True))
            .order_by(LessonVersion.code)
        ).first()
        assert lesson is not None
        people = enrol(joined, learners, "学员", now)
        ends_at = counting.end_of(joined)
        found = []
        for one in people:
            ticket = tickets.issue(one, joined.edition_id, lesson, now=now, ends_at=ends_at)
            found.append(Learner(one, tickets.write(ticket)))
        db.session.remove()
        db.engine.dispose()
    return found


def enrol(joined: TrainingClass, many: int, name: str, now: datetime) -> list[str]:
    """Add people to a class; returns their ids."""
    ids = [new_id() for _one in range(many)]
    people = [
        {
            "id": one,
            "name": f"{name}{number}",
            "login_name": f"{one}",
            "created_at": now,
        }
        for number, one in enumerate(ids)
    ]
    db.session.execute(insert(User), people)
    db.session.execute(
        insert(Enrolment),
        [
            {
                "id": new_id(),
                "class_id": joined.id,
                "user_id": one,
                "category": "care_institution",
                "state": "enrolled",
                "enrolled_at": now,
            }
            for one in ids
        ],
    )
    db.session.commit()
    return ids


async def one_after_the_other(people: Sequence[Learner], port: int, rounds: int) -> None:
    """Let all send signs of life on one line, as the floor is measured."""
    line = Line(port)
    for _round in range(rounds):
        for one in people:
            await one.beat(line)
    line.hang_up()


async def at_the_real_pace(people: Sequence[Learner], port: int, seconds: float) -> None:
    """Let everybody send one every BEAT seconds, spread over them, for a while."""
    lines = [Line(port) for _one in range(CONNECTIONS)]
    locks = [asyncio.Lock() for _one in lines]
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def read(number: int, one: Learner) -> None:
        due = began + BEAT * number / len(people)
        while due < began + seconds:
            await asyncio.sleep(max(0.0, due - loop.time()))
            place = number % CONNECTIONS
            async with locks[place]:
                await one.beat(lines[place])
            due += BEAT

    for one in people:
        one.times.clear()
    await asyncio.gather(*(read(number, one) for number, one in enumerate(people)))
    for line in lines:
        line.hang_up()


def delays(people: Sequence[Learner]) -> tuple[int, float, float]:
    """Return how many answers were timed, and the 50th and 95th hundredth in milliseconds."""
    found = [seconds for one in people for seconds in one.times]
    hundredths = statistics.quantiles([*found, found[-1]], n=100)
    return len(found), hundredths[49] * 1000, hundredths[94] * 1000


def judged(app: Flask, people: Sequence[Learner], elapsed: float) -> list[Figure]:
    """Hold what is stored beside what was acknowledged, and beside the time that passed."""
    told = {one.user_id: one.earned for one in people}
    with app.app_context():
        rows = db.session.execute(
            select(StudyStretch.user_id, func.sum(StudyStretch.counted_ms))
            .where(StudyStretch.user_id.in_(told))
            .group_by(StudyStretch.user_id)
        )
        stored = {user_id: int(total) for user_id, total in rows}
        db.session.remove()
    different = sum(stored.get(one, 0) != earned for one, earned in told.items())
    too_much = sum(total > elapsed * 1000 for total in stored.values())
    return [
        Figure("signs of life refused", sum(one.refused for one in people), "answers", at_most=0),
        Figure("stored differs from acknowledged", different, "people", at_most=0),
        Figure("counted more than passed", too_much, "people", at_most=0),
    ]
