"""Where a question is filed: domain, lesson, difficulty, review date. Its entry says so, not its body.

A body is written once; people here refile questions by the hundred (`changing.py`) without a new version.
Whoever shows, exports or edits a question takes it as filed, so that the next version keeps it.
"""

from __future__ import annotations

from dataclasses import replace

from app.models.bank import QuestionEntry
from question_bank import Question
from question_bank.question import Difficulty


def as_filed(entry: QuestionEntry, question: Question) -> Question:
    """Return the current version of an entry under what it is filed by now.

    The parts of a case share its domain and review date, and its lesson where they name no other.
    """
    parts = tuple(
        replace(
            part,
            domain=entry.domain,
            review_by=entry.review_by,
            lesson=entry.lesson_code if part.lesson == question.lesson else part.lesson,
        )
        for part in question.parts
    )
    return replace(
        question,
        domain=entry.domain,
        lesson=entry.lesson_code,
        review_by=entry.review_by,
        difficulty=_difficulty(entry.difficulty, question.difficulty),
        parts=parts,
    )


def _difficulty(band: str, written: Difficulty | None) -> Difficulty | None:
    """Return what was written as long as the band is the same: an estimate belongs to its band."""
    if band == (written.band if written else ""):
        return written
    return Difficulty(band) if band else None
