"""The wrong-answer notebook (错题本), worked out from the practice answers of one person.

THE RULE. A question is in the notebook from the first wrong answer on. It leaves once it has been
answered right on two different days (Shanghai calendar) since the last wrong answer; being right
twice on one evening shows memory of the page, not of the matter. Another wrong answer brings it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.clock import shanghai_date
from app.extensions import db
from app.learning import answered
from app.learning.answered import Answered
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.learning import PracticeAnswer
from app.models.people import User

DAYS_RIGHT = 2


@dataclass(frozen=True)
class Entry:
    """A question in the notebook. `right_days`: days answered right since the last wrong answer."""

    code: str
    lesson_code: str
    right_days: frozenset[date]
    wrong_at: datetime


def entries(user: User) -> list[Entry]:
    """Return what is in a person's notebook, the oldest mistake first. One query."""
    return kept_from_answers(answered.by(user))


def kept_from_answers(answers: Iterable[Answered]) -> list[Entry]:
    """Return what is in the notebook of whoever gave these answers."""
    return kept_from((one.code, one.lesson_code, one.right, one.at) for one in answers)


def kept_from(answers: Iterable[tuple[str, str, bool, datetime]]) -> list[Entry]:
    """Apply the rule to answers in the order they were given: code, lesson, right, moment."""
    kept: dict[str, Entry] = {}
    for code, lesson, right, at in answers:
        if not right:
            kept.pop(code, None)
            kept[code] = Entry(code, lesson, frozenset(), at)
        elif code in kept:
            before = kept[code]
            days = before.right_days | {shanghai_date(at)}
            if len(days) >= DAYS_RIGHT:
                del kept[code]
            else:
                kept[code] = Entry(code, before.lesson_code, days, before.wrong_at)
    return list(kept.values())


def has_answered(user: User, code: str) -> bool:
    """Tell whether a person has answered a question in practice, so that its key may be shown."""
    query = (
        select(PracticeAnswer.id)
        .join(QuestionVersion, QuestionVersion.id == PracticeAnswer.version_id)
        .join(QuestionEntry, QuestionEntry.id == QuestionVersion.entry_id)
        .where(PracticeAnswer.user_id == user.id, QuestionEntry.code == code)
        .limit(1)
    )
    return db.session.scalar(query) is not None
