"""Retake rules: from when, how often; and where they are asked."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app import clock, rulebook
from app.exams.retakes import RetakeRules, Tries, allowed_from
from app.extensions import db
from app.models.exams import Attempt, Result
from tests.app.eligibility import evidence
from tests.app.exams import bookable
from tests.app.exams.hall import Hall
from tests.app.training import rows

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(
    days=st.lists(DAYS, max_size=6).map(sorted),
    on=DAYS,
    wait=st.integers(0, 400),
    most=st.integers(0, 4),
)
def test_the_first_day_keeps_both_rules(days: list[date], on: date, wait: int, most: int) -> None:
    tries, rules = Tries(tuple(days)), RetakeRules(wait, most)
    first = allowed_from(tries, on, rules)
    assert first >= on
    if days and wait:
        assert (first - days[-1]).days >= wait
    if most:
        assert sum(day.year == first.year for day in days) < most or first.year > days[-1].year
    # Asked again for that day, nothing is in the way any more: the date said can be relied on.
    assert allowed_from(tries, first, rules) == first


@pytest.mark.parametrize(
    ("days", "wait", "most", "wanted"),
    [
        ([], 30, 3, date(2026, 11, 27)),
        ([date(2026, 10, 28)], 30, 3, date(2026, 11, 27)),
        ([date(2026, 10, 29)], 30, 3, date(2026, 11, 28)),
        ([date(2026, 10, 29)], 0, 0, date(2026, 11, 27)),
        ([date(2026, 1, 5), date(2026, 4, 5)], 30, 2, date(2027, 1, 1)),
        # The wait ends in the next year, in which nothing was sat yet.
        ([date(2026, 4, 5), date(2026, 12, 20)], 30, 2, date(2027, 1, 19)),
    ],
)
def test_from_when(days: list[date], wait: int, most: int, wanted: date) -> None:
    rules = RetakeRules(wait, most)
    assert allowed_from(Tries(tuple(days)), date(2026, 11, 27), rules) == wanted


def sat(hall: Hall, *, passed: bool, released: bool) -> tuple[str, str]:
    """Let the candidate of seat 1 hand in today; returns person and class by id."""
    enrolment = rows.enrol(rows.training_class(), hall.booking().user)
    class_id = enrolment.class_id
    evidence.make_ready(enrolment)
    hall.started().hand_in()
    attempt = hall.attempt()
    result = db.session.scalar(select(Result).where(Result.attempt_id == attempt.id))
    if result is None:
        result = Result(
            attempt_id=attempt.id,
            mark="1",
            maximum="20",
            pass_percent=60,
            passed=passed,
            domains={},
            computed_at=clock.now(),
        )
        db.session.add(result)
    result.passed = passed
    result.released_at = clock.now() if released else None
    db.session.commit()
    return hall.candidates[0], class_id


@pytest.mark.rows
@pytest.mark.parametrize(
    ("passed", "released", "days", "sentence"),
    [
        (False, True, 10, "2026年12月27日起的场次可以约"),
        (False, True, 30, ""),
        (False, False, 40, "成绩还没有公布"),
        (True, True, 40, "已经合格"),
    ],
)
def test_asked_when_booking_and_on_the_roster(
    hall: Hall, passed: bool, released: bool, days: int, sentence: str
) -> None:
    user_id, class_id = sat(hall, passed=passed, released=released)
    sitting_id = bookable.sitting(hall, days=days).id
    manager = hall.browser(hall.manager)
    if sentence:
        reply = hall.browser(user_id).send(f"/exams/book/{sitting_id}")
        assert reply.status_code == 409
        assert sentence in reply.get_data(as_text=True)
    address, data = f"/exams/sittings/{sitting_id}/roster", {"training_class": class_id}
    html = manager.send(address, data).get_data(as_text=True)
    assert ("加进名单 1 人" in html) == (not sentence)
    assert sentence in html


@pytest.mark.rows
def test_a_yearly_maximum(hall: Hall) -> None:
    user_id, _class_id = sat(hall, passed=False, released=True)
    for name, value in (("exam.retake_wait_days", 0), ("exam.retake_yearly_maximum", 1)):
        rulebook.set_value(
            name,
            value,
            from_date=date(2026, 1, 1),
            source="测试",
            official=False,
            actor=None,
            now=clock.now(),
        )
    db.session.commit()
    this_year, next_year = (
        bookable.sitting(hall, days=days, place=f"第 {days} 天").id for days in (20, 36)
    )
    browser = hall.browser(user_id)
    said = browser.send(f"/exams/book/{this_year}").get_data(as_text=True)
    assert "一年最多考 1 次" in said
    assert "2027年1月1日起" in said
    assert browser.send(f"/exams/book/{next_year}").status_code == 302


@pytest.mark.rows
def test_a_void_attempt_is_no_try(hall: Hall) -> None:
    user_id, _class_id = sat(hall, passed=False, released=True)
    attempt = db.session.scalars(select(Attempt).where(Attempt.user_id == user_id)).one()
    attempt.state = "void"
    db.session.commit()
    sitting_id = bookable.sitting(hall, days=3).id
    assert hall.browser(user_id).send(f"/exams/book/{sitting_id}").status_code == 302


@pytest.mark.rows
def test_an_old_pass_no_longer_counts(hall: Hall) -> None:
    """A passed part is kept twelve months: for a sitting after that one books again."""
    user_id, _class_id = sat(hall, passed=True, released=True)
    sitting_id = bookable.sitting(hall, days=400).id
    assert hall.browser(user_id).send(f"/exams/book/{sitting_id}").status_code == 302
