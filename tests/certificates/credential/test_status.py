"""Lists of bits: what is set is found, and only that."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.credential import status
from certificates.credential.encoding import to_base64url
from tests.certificates.credential.making import LISTS, NOW, PLACE

PLACES = st.integers(0, status.SIZE - 1)


@given(st.sets(PLACES, max_size=50), PLACES)
def test_what_is_set_is_found(places: set[int], other: int) -> None:
    encoded = status.encode(places)
    assert all(status.is_set(encoded, place) for place in places)
    assert status.is_set(encoded, other) == (other in places)


def test_the_same_places_give_the_same_list() -> None:
    assert status.encode([5, 9]) == status.encode([9, 5, 5])


@pytest.mark.parametrize("broken", ["", "u", "uAAAA", "x" + status.encode([])[1:]])
def test_a_broken_list_says_nothing(broken: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        status.is_set(broken, 1)


def test_a_list_of_another_size_says_nothing() -> None:
    for size in (status.SIZE // 8 - 1, 50_000_000):
        short = "u" + to_base64url(status.gzip.compress(bytes(size), compresslevel=1))
        with pytest.raises(ValueError, match="this size"):
            status.is_set(short, 1)
    with pytest.raises(ValueError, match="this size"):
        status.is_set(status.encode([]), status.SIZE)


def test_places_are_spread() -> None:
    halves = Counter(status.random_place() * 2 // status.SIZE for _ in range(2000))
    assert min(halves[0], halves[1]) > 800


def test_a_credential_names_its_place_in_both_lists() -> None:
    revocation, suspension = status.entries(LISTS, PLACE)
    assert revocation["statusPurpose"] == "revocation"
    assert suspension["statusListCredential"] == LISTS["suspension"]
    assert revocation["statusListIndex"] == suspension["statusListIndex"] == str(PLACE)


def test_a_list_is_good_for_a_day() -> None:
    made = status.list_credential(
        LISTS["revocation"], "revocation", status.encode([]), "did:web:a.cn", NOW
    )
    assert made["validFrom"] == "2026-03-01T09:30:00+08:00"
    assert made["validUntil"] == "2026-03-02T09:30:00+08:00"
