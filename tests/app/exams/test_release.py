"""Releasing results: by a named person without ties, once, and nothing is seen before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from time_machine import Traveller

from app import clock, jobs
from app.extensions import db
from app.models.exams import Result
from app.models.journal import AuditLine, Job, OutboxMessage
from app.models.people import Role, User
from tests import factories
from tests.app.exams.hall import NOON, Browser, Hall, Sat, right_value
from tests.app.training import rows

pytestmark = pytest.mark.rows


@pytest.fixture
def marked(hall: Hall, sat: Sat, time: Traveller) -> Sat:
    """Both handed in and marked: seat 1 has everything right."""
    sat.save(*[(s.number, s.number, right_value(s)) for s in hall.slots()])
    hall.started(2).hand_in()
    sat.hand_in()
    time.move_to(NOON + timedelta(minutes=10))
    jobs.do_duties(clock.now(), only="exams.mark")
    db.session.rollback()
    return sat


def release(hall: Hall, browser: Browser | None = None) -> str:
    """Press the button and return the page after it."""
    browser = browser or hall.browser(hall.certifier)
    reply = browser.send(f"/exams/results/{hall.sitting_id}/release", follow_redirects=True)
    return reply.get_data(as_text=True)


def released() -> int:
    db.session.rollback()
    held = select(func.count()).select_from(Result).where(Result.released_at.is_not(None))
    return db.session.scalar(held) or 0


def test_it_works(hall: Hall, marked: Sat) -> None:
    browser = hall.browser(hall.certifier)
    assert "等待公布" in browser.page("/exams/results")
    html = browser.page(f"/exams/results/{hall.sitting_id}")
    assert "19.5 / 19.5" in html
    assert "公布 2 人的成绩" in html
    assert "已公布 2 人的成绩" in release(hall, browser)
    assert released() == 2
    row = db.session.scalars(select(Result)).first()
    assert row is not None
    assert row.released_by_id == hall.certifier
    told = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "exam.result"))
    messages = told.all()
    assert {m.user_id for m in messages} == set(hall.candidates)
    assert all("19" not in m.text for m in messages), "a message names no mark"
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "sitting.released")).one()
    assert line.details["results"] == 2
    html = marked.browser.page(f"/exams/sit/{marked.booking_id}/result")
    assert "19.5 / 19.5" in html
    assert "合格" in html
    assert "看成绩" in marked.browser.page("/exams/mine")


def test_nothing_is_seen_before(hall: Hall, marked: Sat) -> None:
    booking = marked.booking_id
    assert marked.browser.get(f"/exams/sit/{booking}/result").status_code == 404
    for act in (f"/exams/sit/{booking}/receipt", f"/exams/sit/{booking}/handed-in", "/exams/mine"):
        html = marked.browser.page(act)
        assert "19.5" not in html
        assert "合格" not in html.replace("看看", "")
    state = marked.browser.get(marked.url("state")).get_json()
    told = {"now", "deadline", "grace", "paused", "state", "live", "epoch", "account", "messages"}
    assert set(state) == told


def test_not_while_somebody_writes(hall: Hall, sat: Sat) -> None:
    hall.started(2).hand_in()
    db.session.rollback()
    jobs.do_duties(clock.now(), only="exams.mark")
    assert "还有 1 份试卷没有交或没有评完" in release(hall)
    assert released() == 0


def test_not_while_somebody_can_still_start(hall: Hall, sat: Sat, time: Traveller) -> None:
    sat.hand_in()
    db.session.rollback()
    jobs.do_duties(clock.now(), only="exams.mark")
    assert "还有 1 人可以进场" in release(hall)
    time.move_to(NOON + timedelta(minutes=20, seconds=1))
    assert "已公布 1 人的成绩" in release(hall)


def test_not_before_it_is_marked(hall: Hall, sat: Sat) -> None:
    sat.hand_in()
    hall.started(2).hand_in()
    assert "还有 2 份试卷没有交或没有评完" in release(hall)


def test_twice(hall: Hall, marked: Sat) -> None:
    release(hall)
    assert "没有等待公布的成绩" in release(hall)
    told = select(func.count()).select_from(OutboxMessage)
    assert db.session.scalar(told.where(OutboxMessage.kind == "exam.result")) == 2


def test_not_by_a_teacher_of_a_candidate(hall: Hall, marked: Sat) -> None:
    found = rows.training_class()
    rows.enrol(found, db.session.get_one(User, hall.candidates[1]))
    rows.teach(found, db.session.get_one(User, hall.certifier))
    html = release(hall)
    assert found.title in html
    assert released() == 0


def test_not_by_the_rooms_invigilator(hall: Hall, marked: Sat) -> None:
    both = db.session.get_one(User, hall.invigilator)
    factories.grant(both, Role.CERTIFIER)
    html = release(hall, hall.browser(hall.invigilator))
    assert "302 考场" in html
    assert released() == 0


def test_the_password_is_asked_again(hall: Hall, marked: Sat, time: Traveller) -> None:
    browser = hall.browser(hall.certifier)
    time.shift(timedelta(minutes=11))
    reply = browser.get(f"/exams/results/{hall.sitting_id}")
    assert reply.status_code == 302
    assert "confirm" in reply.location
    time.shift(timedelta(minutes=60))
    assert browser.send(f"/exams/results/{hall.sitting_id}/release").status_code == 403
    assert released() == 0


def test_opening_held_results_is_on_record(hall: Hall, marked: Sat) -> None:
    hall.browser(hall.certifier).page(f"/exams/results/{hall.sitting_id}")
    db.session.rollback()
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "results.opened")).one()
    assert line.actor_id == hall.certifier
    assert line.object_id == hall.sitting_id


def test_a_release_asks_for_a_signed_head(hall: Hall, marked: Sat) -> None:
    """The head that leaves the database covers the release's own lines."""
    release(hall)
    db.session.rollback()
    job = db.session.scalars(select(Job).where(Job.kind == "audit.sign_head")).one()
    assert job.payload == {"reason": "release"}
