"""Draw a sample paper, to see what a blueprint asks. Nobody sits it and nothing is stored but the line.

The same seed gives the same paper as long as the bank and the table stay as they are. The figures
of a paper (`measure`) tell nothing of its questions; the paper itself (`draw_sample`) is live
questions, so every one of them is noted as opened.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from app import audit
from app.bank import wall
from app.bank.planning import in_force
from app.bank.stock import Drawable, stock
from app.extensions import db
from app.models.bank import ExamBlueprint, QuestionVersion
from app.models.people import User
from question_bank import Question, Slot, draw, load, load_blueprint, shown
from question_bank.reading_time import reading_seconds
from question_bank.supply import ease_sum


@dataclass(frozen=True)
class SampleQuestion:
    """One question of the sample as a candidate would see it; plain values, no row."""

    entry_id: str
    version_id: str
    code: str
    version: int
    kind: str
    domain: str
    marks: Fraction
    trial: bool
    times_shown: int
    shown: dict[str, Any]
    levels: tuple[str, ...]
    ease: Fraction
    """Expected share of right answers, the mean over its parts; what nobody estimated is medium."""
    estimated: bool
    seconds: float
    """To read it and decide."""


@dataclass(frozen=True)
class Sample:
    """A drawn paper with what it amounts to."""

    seed: str
    algorithm: str
    fingerprint: str
    questions: Sequence[SampleQuestion]

    @property
    def scored(self) -> list[SampleQuestion]:
        """The questions that count; trial ones do not."""
        return [one for one in self.questions if not one.trial]

    @property
    def asked(self) -> int:
        """Marked questions."""
        return sum(len(question.levels) for question in self.scored)

    @property
    def trials(self) -> int:
        """Questions on trial."""
        return len(self.questions) - len(self.scored)

    @property
    def marks(self) -> Fraction:
        """Marks of the whole paper."""
        return sum((one.marks * len(one.levels) for one in self.scored), Fraction(0))

    @property
    def minutes(self) -> int:
        """Minutes to read the paper and decide, trial questions included; at least 1."""
        return max(1, round(sum(one.seconds for one in self.questions) / 60))

    @property
    def difficulty(self) -> Fraction:
        """Mean expected share of right answers over the marked questions."""
        return sum((one.ease * len(one.levels) for one in self.scored), Fraction(0)) / self.asked

    @property
    def unestimated(self) -> int:
        """Marked questions whose difficulty nobody estimated."""
        return sum(len(one.levels) for one in self.scored if not one.estimated)

    @property
    def most_shown(self) -> int:
        """Times shown of the question shown most."""
        return max(one.times_shown for one in self.questions)

    @property
    def mean_shown(self) -> Fraction:
        """Times shown, the mean over the questions of the paper."""
        return Fraction(sum(one.times_shown for one in self.questions), len(self.questions))

    def count_level(self, level: str) -> int:
        """Count the marked questions of one thinking level."""
        return sum(question.levels.count(level) for question in self.scored)


def new_seed() -> str:
    """Return a seed that people can read out: 4F2A-91C0."""
    sign = secrets.token_hex(4).upper()
    return f"{sign[:4]}-{sign[4:]}"


def measure(row: ExamBlueprint, seed: str, *, on: date) -> Sample:
    """Draw the paper of a seed from the bank of a day, for its figures alone.

    Raises CannotDrawError naming each cell or rule that is short.
    """
    table, have = in_force(load_blueprint(row.body), on), stock(on)
    paper = draw(table, have.pool(table), seed)
    drawn = have.by_code(slot.question_id for slot in paper.slots)
    questions = _load(drawn.values())
    asked = [
        _shown(slot, drawn[slot.question_id], questions[slot.question_id]) for slot in paper.slots
    ]
    return Sample(paper.seed, paper.algorithm, paper.fingerprint(), asked)


def draw_sample(row: ExamBlueprint, seed: str, *, on: date, actor: User, now: datetime) -> Sample:
    """Draw the paper of a seed to be read, and note each question as opened.

    Raises CannotDrawError naming what is short; BehindTheWall for who must not see live questions.
    """
    wall.refuse_live(actor, on)
    sample = measure(row, seed, on=on)
    ids = [one.version_id for one in sample.questions]
    for version in db.session.scalars(select(QuestionVersion).where(QuestionVersion.id.in_(ids))):
        audit.record("question.opened", version, actor=actor, now=now)
    audit.record("blueprint.sampled", row, actor=actor, now=now, seed=seed)
    return sample


def _load(drawn: Iterable[Drawable]) -> dict[str, Question]:
    """Return the questions of the drawn versions by code; one query."""
    ids = [one.version_id for one in drawn]
    versions = db.session.scalars(select(QuestionVersion).where(QuestionVersion.id.in_(ids)))
    questions = [load(version.body) for version in versions]
    return {question.id: question for question in questions}


def _shown(slot: Slot, drawn: Drawable, question: Question) -> SampleQuestion:
    asked = question.marked_questions()
    return SampleQuestion(
        entry_id=drawn.entry_id,
        version_id=drawn.version_id,
        code=question.id,
        version=slot.version,
        kind=slot.kind,
        domain=slot.domain,
        marks=slot.marks,
        trial=slot.trial,
        times_shown=drawn.facts.exposure,
        shown=shown(question, slot.order),
        levels=tuple(one.level for one in asked),
        ease=Fraction(ease_sum(drawn.facts), 1000 * len(asked)),
        estimated=all(one.ease for one in drawn.facts.asked),
        seconds=reading_seconds(question),
    )
