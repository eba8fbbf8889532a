"""Draw a sample paper, to see what a blueprint asks. Nobody sits it and nothing is stored but the line.

The same seed gives the same paper as long as the bank and the table stay as they are.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from app import audit
from app.bank import wall
from app.bank.pool import eligible_versions
from app.models.bank import ExamBlueprint, QuestionVersion
from app.models.people import User
from question_bank import Question, Slot, draw, facts_of, load, load_blueprint, shown


@dataclass(frozen=True)
class SampleQuestion:
    """One question of the sample as a candidate would see it; plain values, no row."""

    entry_id: str
    code: str
    kind: str
    domain: str
    marks: Fraction
    shown: dict[str, Any]
    levels: tuple[str, ...]
    difficulties: tuple[float, ...]
    """Estimated shares of right answers, where somebody estimated them."""


@dataclass(frozen=True)
class Sample:
    """A drawn paper with what it amounts to."""

    seed: str
    algorithm: str
    fingerprint: str
    questions: Sequence[SampleQuestion]

    @property
    def asked(self) -> int:
        """Marked questions."""
        return sum(len(question.levels) for question in self.questions)

    @property
    def marks(self) -> Fraction:
        """Marks of the whole paper."""
        return sum((one.marks * len(one.levels) for one in self.questions), Fraction(0))

    @property
    def difficulty(self) -> float | None:
        """Mean estimated share of right answers, None where nothing was estimated."""
        known = [p for question in self.questions for p in question.difficulties]
        return sum(known) / len(known) if known else None

    def count_level(self, level: str) -> int:
        """Count the marked questions of one thinking level."""
        return sum(question.levels.count(level) for question in self.questions)


def new_seed() -> str:
    """Return a seed that people can read out: 4F2A-91C0."""
    sign = secrets.token_hex(4).upper()
    return f"{sign[:4]}-{sign[4:]}"


def draw_sample(row: ExamBlueprint, seed: str, *, on: date, actor: User, now: datetime) -> Sample:
    """Draw the paper of a seed from the bank of a day, and note each question as opened.

    Raises CannotDrawError naming what is short; BehindTheWall for who must not see live questions.
    """
    wall.refuse_live(actor, on)
    versions = {version.entry.code: version for version in eligible_versions(on)}
    questions = {code: load(version.body) for code, version in versions.items()}
    pool = [facts_of(question) for question in questions.values()]
    paper = draw(load_blueprint(row.body), pool, seed)
    drawn = [
        _shown(slot, versions[slot.question_id], questions[slot.question_id])
        for slot in paper.slots
    ]
    for slot in paper.slots:
        audit.record("question.opened", versions[slot.question_id], actor=actor, now=now)
    audit.record("blueprint.sampled", row, actor=actor, now=now, seed=seed)
    return Sample(paper.seed, paper.algorithm, paper.fingerprint(), drawn)


def _shown(slot: Slot, version: QuestionVersion, question: Question) -> SampleQuestion:
    asked = question.marked_questions()
    return SampleQuestion(
        entry_id=version.entry_id,
        code=question.id,
        kind=slot.kind,
        domain=slot.domain,
        marks=slot.marks,
        shown=shown(question, slot.order),
        levels=tuple(one.level for one in asked),
        difficulties=tuple(
            one.difficulty.p for one in asked if one.difficulty and one.difficulty.p is not None
        ),
    )
