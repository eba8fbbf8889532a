"""Identity numbers: well-formed or refused with the reason. Every number here is invented."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

from app.accounts.identity_numbers import IdentityNumberError, check, mask

TODAY = date(2026, 6, 1)
AREA = "990110"  # no place has such a code


def number(area: str = AREA, born: str = "19640229", order: str = "012") -> str:
    """Return an invented number with its check character."""
    body = f"{area}{born}{order}"
    return body + ric.calc_check_digit(body + "0")


@pytest.fixture
def words(whole_app: Flask) -> object:
    """Sentences need a request for their language."""
    with whole_app.test_request_context():
        yield


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(
    ("kind", "typed", "words_of_refusal"),
    [
        ("resident_id", number()[:-1], "少了 1 位"),
        ("resident_id", number() + "1", "多了 1 位"),
        ("resident_id", "99011019640A29012X", "应是数字"),
        ("resident_id", number(born="19640231"), "不是一个日期"),
        ("resident_id", number(born="19000101"), "不合理"),
        ("resident_id", number(born="20270101"), "不合理"),
        ("resident_id", number(area="000000"), "行政区划"),
        ("residence_permit", number(), "810000"),
        ("foreign_permanent", number(area="110101"), "以 9 开头"),
        ("passport", "E", "护照号"),
        ("passport", "ABCDEFG", "护照号"),
        ("library_card", "123", "证件种类"),
    ],
)
def test_refuses(kind: str, typed: str, words_of_refusal: str) -> None:
    """Each fault has its sentence, and the sentence does not repeat the number."""
    with pytest.raises(IdentityNumberError, match=words_of_refusal) as refusal:
        check(kind, typed, today=TODAY, invented=True)
    assert typed not in refusal.value.sentence or len(typed) < 4


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("resident_id", number(), number()),
        ("resident_id", f" {number()[:6]} {number()[6:14]}-{number()[14:].lower()}", number()),
        ("residence_permit", number(area="810000"), number(area="810000")),
        ("residence_permit", number(area="830000"), number(area="830000")),
        ("foreign_permanent", number(area="931156"), number(area="931156")),
        ("foreign_permanent", "can110080061501", "CAN110080061501"),
        ("passport", "e 1234 5678", "E12345678"),
    ],
)
def test_takes(kind: str, typed: str, stored: str) -> None:
    """However it is typed, the same number is stored."""
    assert check(kind, typed, today=TODAY, invented=True) == stored


@pytest.mark.usefixtures("words")
def test_invented_areas_only_in_a_demonstration() -> None:
    """99… is no place of GB/T 2260."""
    with pytest.raises(IdentityNumberError, match="行政区划"):
        check("resident_id", number(), today=TODAY)


@pytest.mark.usefixtures("words")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    born=st.dates(TODAY - timedelta(days=365 * 90), TODAY),
    order=st.integers(0, 999),
    place=st.integers(0, 17),
    other=st.sampled_from("0123456789X"),
)
def test_every_single_mistake_is_caught(born: date, order: int, place: int, other: str) -> None:
    """ISO 7064 MOD 11-2 catches each wrong sign, wherever it stands."""
    right = number(born=f"{born:%Y%m%d}", order=f"{order:03d}")
    assert check("resident_id", right, today=TODAY, invented=True) == right
    wrong = right[:place] + other + right[place + 1 :]
    if wrong != right:
        with pytest.raises(IdentityNumberError):
            check("resident_id", wrong, today=TODAY, invented=True)


@given(st.text("0123456789X", min_size=5, max_size=18))
def test_the_mask_hides(plain: str) -> None:
    """At most seven signs are open, and never the whole number."""
    shown = mask(plain)
    assert len(shown) == len(plain)
    assert shown.count("*") >= 2
    assert len(shown.replace("*", "")) <= 7


def test_the_mask_of_an_identity_card() -> None:
    """First three, last four."""
    assert mask("990110196402290121") == "990***********0121"
