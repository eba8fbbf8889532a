"""The order of the eight moments."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.practicum import moments
from app.practicum.moments import KINDS, Step, following


def test_the_eight_in_their_order() -> None:
    """The first offer, taken each time, leads through all eight with one test in and out."""
    done: list[Step] = []
    while offers := following(done):
        done.append(offers[0])
    assert [one.code for one in done] == [
        *("met", "arrived", "ticket", "consult", "test.in", "test.out"),
        *("pharmacy", "left", "handover"),
    ]
    assert moments.left_out(done) == []
    assert not moments.unpaired(done)


def test_who_goes_in_comes_out() -> None:
    """Nothing else is offered before; then another test may be."""
    inside = [Step("met"), Step("test", "in")]
    assert following(inside) == [Step("test", "out")]
    assert moments.unpaired(inside)
    assert Step("test", "in") in following([*inside, Step("test", "out")])


def test_what_was_left_out_may_still_come() -> None:
    """Behind what lies ahead."""
    offers = following([Step("met"), Step("consult")])
    assert offers[0] == Step("test", "in")
    assert offers[-2:] == [Step("arrived"), Step("ticket")]


def test_words() -> None:
    """A step is one word and back; other words name none."""
    for kind in KINDS:
        one = Step(kind, "in" if kind == "test" else "")
        assert moments.step(one.code) == one
    assert [moments.step(word) for word in ("test", "met.in", "tea", "", "test.up")] == [None] * 5


@given(st.lists(st.integers(0, 8), max_size=20))
def test_any_way_ends(choices: list[int]) -> None:
    """Whatever is chosen from the offers, each kind but tests comes once and none after the end."""
    done: list[Step] = []
    for choice in choices:
        offers = following(done)
        if not offers:
            assert done[-1].kind == moments.LAST
            break
        done.append(offers[choice % len(offers)])
    others = [one.kind for one in done if one.kind != "test"]
    assert len(others) == len(set(others))
