"""All that one person has answered in practice, in the order it was answered: one query.

The notebook, repetition, and advice are worked out from this list; nothing is stored beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.clock import shanghai_date
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.learning import PracticeAnswer
from app.models.people import User


@dataclass(frozen=True)
class Answered:
    """One answer to one practice question."""

    code: str
    lesson_code: str
    domain: str
    right: bool
    at: datetime

    @property
    def day(self) -> date:
        """The day in Shanghai."""
        return shanghai_date(self.at)


def by(user: User) -> list[Answered]:
    """Return a person's answers to questions that are still in use, the oldest first."""
    rows = db.session.execute(
        select(
            QuestionEntry.code,
            PracticeAnswer.lesson_code,
            QuestionEntry.domain,
            PracticeAnswer.right,
            PracticeAnswer.answered_at,
        )
        .join(QuestionVersion, QuestionVersion.id == PracticeAnswer.version_id)
        .join(QuestionEntry, QuestionEntry.id == QuestionVersion.entry_id)
        .where(PracticeAnswer.user_id == user.id, QuestionEntry.status != "retired")
        .order_by(PracticeAnswer.answered_at, PracticeAnswer.id)
    )
    return [Answered(*row) for row in rows]
