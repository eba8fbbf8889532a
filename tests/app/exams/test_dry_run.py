"""The dry run: done by phone with an answer, of practice questions only, recorded with who and when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.exams import dry_run
from app.extensions import db
from app.models.bank import QuestionEntry
from app.models.exams import Booking, Sitting
from app.models.journal import AuditLine
from app.models.people import Role
from tests import factories
from tests.app.exams import hall as halls
from tests.app.exams.checked import exam, red_of
from tests.app.exams.hall import Hall

pytestmark = pytest.mark.rows
PHONE = "Mozilla/5.0 (Linux; Android 13; V2171A) AppleWebKit/537.36 Mobile MicroMessenger/8.0"


@pytest.fixture
def practice(hall: Hall) -> Hall:
    """The hall with a few practice questions beside the live ones."""
    for entry in db.session.scalars(select(QuestionEntry)).all()[:6]:
        entry.pool, entry.changed_at = "practice", clock.now() + timedelta(seconds=1)
    db.session.commit()
    return hall


def rehearse(hall: Hall, *, answer: bool = True, agent: str = PHONE) -> str:
    """Walk through a dry run as an invigilator does; return what the last page says."""
    browser = hall.browser(hall.invigilator)
    page = f"/exams/sittings/{hall.sitting_id}/dry-run"
    assert "用这部手机试机" in browser.page(page)
    booking_id = browser.send(page).location.rsplit("/", 1)[-1]
    assert halls.start(browser, booking_id, "").status_code == 303
    attempt = db.session.get_one(Booking, booking_id).attempt
    assert attempt is not None
    sat = halls.Sat(hall, browser, booking_id, attempt.id)
    item = sat.data()["groups"][0]["items"][0]
    if answer:
        value = item["options"][0]["id"]
        value = [value] if item["kind"] == "multiple_choice" else value
        assert sat.save((1, 1, value))["stored"] == [1]
    sat.hand_in()
    address = f"/exams/dry-runs/{booking_id}"
    return browser.get(address, headers={"User-Agent": agent}).get_data(as_text=True)


def test_a_dry_run_is_recorded_with_who_and_when(practice: Hall) -> None:
    assert "dry_run" in red_of(practice)
    assert "试机记下来了" in rehearse(practice)
    assert practice.sitting.dry_run_at == clock.now()
    assert practice.sitting.dry_run_by_id == practice.invigilator
    assert "dry_run" not in red_of(practice)
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "sitting.dry_run")).one()
    assert line.details["answers"] == 1


def test_without_an_answer_it_does_not_count(practice: Hall) -> None:
    assert "没有收到答案" in rehearse(practice, answer=False)
    assert practice.sitting.dry_run_at is None


def test_it_has_to_be_a_phone(practice: Hall) -> None:
    assert "不是用手机做的" in rehearse(practice, agent="Mozilla/5.0 (X11; Linux x86_64)")
    assert practice.sitting.dry_run_at is None


def test_its_questions_are_practice_only(practice: Hall) -> None:
    rehearse(practice)
    sitting = db.session.scalars(select(Sitting).where(Sitting.mock)).one()
    assert sitting.rehearses_id == practice.sitting_id
    found = dry_run.samples(practice.sitting, clock.now())
    codes = {one.facts.id for one in found}
    pools = db.session.scalars(select(QuestionEntry.pool).where(QuestionEntry.code.in_(codes)))
    assert set(pools) == {"practice"}


def test_nothing_to_show(hall: Hall) -> None:
    browser = hall.browser(hall.invigilator)
    page = f"/exams/sittings/{hall.sitting_id}/dry-run"
    html = browser.send(page, follow_redirects=True).get_data(as_text=True)
    assert "练习题库里还没有能用的题" in html


def test_who_may(practice: Hall, app: Flask) -> None:
    address = f"/exams/sittings/{practice.sitting_id}"
    for role in (Role.TRAINEE, Role.INVIGILATOR, Role.CERTIFIER):
        browser = practice.browser(factories.user(role).id)
        browser.page(f"{address}/dry-run", 404)
        browser.page(f"{address}/preflight", 403)
        browser.page(f"/exams/{exam().id}/preflight", 403)
    practice.browser(practice.manager).page(f"{address}/dry-run")
