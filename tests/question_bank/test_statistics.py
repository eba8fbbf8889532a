"""Figures of one question: worked examples, and what holds for any answers."""

from statistics import correlation as reference

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.statistics import LEAST_THIRD, correlation, item_figures

PAIRS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 100).map(lambda n: n / 100)),
    max_size=60,
)


def test_who_knows_more_gets_it_right() -> None:
    found = item_figures([(1.0, 0.9), (1.0, 0.8), (0.0, 0.3), (0.0, 0.2)])
    assert found is not None
    assert found.ease == 0.5
    assert found.discrimination == pytest.approx(0.9864, abs=1e-4)
    assert not found.is_poor
    assert found.thirds == ()  # too few people


def test_a_wrong_key_shows() -> None:
    found = item_figures([(0.0, 0.9)] * 5 + [(1.0, 0.2)] * 5)
    assert found is not None
    assert found.discrimination == pytest.approx(-1)
    assert found.thirds == (1, 0.5, 0)
    assert found.is_poor


def test_where_all_did_the_same_nothing_is_told() -> None:
    assert item_figures([]) is None
    found = item_figures([(1.0, 0.4), (1.0, 0.9)])
    assert found is not None
    assert found.discrimination is None
    assert found.is_poor  # too easy


@given(PAIRS)
def test_it_is_pearsons_correlation(pairs: list[tuple[float, float]]) -> None:
    found = correlation(pairs)
    own, rest = {one for one, _other in pairs}, {other for _one, other in pairs}
    if len(own) < 2 or len(rest) < 2:
        assert found is None
    else:
        assert found == pytest.approx(reference(*zip(*pairs, strict=True)), abs=1e-9)
        assert -1 <= found <= 1


@given(PAIRS)
def test_the_thirds_are_told_of_enough_people_and_lie_between_zero_and_one(
    pairs: list[tuple[float, float]],
) -> None:
    found = item_figures(pairs)
    if found is not None:
        assert len(found.thirds) == (3 if len(pairs) // 3 >= LEAST_THIRD else 0)
        assert all(0 <= share <= 1 for share in found.thirds)
