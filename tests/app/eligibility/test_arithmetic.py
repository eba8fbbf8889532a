"""The sums behind the panel, and the calendar behind the wall."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.eligibility import arithmetic
from app.training.ties import months_before

MINUTES, HOURS, PERCENT = st.integers(0, 5000), st.integers(1, 100), st.integers(0, 100)


@given(MINUTES, HOURS, PERCENT)
def test_shown_percent_agrees_with_the_rule(minutes: int, hours: int, percent: int) -> None:
    """The percentage shown reaches the rule exactly when no minute is missing."""
    met = arithmetic.minutes_missing(minutes, hours, percent) == 0
    assert met == (arithmetic.percent_attended(minutes, hours) >= percent)


@given(MINUTES, HOURS, PERCENT)
def test_missing_minutes_suffice(minutes: int, hours: int, percent: int) -> None:
    """Exactly the missing minutes make it; one less does not."""
    missing = arithmetic.minutes_missing(minutes, hours, percent)
    assert arithmetic.minutes_missing(minutes + missing, hours, percent) == 0
    if missing:
        assert arithmetic.minutes_missing(minutes + missing - 1, hours, percent) == 1


def test_the_scheme() -> None:
    """36 class hours, 90 %: 1,458 minutes."""
    assert arithmetic.minutes_wanted(36, 90) == 1458
    assert arithmetic.percent_attended(1457, 36) == 89
    assert arithmetic.class_hours_up(46) == 2


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 120))
def test_months_before(day: date, months: int) -> None:
    """The day is kept where the month has it; otherwise it is that month's last."""
    before = months_before(day, months)
    assert (day.year * 12 + day.month) - (before.year * 12 + before.month) == months
    assert before.day == day.day or (before + timedelta(days=1)).day == 1
    assert months_before(day, 0) == day
