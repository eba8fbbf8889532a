"""Where a question is filed: domain, lesson, difficulty, review date. Its entry says so, not its body.

A body is written once; people here refile questions by the hundred (`changing.py`) without a new version.
Whoever shows, exports or edits a question takes it as filed, so that the next version keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from app.models.bank import QuestionEntry
from question_bank import Question
from question_bank.question import Difficulty


@dataclass(frozen=True, slots=True)
class Filing:
    """What an entry is filed by; `difficulty` is a band, empty where none is estimated."""

    domain: str
    lesson: str
    review_by: date | None
    difficulty: str


def filing_of(entry: QuestionEntry) -> Filing:
    """Return what an entry is filed by now."""
    return Filing(entry.domain, entry.lesson_code, entry.review_by, entry.difficulty)


def as_filed(entry: QuestionEntry, question: Question) -> Question:
    """Return the current version of an entry under what it is filed by now."""
    return filed_under(filing_of(entry), question)


def filed_under(filing: Filing, question: Question) -> Question:
    """Return a question under a filing.

    The parts of a case share its domain and review date, and its lesson where they name no other.
    """
    parts = tuple(
        replace(
            part,
            domain=filing.domain,
            review_by=filing.review_by,
            lesson=filing.lesson if part.lesson == question.lesson else part.lesson,
        )
        for part in question.parts
    )
    return replace(
        question,
        domain=filing.domain,
        lesson=filing.lesson,
        review_by=filing.review_by,
        difficulty=_difficulty(filing.difficulty, question.difficulty),
        parts=parts,
    )


def _difficulty(band: str, written: Difficulty | None) -> Difficulty | None:
    """Return what was written as long as the band is the same: an estimate belongs to its band."""
    if band == (written.band if written else ""):
        return written
    return Difficulty(band) if band else None
