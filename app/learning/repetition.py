"""Spaced repetition of wrong answers: when each comes again. Pure arithmetic over past answers.

THE RULE. A question answered wrong comes again the next day. Each time it is answered right on or
after its day, it comes again later: after 3, then 7, then 21 days; right once more, it is done. A wrong
answer begins at one day again. Answering early is practice and moves nothing: memory is tested by the
pause. The notebook (`notebook`) is something else: it says what is not yet put right; a question that
has left it still comes again here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from app.learning.answered import Answered

PAUSES = (1, 3, 7, 21)
"""Days until a question comes again, by how often it was put right."""


@dataclass(frozen=True)
class Review:
    """A question that comes again. `step` is how often it was put right, of `len(PAUSES)`."""

    code: str
    lesson_code: str
    step: int
    due_on: date


def reviews(answers: Iterable[Answered]) -> list[Review]:
    """Return what comes again, the earliest first; `answers` in the order they were given."""
    waiting: dict[str, Review] = {}
    for one in answers:
        if not one.right:
            waiting[one.code] = _after(one, 0)
        elif one.code in waiting and one.day >= waiting[one.code].due_on:
            step = waiting[one.code].step + 1
            if step == len(PAUSES):
                del waiting[one.code]
            else:
                waiting[one.code] = _after(one, step)
    return sorted(waiting.values(), key=lambda review: (review.due_on, review.code))


def due(answers: Iterable[Answered], on: date) -> list[Review]:
    """Return what comes again on a day or was due before."""
    return [review for review in reviews(answers) if review.due_on <= on]


def _after(answer: Answered, step: int) -> Review:
    return Review(answer.code, answer.lesson_code, step, answer.day + timedelta(days=PAUSES[step]))
