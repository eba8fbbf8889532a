"""The exam's arithmetic at every second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.exams import rules
from app.exams.rules import Change, Gate, Line

START = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
seconds = st.integers(-7200, 7200)
minutes = st.integers(5, 600)
factors = st.integers(100, 300)
changes = st.builds(
    Change,
    epoch=st.integers(1, 3),
    sequence=st.integers(1, 20),
    slot=st.integers(1, 4),
    value=st.sampled_from(['"a"', '"b"', "null"]),
)


def at(second: int) -> datetime:
    return START + timedelta(seconds=second)


@given(seconds, st.integers(0, 3600), st.booleans(), st.booleans())
def test_gate_is_open_only_inside_its_times(
    second: int, late: int, admitted: bool, drawn: bool
) -> None:
    found = rules.gate(at(second), START, at(late), admitted=admitted, drawn=drawn)
    if second < 0:
        assert found is Gate.TOO_EARLY
    elif second > late:
        assert found is Gate.TOO_LATE
    elif not drawn:
        assert found is Gate.NOT_DRAWN
    else:
        assert found is (Gate.OPEN if admitted else Gate.LOCKED)


@given(minutes, st.integers(0, 36000), factors)
def test_ordinary_time_ends_with_the_window(length: int, window: int, factor: int) -> None:
    lines = rules.opening_lines(START, at(window), length, factor)
    ordinary = sum(line.seconds for line in lines if line.kind != "factor")
    assert ordinary == min(length * 60, window)


@given(minutes, st.integers(0, 36000), factors)
def test_the_accommodation_is_never_cut(length: int, window: int, factor: int) -> None:
    lines = rules.opening_lines(START, at(window), length, factor)
    extra = sum(line.seconds for line in lines if line.kind == "factor")
    assert extra == length * 60 * (factor - 100) // 100


@given(minutes, st.integers(-3600, -1))
def test_time_is_never_negative(length: int, before: int) -> None:
    lines = rules.opening_lines(START, at(before), length, 100)
    assert rules.deadline(START, lines) == START


@given(st.lists(st.builds(Line, kind=st.just("room"), seconds=st.integers(0, 7200)), max_size=8))
def test_the_deadline_is_the_sum(lines: list[Line]) -> None:
    assert rules.deadline(START, lines) - START == timedelta(seconds=sum(e.seconds for e in lines))


@given(seconds, st.integers(0, 60))
def test_an_answer_counts_or_the_time_is_over_never_both(second: int, grace: int) -> None:
    length = timedelta(seconds=grace)
    takes = rules.takes_answers(START, length, at(second))
    assert takes == (second <= grace)
    assert takes != rules.is_over(START, length, at(second))


@given(st.lists(changes, unique_by=lambda c: (c.epoch, c.sequence)), st.randoms())
def test_arrival_order_says_nothing(journal: list[Change], random: object) -> None:
    mixed = list(journal)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert rules.standing_answers(mixed) == rules.standing_answers(journal)


@given(st.lists(changes, unique_by=lambda c: (c.epoch, c.sequence)))
def test_the_highest_key_of_a_slot_stands(journal: list[Change]) -> None:
    standing = rules.standing_answers(journal)
    assert set(standing) == {change.slot for change in journal}
    for slot, value in standing.items():
        last = max((c for c in journal if c.slot == slot), key=lambda c: (c.epoch, c.sequence))
        assert value == last.value
