"""The arithmetic from fraction to pass: exact, and never rounded into a pass."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import RULES, Mark, grade, passes, shown_number, total

IDS = ["o1", "o2", "o3", "o4", "o5"]
SOME = st.frozensets(st.sampled_from(IDS))
FRACTIONS = st.fractions(0, 1, max_denominator=60)
MARKS = st.builds(Mark, FRACTIONS, st.fractions(0, 5, max_denominator=6))


@pytest.mark.parametrize(
    ("chosen", "fraction"),
    [
        ("o1 o3 o4", Fraction(1)),
        ("o1 o3", Fraction(2, 3)),
        ("o4", Fraction(1, 3)),
        ("o1 o3 o2", Fraction(0)),
        ("o1 o2 o3 o4 o5", Fraction(0)),
        ("", Fraction(0)),
    ],
)
def test_missing_partly_wrong_zero_follows_its_table(chosen: str, fraction: Fraction) -> None:
    rule = RULES["missing_partly_wrong_zero"]
    assert rule(set(chosen.split()), {"o1", "o3", "o4"}) == fraction
    full = RULES["all_or_nothing"](set(chosen.split()), {"o1", "o3", "o4"})
    assert full == (1 if fraction == 1 else 0)


@settings(deadline=None)
@given(SOME, SOME)
def test_rules_stay_in_range_and_guessing_everything_never_pays(
    chosen: frozenset[str], right: frozenset[str]
) -> None:
    for rule in RULES.values():
        assert 0 <= rule(chosen, right) <= 1
        assert (rule(chosen, right) == 1) == bool(chosen and chosen == right)
    strict, partly = RULES["all_or_nothing"], RULES["missing_partly_wrong_zero"]
    assert strict(chosen, right) <= partly(chosen, right)


@settings(deadline=None)
@given(st.lists(MARKS, max_size=12), st.randoms())
def test_a_total_is_exact_and_does_not_depend_on_the_order(
    marks: list[Mark], chance: object
) -> None:
    paper = total(marks)
    assert paper.earned == sum((mark.earned for mark in marks), Fraction(0))
    assert 0 <= grade(paper) <= 100
    assert total(reversed(marks)) == paper


def test_three_thirds_are_a_whole() -> None:
    third = Mark(Fraction(1, 3), Fraction(3, 2))
    assert grade(total([third] * 3)) == Fraction(100, 3)
    assert total([third] * 2).earned == 1


@settings(deadline=None)
@given(st.fractions(0, 100, max_denominator=10_000), st.integers(0, 1000), st.integers(1, 3))
def test_what_is_shown_reaches_the_pass_mark_exactly_when_the_grade_does(
    result: Fraction, tenths: int, places: int
) -> None:
    pass_mark = Fraction(tenths, 10)
    assert (Fraction(shown_number(result, places)) >= pass_mark) == passes(result, pass_mark)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(5996, 100), "59.9"),
        (Fraction(60), "60"),
        (Fraction(200, 3), "66.6"),
        (Fraction(0), "0"),
        (Fraction(3, 2), "1.5"),
        (Fraction(100), "100"),
    ],
)
def test_a_shown_number_is_cut_never_rounded_up(value: Fraction, text: str) -> None:
    assert shown_number(value) == text


def test_a_mark_outside_its_range_cannot_exist() -> None:
    for fraction, maximum in ((Fraction(3, 2), Fraction(1)), (Fraction(1), Fraction(-1))):
        with pytest.raises(ValueError, match="no mark"):
            Mark(fraction, maximum)
