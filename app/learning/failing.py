"""Where a class fails in practice: each question with how many got it wrong. One query.

Only the practice pool is answered here; questions of an exam cannot appear.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select

from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.learning import PracticeAnswer
from app.models.training import Enrolment, TrainingClass


@dataclass(frozen=True)
class QuestionLine:
    """One practice question in one class."""

    code: str
    lesson_code: str
    domain: str
    stem: str
    people: int
    """Different people who answered it."""
    wrong: int
    """Of them, those who got it wrong at least once."""
    answers: int

    @property
    def percent(self) -> int:
        """Share of people who got it wrong, rounded down."""
        return self.wrong * 100 // self.people if self.people else 0


def of_class(training_class: TrainingClass) -> list[QuestionLine]:
    """Return the questions that a class has practised, those that most people fail first."""
    wrong = case((PracticeAnswer.right.is_(False), PracticeAnswer.user_id))
    rows = db.session.execute(
        select(
            QuestionEntry.code,
            QuestionEntry.lesson_code,
            QuestionEntry.domain,
            QuestionEntry.stem,
            func.count(PracticeAnswer.user_id.distinct()),
            func.count(wrong.distinct()),
            func.count(PracticeAnswer.id),
        )
        .join(QuestionVersion, QuestionVersion.entry_id == QuestionEntry.id)
        .join(PracticeAnswer, PracticeAnswer.version_id == QuestionVersion.id)
        .join(Enrolment, Enrolment.user_id == PracticeAnswer.user_id)
        .where(
            Enrolment.class_id == training_class.id,
            Enrolment.state == "enrolled",
            QuestionEntry.pool == "practice",
        )
        .group_by(
            QuestionEntry.code, QuestionEntry.lesson_code, QuestionEntry.domain, QuestionEntry.stem
        )
    )
    found = [QuestionLine(*row) for row in rows]
    return sorted(found, key=lambda one: (-one.percent, -one.wrong, one.code))
