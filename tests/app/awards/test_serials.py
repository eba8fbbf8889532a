"""Numbers: counted in the database, one for each certificate, by year and district."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.awards import contents, serials
from app.extensions import db
from app.models.awards import CertificateSerial
from certificates.numbers import NumberError
from tests.client import PageClient

DAY = date(2026, 11, 1)


@pytest.mark.rows
def test_it_works(client: PageClient) -> None:
    """Numbers follow each other within a year and a district."""
    given = [
        str(serials.reserve(day, district))
        for day, district in (
            (DAY, "310110"),
            (DAY, "310110"),
            (DAY, "310101"),
            (date(2027, 1, 1), "310110"),
        )
    ]
    assert [number[2:-1] for number in given] == [
        "202631011000001",
        "202631011000002",
        "202631010100001",
        "202731011000001",
    ]


@pytest.mark.rows
def test_at_once(client: PageClient, app: Flask) -> None:
    """Those who ask at the same time get different numbers."""
    db.session.remove()

    def reserve(_turn: int) -> str:
        with app.app_context():
            number = str(serials.reserve(DAY, "310110"))
            db.session.commit()
            return number

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(reserve, range(24)))
    assert len(set(numbers)) == 24
    assert db.session.get_one(CertificateSerial, (2026, "310110")).last == 24


@pytest.mark.rows
def test_used_up(client: PageClient) -> None:
    """A serial never wraps round."""
    db.session.add(CertificateSerial(year=2026, district_code="310110", last=99999))
    db.session.commit()
    with pytest.raises(NumberError, match="超出范围"):
        serials.reserve(DAY, "310110")


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 10))
def test_validity_is_whole_years(first: date, years: int) -> None:
    """The day after the last is the anniversary, or 1 March for a 29 February."""
    last = contents.valid_until(first, years)
    after = date.fromordinal(last.toordinal() + 1)
    assert after.year == first.year + years
    assert (after.month, after.day) == (first.month, first.day) or (
        (first.month, first.day) == (2, 29) and (after.month, after.day) == (3, 1)
    )


@given(st.text("ABC123", min_size=6, max_size=20))
def test_enough_is_hidden(number: str) -> None:
    """Whatever the document, at least four signs are hidden and the length is kept."""
    shown = number[:3] + "*" * max(0, len(number) - 7) + number[-4:] if len(number) > 7 else number
    hidden = contents.hide_enough(shown)
    assert hidden.count("*") >= 4
    assert len(hidden) == len(shown)
    assert hidden[-1] == shown[-1]
