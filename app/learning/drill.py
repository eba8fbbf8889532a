"""Sets of practice questions to go through one by one: a chapter, a domain, what is due, what was kept.

A set is worked out anew for each page from its name and, when shuffled, from the seed in the address:
nothing is stored, Back and a second device show the same order. Only questions of lessons that the
person may open are in a set.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.bank.pool import SCORED, usable
from app.bank.wording import DOMAINS
from app.clock import shanghai_date
from app.extensions import db
from app.learning import answered, favourites, repetition
from app.learning.answered import Answered
from app.learning.progress import CourseProgress
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.people import User

DUE, KEPT, DOMAIN = "due", "kept", "domain-"
ORDERS = ("sequence", "random")


@dataclass(frozen=True)
class Item:
    """A question that may be practised, by what sets are made of."""

    code: str
    lesson_code: str
    domain: str


@dataclass(frozen=True)
class Chapter:
    """A module with the questions of its open lessons; `right` by the last answer to each."""

    id: str
    zh: str
    en: str
    questions: int
    done: int
    right: int


def items(at: CourseProgress, *, demo: bool, now: datetime) -> list[Item]:
    """Return what a person may practise in their course, in the order of its lessons."""
    states = [at.state_of(lesson) for lesson in at.course.lessons]
    lessons = [one.lesson.id for one in states if one.state in ("open", "done")]
    query = (
        select(QuestionEntry.code, QuestionEntry.lesson_code, QuestionEntry.domain)
        .join(QuestionVersion, QuestionVersion.entry_id == QuestionEntry.id)
        .where(
            QuestionEntry.pool == "practice",
            QuestionEntry.status != "retired",
            QuestionEntry.kind != "upload",
            QuestionEntry.lesson_code.in_(lessons),
            QuestionVersion.number == QuestionEntry.current_number,
        )
        .order_by(QuestionEntry.code)
    )
    if not demo:
        query = query.where(usable(shanghai_date(now)), QuestionEntry.status == SCORED)
    place = {code: n for n, code in enumerate(lessons)}
    found = [Item(*row) for row in db.session.execute(query)]
    return sorted(found, key=lambda item: place[item.lesson_code])


def chapters(at: CourseProgress, may: Sequence[Item], answers: Sequence[Answered]) -> list[Chapter]:
    """Return the modules that have something to practise."""
    last = {one.code: one.right for one in answers}
    found = []
    for module in at.course.modules:
        lessons = {lesson.id for lesson in module.lessons}
        codes = [item.code for item in may if item.lesson_code in lessons]
        said = [last[code] for code in codes if code in last]
        if codes:
            title = module.title
            found.append(Chapter(module.id, title.zh, title.en, len(codes), len(said), sum(said)))
    return found


def codes_of(
    which: str, user: User, at: CourseProgress, may: Sequence[Item], now: datetime
) -> list[str] | None:
    """Return the questions of a set in their usual order; None for a name that is no set."""
    known = [item.code for item in may]
    if which == DUE:
        coming = repetition.due(answered.by(user), shanghai_date(now))
        return [one.code for one in coming if one.code in set(known)]
    if which == KEPT:
        return [code for code in favourites.codes(user) if code in set(known)]
    if which.startswith(DOMAIN) and which.removeprefix(DOMAIN) in DOMAINS:
        return [item.code for item in may if item.domain == which.removeprefix(DOMAIN)]
    module = next((one for one in at.course.modules if one.id == which), None)
    if module is None:
        return None
    lessons = {lesson.id for lesson in module.lessons}
    return [item.code for item in may if item.lesson_code in lessons]


def shuffled(codes: Sequence[str], seed: str) -> list[str]:
    """Return the questions in an order that a seed decides, the same each time."""
    mixed = sorted(codes)
    random.Random(seed).shuffle(mixed)
    return mixed
