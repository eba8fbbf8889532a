"""Spaced repetition: what comes again, and when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.learning.answered import Answered
from app.learning.repetition import PAUSES, due, reviews

START = datetime(2026, 3, 2, 2, tzinfo=UTC)


def said(*steps: tuple[bool, int]) -> list[Answered]:
    """Answers to one question, each some days after the last."""
    at, found = START, []
    for right, days in steps:
        at += timedelta(days=days)
        found.append(Answered("q", "1.1", "E", right, at))
    return found


def day(number: int) -> date:
    return date(2026, 3, 2) + timedelta(days=number)


def test_right_answers_never_come_again():
    assert reviews(said((True, 0), (True, 1))) == []


def test_the_pauses_grow_and_end():
    steps = [(False, 0)]
    for place, pause in enumerate(PAUSES):
        (review,) = reviews(said(*steps))
        assert review.step == place
        assert review.due_on == day(sum(PAUSES[: place + 1]))
        steps.append((True, pause))
    assert reviews(said(*steps)) == []


def test_an_early_answer_moves_nothing():
    before = reviews(said((False, 0), (True, 1)))
    assert reviews(said((False, 0), (True, 1), (True, 1), (True, 0))) == before


def test_wrong_again_begins_anew():
    (review,) = reviews(said((False, 0), (True, 1), (True, 3), (False, 7)))
    assert (review.step, review.due_on) == (0, day(12))


def test_due_today_and_before():
    answers = said((False, 0))
    assert due(answers, day(0)) == []
    assert [one.code for one in due(answers, day(1))] == ["q"]
    assert [one.code for one in due(answers, day(9))] == ["q"]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=15))
def test_it_always_comes_after_the_last_wrong_answer(steps):
    """Whatever was answered: due at least a day after the last mistake, at most 21 after an answer."""
    answers = said(*steps)
    for review in reviews(answers):
        wrong = max(one.at for one in answers if not one.right)
        assert review.due_on >= wrong.date() + timedelta(days=1)
        assert review.due_on <= answers[-1].day + timedelta(days=max(PAUSES))
