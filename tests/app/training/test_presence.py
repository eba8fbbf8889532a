"""Minutes from the moments of coming and going."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.training.presence import minutes_present

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
END = START + timedelta(minutes=210)
TOLERANCE = timedelta(minutes=10)
MOMENTS = st.integers(-60 * 60, 5 * 60 * 60).map(lambda s: START + timedelta(seconds=s))


def _minutes(came: datetime, went: datetime) -> int:
    return minutes_present(180, START, END, came, went, TOLERANCE)


@given(MOMENTS, MOMENTS)
def test_between_nothing_and_all(came: datetime, went: datetime) -> None:
    """Never below zero or above what was taught."""
    assert 0 <= _minutes(came, went) <= 180


@given(MOMENTS, MOMENTS, st.integers(0, 3600))
def test_staying_longer_never_costs(came: datetime, went: datetime, seconds: int) -> None:
    """Coming earlier or going later never counts less."""
    more = timedelta(seconds=seconds)
    assert _minutes(came - more, went) >= _minutes(came, went)
    assert _minutes(came, went + more) >= _minutes(came, went)


def test_tolerance() -> None:
    """Ten minutes cost nothing, eleven cost their share, the whole time costs all."""
    assert _minutes(START + timedelta(minutes=10), END - timedelta(minutes=10)) == 180
    assert _minutes(START + timedelta(minutes=11), END) == 170
    assert _minutes(END, END) == 0
