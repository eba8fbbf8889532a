"""Which domains somebody is weak in, and how their practice goes from day to day. Pure arithmetic.

Judged by the last answer to each question: what was wrong in spring and is right today is right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.learning.answered import Answered

LEAST = 3
"""Different questions of a domain below which nothing is said about it."""
ENOUGH_PERCENT = 80
MOST_DAYS = 30


@dataclass(frozen=True)
class Standing:
    """One domain: different questions answered, and those whose last answer was right."""

    domain: str
    answered: int
    right: int

    @property
    def percent(self) -> int:
        """Share right, rounded down."""
        return self.right * 100 // self.answered if self.answered else 0

    @property
    def weak(self) -> bool:
        """Tell whether there is enough to say that this needs work."""
        return self.answered >= LEAST and self.percent < ENOUGH_PERCENT


@dataclass(frozen=True)
class Day:
    """One day of practice: answers given, those right, and how all questions stood in the evening."""

    day: date
    answers: int
    right: int
    percent: int


def standings(answers: Sequence[Answered]) -> list[Standing]:
    """Return each domain that was practised, the weakest first."""
    last = {one.code: one for one in answers}
    right: dict[str, list[bool]] = defaultdict(list)
    for one in last.values():
        right[one.domain].append(one.right)
    found = [Standing(domain, len(said), sum(said)) for domain, said in right.items()]
    return sorted(found, key=lambda one: (one.percent, one.domain))


def days(answers: Sequence[Answered]) -> list[Day]:
    """Return the last days on which something was practised, the oldest first."""
    last: dict[str, bool] = {}
    given: dict[date, list[bool]] = defaultdict(list)
    stood: dict[date, int] = {}
    for one in answers:
        last[one.code] = one.right
        given[one.day].append(one.right)
        stood[one.day] = sum(last.values()) * 100 // len(last)
    found = [Day(day, len(said), sum(said), stood[day]) for day, said in given.items()]
    return found[-MOST_DAYS:]
