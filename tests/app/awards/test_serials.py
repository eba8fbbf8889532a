"""Numbers: counted in the database, one for each certificate, by year and district."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app import clock
from app.awards import contents, serials
from app.extensions import db
from app.models.awards import CertificateSerial, Decision
from app.models.bulk import TakenNumber
from certificates.numbers import NumberError
from tests.app.awards import rows

DAY = date(2026, 11, 1)


def _take(decision: Decision, day: date = DAY, district: str = "310110") -> str:
    taken = serials.take(
        {decision.id: district}, day, actor_id=decision.proposed_by_id, now=clock.now()
    )
    return str(taken[decision.id].number)


@pytest.mark.rows
def test_it_works(app: Flask) -> None:
    """Numbers follow each other within a year and a district."""
    given = [
        _take(rows.proposal(), day, district)
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
def test_a_proposal_keeps_its_number(app: Flask) -> None:
    """Whoever tries again goes on with it, but not in another year or district."""
    one = rows.proposal()
    first = _take(one)
    assert _take(one) == first
    assert _take(one, date(2027, 1, 1)) != first
    assert _take(one, district="310101") != first
    assert db.session.scalar(select(func.count(TakenNumber.number))) == 3


@pytest.mark.rows
def test_at_once(app: Flask) -> None:
    """Those who ask at the same time get different numbers, and each proposal only one."""
    made = [rows.proposal() for _number in range(6)]
    asked = [one.id for one in made] * 4
    actor_id = made[0].proposed_by_id
    db.session.remove()

    def take(decision_id: str) -> str:
        with app.app_context():
            district = {decision_id: "310110"}
            taken = serials.take(district, DAY, actor_id=actor_id, now=clock.now())
            db.session.commit()
            return str(taken[decision_id].number)

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(take, asked))
    assert len(set(numbers)) == len(set(zip(asked, numbers, strict=True))) == 6
    assert db.session.get_one(CertificateSerial, (2026, "310110")).last == 6


@pytest.mark.rows
def test_used_up(app: Flask) -> None:
    """A serial never wraps round."""
    db.session.add(CertificateSerial(year=2026, district_code="310110", last=99999))
    db.session.commit()
    with pytest.raises(NumberError, match="超出范围"):
        _take(rows.proposal())


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
