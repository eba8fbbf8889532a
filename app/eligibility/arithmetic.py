"""The sums behind the eligibility panel. Pure: whole numbers in, whole numbers out.

Percentages are cut off, never rounded up: 89.9 % does not read as 90 beside a rule not met.
"""

from __future__ import annotations

MINUTES_PER_CLASS_HOUR = 45


def percent_attended(minutes: int, hours: int) -> int:
    """Return the share of `hours` class hours that `minutes` cover, in whole percent, cut off."""
    return minutes * 100 // (hours * MINUTES_PER_CLASS_HOUR)


def minutes_wanted(hours: int, percent: int) -> int:
    """Return the fewest minutes that make `percent` of `hours` class hours."""
    return -(-hours * MINUTES_PER_CLASS_HOUR * percent // 100)


def minutes_missing(minutes: int, hours: int, percent: int) -> int:
    """Return how many minutes are still missing; 0 when enough."""
    return max(0, minutes_wanted(hours, percent) - minutes)


def class_hours_up(minutes: int) -> int:
    """Return minutes as class hours of 45, a begun one counted whole."""
    return -(-minutes // MINUTES_PER_CLASS_HOUR)
