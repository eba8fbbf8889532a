"""Late answers are kept and do not count, until a named person admits them with a reason."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select, update
from time_machine import Traveller

from app import clock, jobs
from app.exams import answers
from app.extensions import db
from app.models.exams import AttemptEvent, MarkEntry, Result
from app.models.journal import AuditLine
from app.models.people import Role
from tests import factories
from tests.app.exams.hall import GRACE, MINUTES, Hall, Sat, right_value
from tests.queries import counted

pytestmark = pytest.mark.rows


@pytest.fixture
def overdue(hall: Hall, sat: Sat, time: Traveller) -> Sat:
    """One right answer in time, the next one a second too late; handed in and marked."""
    first, second = hall.slots()[:2]
    sat.save((1, first.number, right_value(first)))
    time.shift(timedelta(minutes=MINUTES, seconds=GRACE + 1))
    assert sat.save((2, second.number, right_value(second)))["late"] == [2]
    jobs.do_duties(clock.now(), only="exams.mark")
    return sat


def admit(hall: Hall, sat: Sat, **fields: str) -> str:
    """Send the form and return the page after it."""
    sent = {"reason": "楼道断网，监考员有记录", "acknowledged": "yes", **fields}
    answer = hall.browser(hall.certifier).send(
        f"/exams/results/late/{sat.attempt_id}", sent, follow_redirects=True
    )
    return answer.get_data(as_text=True)


def result() -> Result:
    db.session.rollback()
    return db.session.scalars(select(Result)).one()


def test_it_works(hall: Hall, overdue: Sat) -> None:
    browser = hall.browser(hall.certifier)
    first, second = hall.slots()[:2]
    assert Fraction(result().mark) == Fraction(first.maximum)
    html = browser.page(f"/exams/results/{hall.sitting_id}")
    assert "1 份答卷有迟到的答案" in html
    page = browser.page(f"/exams/results/late/{overdue.attempt_id}")
    assert "1 次，涉及 1 题" in page
    assert "12:30:11" in page
    html = admit(hall, overdue)
    assert "已补认 1 次迟到的改动" in html
    assert "迟到的答案</b>" not in html
    assert Fraction(result().mark) == Fraction(first.maximum) + Fraction(second.maximum)
    assert set(answers.standing(hall.attempt())) == {first.number, second.number}
    again = db.session.scalars(select(MarkEntry).where(MarkEntry.number == 2)).one()
    assert (again.slot, again.previous_mark, again.by_id) == (second.number, "0", hall.certifier)
    assert "楼道断网" in again.reason
    line = db.session.scalars(
        select(AuditLine).where(AuditLine.action == "attempt.late_admitted")
    ).one()
    assert line.actor_id == hall.certifier
    assert line.details["reason"] == "楼道断网，监考员有记录"
    event = db.session.scalars(
        select(AttemptEvent).where(AttemptEvent.kind == "late_admitted")
    ).one()
    assert event.details["changes"] == 1
    log = hall.browser(hall.invigilator).page(f"/exams/rooms/seats/{overdue.booking_id}")
    assert "补认 1 次迟到的改动，计分：楼道断网" in log


def test_the_candidate_is_told(hall: Hall, overdue: Sat) -> None:
    browser, address = overdue.browser, f"/exams/sit/{overdue.booking_id}"
    assert "另有 1 题的答案迟到" in browser.page(f"{address}/receipt")
    assert browser.page(f"{address}/handed-in").count("时间到以后送到的答案已保留") == 1
    admit(hall, overdue)
    assert "的答案迟到" not in browser.page(f"{address}/receipt")


def test_what_was_sealed_stays(hall: Hall, overdue: Sat) -> None:
    attempt = hall.attempt()
    before = (attempt.journal_hash, attempt.receipt_code)
    admit(hall, overdue)
    db.session.rollback()
    attempt = hall.attempt()
    assert (attempt.journal_hash, attempt.receipt_code) == before


def test_what_comes_after_the_admission_does_not_count(
    hall: Hall, overdue: Sat, time: Traveller
) -> None:
    admit(hall, overdue)
    marked = result().mark
    time.shift(timedelta(minutes=1))
    third = hall.slots()[2]
    assert overdue.save((3, third.number, right_value(third)))["late"] == [3]
    assert third.number not in answers.standing(hall.attempt())
    assert result().mark == marked
    assert "已补认 1 次" in admit(hall, overdue)
    assert third.number in answers.standing(hall.attempt())


def test_before_the_marking(hall: Hall, sat: Sat, time: Traveller) -> None:
    first = hall.slots()[0]
    time.shift(timedelta(minutes=MINUTES, seconds=GRACE + 1))
    sat.save((1, first.number, right_value(first)))
    maximum = Fraction(first.maximum)
    admit(hall, sat)
    jobs.do_duties(clock.now(), only="exams.mark")
    assert Fraction(result().mark) == maximum
    assert db.session.scalar(select(MarkEntry.id).where(MarkEntry.number > 1)) is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"reason": " "}, "请写为什么"), ({"acknowledged": ""}, "请先勾选")],
)
def test_what_is_asked_for(hall: Hall, overdue: Sat, fields: dict[str, str], said: str) -> None:
    assert said in admit(hall, overdue, **fields)
    assert hall.attempt().late_admitted_until is None


def test_twice(hall: Hall, overdue: Sat) -> None:
    admit(hall, overdue)
    assert "没有等着补认的迟到答案" in admit(hall, overdue)
    assert len(db.session.scalars(select(MarkEntry).where(MarkEntry.number > 1)).all()) == 1


def test_not_once_released(hall: Hall, overdue: Sat) -> None:
    db.session.execute(update(Result).values(released_at=clock.now()))
    db.session.commit()
    assert "成绩已经公布" in admit(hall, overdue)


def test_not_of_a_void_attempt(hall: Hall, overdue: Sat) -> None:
    hall.attempt().state = "void"
    db.session.commit()
    assert "作废的答卷不能补认" in admit(hall, overdue)


def test_not_by_the_rooms_invigilator(hall: Hall, overdue: Sat) -> None:
    hall.sitting.staff[0].user_id = hall.certifier
    db.session.commit()
    assert "监考" in admit(hall, overdue)
    assert hall.attempt().late_admitted_until is None


def test_who_may(hall: Hall, overdue: Sat) -> None:
    address = f"/exams/results/late/{overdue.attempt_id}"
    for role in Role:
        status = 200 if role is Role.CERTIFIER else 403
        hall.browser(factories.user(role).id).page(address, status)


def test_the_results_page_costs_one_query_more_for_any_number(hall: Hall, overdue: Sat) -> None:
    browser = hall.browser(hall.certifier)
    with counted() as before:
        browser.page(f"/exams/results/{hall.sitting_id}")
    admit(hall, overdue)
    with counted() as after:
        browser.page(f"/exams/results/{hall.sitting_id}")
    assert len(before) == len(after)
