"""The start gate: when it opens, for whom, and that it opens once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from time_machine import Traveller

from app import clock
from app.exams import accommodations, papers, rostering
from app.exams.starting import MOST_CODE_TRIES
from app.extensions import db
from app.models.exams import Attempt, DeviceEpoch, TimeEntry
from app.models.journal import AuditLine
from app.models.people import User
from tests.app.exams import hall as halls
from tests.app.exams.hall import GRACE, MINUTES, NOON, Hall, start

pytestmark = pytest.mark.rows


def attempts() -> int:
    return db.session.scalar(select(func.count()).select_from(Attempt)) or 0


def test_it_works(hall: Hall) -> None:
    sat = hall.started()
    attempt = hall.attempt()
    assert attempt.state == "open"
    assert attempt.started_at == NOON
    assert attempt.deadline_at == NOON + timedelta(minutes=MINUTES)
    assert attempt.grace_seconds == GRACE
    assert attempt.rules_version == "1"
    assert [e.kind for e in attempt.time_entries] == ["base"]
    assert db.session.scalar(select(AuditLine).where(AuditLine.action == "attempt.started"))
    assert "第 1 题" in sat.page()


def test_the_waiting_room_says_what_counts(hall: Hall, time: Traveller) -> None:
    time.move_to(NOON - timedelta(minutes=3))
    html = hall.candidate().page(f"/exams/sit/{hall.bookings[0]}")
    assert "还没到开考时间" in html
    assert "30:00" in html
    assert f"时间到后 {GRACE} 秒内送到的答案算数" in html
    assert hall.sitting.room_code not in html


def test_too_early(hall: Hall, time: Traveller) -> None:
    time.move_to(NOON - timedelta(seconds=1))
    answer = start(hall.candidate(), hall.bookings[0], hall.sitting.room_code)
    assert answer.status_code == 409
    assert "还没到开考时间" in answer.get_data(as_text=True)
    assert attempts() == 0


def test_too_late(hall: Hall, time: Traveller) -> None:
    time.move_to(NOON + timedelta(minutes=20, seconds=1))
    answer = start(hall.candidate(), hall.bookings[0], hall.sitting.room_code)
    assert "已过最晚进场时间" in answer.get_data(as_text=True)
    assert attempts() == 0


def test_last_moment(hall: Hall, time: Traveller) -> None:
    time.move_to(NOON + timedelta(minutes=20))
    assert start(hall.candidate(), hall.bookings[0], hall.sitting.room_code).status_code == 303


def test_wrong_code(hall: Hall) -> None:
    answer = start(hall.candidate(), hall.bookings[0], "0000")
    assert "考场口令不对" in answer.get_data(as_text=True)
    assert attempts() == 0


def test_code_in_small_letters(hall: Hall) -> None:
    code = f" {hall.sitting.room_code.lower()} "
    assert start(hall.candidate(), hall.bookings[0], code).status_code == 303


def test_unlocked_needs_no_code(hall: Hall) -> None:
    invigilator = db.session.get_one(User, hall.invigilator)
    rostering.unlock(hall.sitting, actor=invigilator, now=clock.now())
    db.session.commit()
    assert "考场口令" not in hall.candidate().page(f"/exams/sit/{hall.bookings[0]}")
    assert start(hall.candidate(), hall.bookings[0], "").status_code == 303


def test_guessing_the_code_is_throttled(hall: Hall, time: Traveller) -> None:
    browser, code = hall.candidate(), hall.sitting.room_code
    for _n in range(MOST_CODE_TRIES):
        start(browser, hall.bookings[0], "0000")
    answer = start(browser, hall.bookings[0], code)
    assert "口令试错太多次" in answer.get_data(as_text=True)
    assert attempts() == 0
    other = start(hall.candidate(2), hall.bookings[1], code)
    assert other.status_code == 303, "somebody else is not held up"
    time.shift(timedelta(minutes=5))
    assert start(browser, hall.bookings[0], code).status_code == 303


def test_rules_not_accepted(hall: Hall) -> None:
    for rules in ("", "0"):
        answer = start(hall.candidate(), hall.bookings[0], hall.sitting.room_code, rules)
        assert "请先看过并确认考试规则" in answer.get_data(as_text=True)
    assert attempts() == 0


def test_paper_not_drawn(hall: Hall) -> None:
    halls.build_late(hall)
    booking = hall.bookings[-1]
    answer = start(hall.browser(hall.candidates[-1]), booking, hall.sitting.room_code)
    assert "试卷还在准备" in answer.get_data(as_text=True)
    papers.draw_missing(hall.sitting, actor=None, now=clock.now())
    db.session.commit()
    answer = start(hall.browser(hall.candidates[-1]), booking, hall.sitting.room_code)
    assert answer.status_code == 303


def test_double_click_is_one_attempt(hall: Hall) -> None:
    browser, code = hall.candidate(), hall.sitting.room_code
    first = start(browser, hall.bookings[0], code)
    cookies = first.headers.getlist("Set-Cookie")
    second = start(browser, hall.bookings[0], code)
    assert second.status_code == 303
    assert attempts() == 1
    assert db.session.scalar(select(func.count()).select_from(TimeEntry)) == 1
    assert db.session.scalar(select(func.count()).select_from(DeviceEpoch)) == 1
    again = second.headers.getlist("Set-Cookie")
    token = [c.split(";")[0] for c in cookies if c.startswith("device_")]
    assert token == [c.split(";")[0] for c in again if c.startswith("device_")]


def test_the_second_click_alone_is_enough(hall: Hall) -> None:
    """The browser drops the reply to the first click; its cookie may be lost with it."""
    browser = hall.candidate()
    start(browser, hall.bookings[0], hall.sitting.room_code)
    browser.delete_cookie(f"device_{hall.attempt().id}", path="/exams/")
    start(browser, hall.bookings[0], hall.sitting.room_code)
    assert "第 1 题" in browser.page(f"/exams/sit/{hall.bookings[0]}/paper")


def test_starting_again_elsewhere_gives_no_token(hall: Hall) -> None:
    hall.started()
    other = hall.candidate()
    answer = start(other, hall.bookings[0], hall.sitting.room_code)
    assert not [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("device_")]
    assert other.get(f"/exams/sit/{hall.bookings[0]}/paper").location.endswith("/other-device")


def test_the_device_cookie(hall: Hall) -> None:
    answer = start(hall.candidate(), hall.bookings[0], hall.sitting.room_code)
    (cookie,) = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("device_")]
    assert "HttpOnly" in cookie
    assert "Path=/exams/" in cookie
    assert "SameSite=Lax" in cookie
    assert hall.attempt().device_hash not in cookie


def test_late_start_loses_what_lies_after_the_window(hall: Hall, time: Traveller) -> None:
    sitting = hall.sitting
    sitting.closes_at = NOON + timedelta(minutes=35)
    db.session.commit()
    time.move_to(NOON + timedelta(minutes=15))
    hall.started()
    attempt = hall.attempt()
    assert attempt.deadline_at == NOON + timedelta(minutes=35)
    assert [(e.kind, e.seconds) for e in attempt.time_entries] == [("base", 1800), ("window", -600)]


def test_accommodation(hall: Hall) -> None:
    manager = db.session.get_one(User, hall.manager)
    grant = accommodations.Grant(percent=150, reason="视力", evidence="证明已核对")
    accommodations.grant_to(hall.booking().user, grant, actor=manager, now=clock.now())
    db.session.commit()
    sat = hall.started()
    assert hall.attempt().deadline_at == NOON + timedelta(minutes=45)
    assert "视力" in sat.page()


def test_who_may(hall: Hall) -> None:
    booking, code = hall.bookings[0], hall.sitting.room_code
    other = hall.candidate(2)
    for act in ("", "/result", "/handed-in"):
        assert other.get(f"/exams/sit/{booking}{act}").status_code == 404
    assert start(other, booking, code).status_code == 404
    assert other.send(f"/exams/sit/{booking}/take-over").status_code == 404
    stranger = hall.browser()
    assert "/sign-in" in stranger.get(f"/exams/sit/{booking}").location
    assert attempts() == 0
