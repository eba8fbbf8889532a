"""The clock of an application: it runs with the association and stands with the applicant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.applications.processing import processing

START = datetime(2026, 11, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
gaps = st.lists(st.timedeltas(timedelta(0), timedelta(days=40)), min_size=1, max_size=9)


def _steps(between: list[timedelta]) -> list[tuple[str, datetime]]:
    """Return filed, returned, filed … with these times between."""
    at, found = START, []
    for number, gap in enumerate(between):
        found.append(("filed" if number % 2 == 0 else "returned", at))
        at += gap
    return found


def test_the_example_of_the_rule() -> None:
    """Filed on the 1st, 20 days: until the 21st; returned for three days, until the 24th."""
    assert processing([("filed", START)], 20, START).due == START + 20 * DAY
    steps = [
        ("filed", START),
        ("returned", START + 2 * DAY),
        ("filed", START + 5 * DAY),
    ]
    assert processing(steps, 20, START + 6 * DAY).due == START + 23 * DAY
    standing = processing(steps[:2], 20, START + 4 * DAY)
    assert standing.due is None
    assert not standing.running
    assert standing.used == 2 * DAY


@given(gaps, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_time_with_the_applicant_is_never_counted(
    between: list[timedelta], later: timedelta
) -> None:
    """What was used is what lay after each filing, whatever lay after each return."""
    steps = _steps(between)
    now = steps[-1][1] + later
    found = processing(steps, 20, now)
    wanted = sum(between[:-1][::2], timedelta(0))
    if len(steps) % 2:
        wanted += later
    assert found.used == wanted
    assert found.running == bool(len(steps) % 2)
    assert found.late(20) == (wanted > 20 * DAY)


@given(gaps, st.integers(1, 60))
def test_the_deadline_does_not_move_while_the_clock_runs(
    between: list[timedelta], days: int
) -> None:
    """It is the same whenever it is asked, as long as nothing happens."""
    steps = _steps(between)
    if len(steps) % 2 == 0:
        steps = steps[:-1]
    at = steps[-1][1]
    assert processing(steps, days, at).due == processing(steps, days, at + 3 * DAY).due


@given(gaps)
def test_a_clock_that_went_back_takes_nothing_away(between: list[timedelta]) -> None:
    """Steps out of order count as if they came at once."""
    steps = list(reversed(_steps(between)))
    assert processing(steps, 20, START).used >= timedelta(0)
