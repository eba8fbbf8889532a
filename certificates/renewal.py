"""When a certificate may be renewed, what for, and until when the new one runs.

Dates and counts alone: window and grace, class-hours by category, practice, the lot of the audit,
the anniversary. Deliberately knows no setting and no row: every figure is handed in, because none of
them is certain (domain.md §3.5 is a proposal). Class-hours (45 minutes) are counted in halves, so
that no sum of them is ever rounded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ELECTIVE = "elective"
LOTS = 10_000
"""A lot is a whole number from 0 up to this one, which is not drawn: hundredths of a percent."""


class Window(StrEnum):
    """Where a day lies in the life of a certificate, as far as renewing goes."""

    EARLY = "early"
    OPEN = "open"
    GRACE = "grace"
    OVER = "over"
    NEVER = "never"
    """A certificate without an end is not renewed."""


@dataclass(frozen=True)
class Entry:
    """Continuing education of one category on one day, in half class-hours."""

    category: str
    day: date
    halves: int


@dataclass(frozen=True)
class Asked:
    """What a renewal asks. `halves` by category, electives among them under `ELECTIVE`."""

    halves: Mapping[str, int]
    halves_a_day: int
    visits: int
    visit_minutes: int
    volunteer_visits: int

    @property
    def total(self) -> int:
        """Half class-hours over all categories."""
        return sum(self.halves.values())


@dataclass(frozen=True)
class Practice:
    """Accompaniments done in the period, and how long they took."""

    visits: int = 0
    minutes: int = 0


def opens_on(valid_until: date, opens_days: int) -> date:
    """Return the first day on which a renewal can be handed in.

    31 December and 90 days give 2 October: ninety days before the last day of validity.
    """
    return valid_until - timedelta(days=opens_days)


def closes_on(valid_until: date, grace_days: int) -> date:
    """Return the last day on which a renewal can be handed in; after it comes the exam again."""
    return valid_until + timedelta(days=grace_days)


def window(valid_until: date | None, opens_days: int, grace_days: int, on: date) -> Window:
    """Tell where a day lies. Each boundary day belongs to the time before it closes."""
    if valid_until is None:
        return Window.NEVER
    if on < opens_on(valid_until, opens_days):
        return Window.EARLY
    if on <= valid_until:
        return Window.OPEN
    return Window.GRACE if on <= closes_on(valid_until, grace_days) else Window.OVER


def counted(entries: Iterable[Entry], asked: Asked, since: date, until: date) -> dict[str, int]:
    """Return the half class-hours that count, by category.

    Only days from `since` to `until` count, and of one day no more than `halves_a_day`: nobody
    learns thirty hours in a day, and a slip of the finger would otherwise renew a certificate.
    Within a day entries count in the order given. A category nobody asked for counts as elective.
    """
    left: dict[date, int] = {}
    found = dict.fromkeys(asked.halves, 0)
    for entry in entries:
        if not since <= entry.day <= until:
            continue
        taken = min(entry.halves, left.get(entry.day, asked.halves_a_day))
        left[entry.day] = left.get(entry.day, asked.halves_a_day) - taken
        category = entry.category if entry.category in found else ELECTIVE
        found[category] = found.get(category, 0) + taken
    return found


def missing(have: Mapping[str, int], asked: Asked) -> dict[str, int]:
    """Return the half class-hours still owed, by category; nothing owed is an empty answer.

    What is too much in one category counts as elective, never the other way round.
    """
    owed = {
        category: need - have.get(category, 0)
        for category, need in asked.halves.items()
        if category != ELECTIVE and need > have.get(category, 0)
    }
    spare = sum(
        amount if category == ELECTIVE else max(0, amount - asked.halves.get(category, 0))
        for category, amount in have.items()
    )
    elective = asked.halves.get(ELECTIVE, 0) - spare
    return {**owed, **({ELECTIVE: elective} if elective > 0 else {})}


def practised_enough(practice: Practice, asked: Asked, *, volunteer: bool) -> bool:
    """Tell whether the practice is enough: so many visits, or so long; volunteers by visits alone."""
    if volunteer:
        return practice.visits >= asked.volunteer_visits
    return practice.visits >= asked.visits or practice.minutes >= asked.visit_minutes


def last_day(first: date, years: int) -> date:
    """Return the last day of a validity of whole years that begins on `first`."""
    try:
        anniversary = first.replace(year=first.year + years)
    except ValueError:  # 29 February: the day after the 28th of an ordinary year
        anniversary = date(first.year + years, 3, 1)
    return anniversary - timedelta(days=1)


def renewed_until(
    valid_until: date, years: int, *, renewed_on: date, late_keeps_anniversary: bool
) -> date:
    """Return the last day of the certificate that follows one valid until `valid_until`.

    Who renews early loses nothing: the new one runs from the day after the old one would have
    ended. Who renews late gains nothing either, unless the rule says that it counts anew.
    """
    if renewed_on <= valid_until or late_keeps_anniversary:
        return last_day(valid_until + timedelta(days=1), years)
    return last_day(renewed_on, years)


def is_audited(lot: int, percent: int) -> bool:
    """Tell whether a lot (0 to 9,999, drawn at random) falls to the audit of so many percent.

    Raises ValueError for a lot that was not drawn fairly.
    """
    if not 0 <= lot < LOTS:
        raise ValueError(lot)
    return lot * 100 < percent * LOTS
