"""Weak domains and the line from day to day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.learning import plots
from app.learning.advice import days, standings
from app.learning.answered import Answered

START = datetime(2026, 3, 2, 2, tzinfo=UTC)


def said(*answers: tuple[str, str, bool, int]) -> list[Answered]:
    return [
        Answered(code, "1.1", domain, right, START + timedelta(days=after))
        for code, domain, right, after in answers
    ]


def test_the_last_answer_counts():
    (one,) = standings(said(("a", "D", False, 0), ("a", "D", True, 1)))
    assert (one.answered, one.right, one.weak) == (1, 1, False)


def test_weak_needs_enough_questions():
    two = said(*((f"q{n}", "D", False, 0) for n in range(2)))
    three = said(*((f"q{n}", "D", False, 0) for n in range(3)))
    assert not standings(two)[0].weak
    assert standings(three)[0].weak


def test_the_weakest_first():
    answers = said(
        *((f"d{n}", "D", n > 1, 0) for n in range(4)), *((f"e{n}", "E", n > 2, 0) for n in range(4))
    )
    assert [(one.domain, one.percent) for one in standings(answers)] == [("E", 25), ("D", 50)]


def test_a_day_tells_how_everything_stood_in_the_evening():
    answers = said(("a", "D", False, 0), ("b", "D", True, 0), ("a", "D", True, 3))
    assert [(one.answers, one.right, one.percent) for one in days(answers)] == [
        (2, 1, 50),
        (1, 1, 100),
    ]


@given(st.lists(st.integers(0, 100), min_size=1, max_size=40))
def test_all_points_lie_in_the_drawing(values):
    plot = plots.percent_line(values)
    assert len(plot.points) == len(values)
    for point in plot.points:
        assert plots.LEFT <= point.x <= plots.WIDTH - plots.RIGHT
        assert plots.TOP <= point.y <= plots.HEIGHT - plots.BOTTOM
