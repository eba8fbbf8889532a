"""Circles are found if and only if there are any."""

from graphlib import CycleError, TopologicalSorter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curricula.prerequisites import find_circles

NAMES = st.sampled_from("abcdefg")


@pytest.mark.parametrize(
    ("needs", "circles"),
    [
        ({}, []),
        ({"a": ["b"], "b": []}, []),
        ({"a": ["a"]}, [("a",)]),
        ({"a": ["b"], "b": ["c"], "c": ["a"]}, [("a", "b", "c")]),
        ({"a": ["unknown"]}, []),
    ],
)
def test_it_works(needs, circles):
    assert find_circles(needs) == circles


def test_a_long_chain_does_not_exhaust_the_stack():
    needs = {str(number): [str(number + 1)] for number in range(20_000)}
    assert find_circles(needs) == []


@given(st.dictionaries(NAMES, st.lists(NAMES, max_size=3)))
def test_it_agrees_with_the_standard_library(needs):
    known = {name: [need for need in listed if need in needs] for name, listed in needs.items()}
    try:
        tuple(TopologicalSorter(known).static_order())
        circular = False
    except CycleError:
        circular = True
    circles = find_circles(needs)
    assert bool(circles) is circular
    for circle in circles:
        for at, name in enumerate(circle):
            assert circle[(at + 1) % len(circle)] in needs[name]
