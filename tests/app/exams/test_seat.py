"""One seat: its log second by second, a password for the day, making an attempt void."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from time_machine import Traveller

from app import clock
from app.accounts import passwords
from app.exams import attempt_log
from app.extensions import db
from app.models.journal import AuditLine
from app.models.people import Role, RoleGrant, UserSession
from tests.app.exams.hall import MINUTES, NOON, Hall, Sat
from tests.app.exams.test_pause import press

pytestmark = pytest.mark.rows


def seat(hall: Hall) -> str:
    return hall.browser(hall.invigilator).page(f"/exams/rooms/seats/{hall.bookings[0]}")


def test_the_log(hall: Hall, sat: Sat, time: Traveller) -> None:
    time.shift(timedelta(seconds=7))
    sat.save((1, 1, "o2"), (2, 2, "o1"))
    sat.post([], left=[4200])
    time.shift(timedelta(minutes=1))
    press(hall, "pause", seat="1", reason="洗手间")
    time.shift(timedelta(seconds=30))
    press(hall, "resume", seat="1")
    press(hall, "time", seat="1", minutes="5", reason="断网")
    press(hall, "messages", text="请安静")
    time.shift(timedelta(seconds=1))
    sat.hand_in()
    db.session.rollback()
    said = [(line.at - NOON, line.text) for line in attempt_log.lines(hall.booking())]
    assert [(at.seconds, text) for at, text in said] == [
        (0, "开始答题"),
        (0, "时间账 +30:00：规定时间"),
        (7, "离开页面 4.2 秒"),
        (7, "收到 2 次改动，第 1、2 题"),
        (67, "暂停：洗手间"),
        (97, "时间账 +0:30：暂停：洗手间"),
        (97, "时间账 +5:00：断网"),
        (97, "全场留言：请安静"),
        (98, "考生交卷"),
    ]
    html = seat(hall)
    assert "12:01:37" in html
    for group in hall.shown():
        for item in group["items"]:
            assert item["stem"] not in html


def test_the_room_gets_time_and_its_end_moves(hall: Hall, sat: Sat) -> None:
    before = hall.sitting.closes_at
    html = press(hall, "time", minutes="10", reason="停电")
    assert "已给 1 人补时" in html
    assert hall.sitting.closes_at == before + timedelta(minutes=10)
    press(hall, "time", seat="1", minutes="3", reason="停电")
    assert hall.sitting.closes_at == before + timedelta(minutes=10)
    assert hall.attempt().deadline_at == NOON + timedelta(minutes=MINUTES + 13)


def test_a_password_for_the_day(hall: Hall, sat: Sat) -> None:
    room = hall.browser(hall.invigilator)
    address = f"/exams/rooms/seats/{hall.bookings[0]}/password"
    assert "新密码只显示一次" in room.page(address)
    assert "给新密码要写原因" in room.send(address).get_data(as_text=True)
    html = room.send(address, {"reason": "忘记密码"}).get_data(as_text=True)
    once = html.split('spaced">')[1].split("<")[0]
    person = hall.booking().user
    assert passwords.matches(person.password_hash, once)
    assert person.must_change_password
    open_ones = select(UserSession).where(
        UserSession.user_id == person.id, UserSession.revoked_at.is_(None)
    )
    assert db.session.scalars(open_ones).first() is None
    assert sat.save((1, 1, "o2"))["stored"] == [1]  # the attempt rests on its device
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "booking.rescued")).all()
    assert [line.details["reason"] for line in lines] == ["忘记密码"]


def test_no_password_for_staff_or_another_day(hall: Hall, time: Traveller) -> None:
    room = hall.browser(hall.invigilator)
    address = f"/exams/rooms/seats/{hall.bookings[0]}/password"
    db.session.add(
        RoleGrant(
            user_id=hall.candidates[0],
            role=Role.ADMINISTRATOR,
            scope_kind="all",
            scope_id="",
            granted_at=clock.now(),
        )
    )
    db.session.commit()
    assert "只能由管理员给" in room.page(address)
    assert "只能由管理员给" in room.send(address, {"reason": "x"}).get_data(as_text=True)
    time.shift(timedelta(hours=3))
    other = f"/exams/rooms/seats/{hall.bookings[1]}/password"
    assert "才能在考场里给新密码" in room.send(other, {"reason": "x"}).get_data(as_text=True)


def test_making_void(hall: Hall, sat: Sat, time: Traveller) -> None:
    sat.save((1, 1, "o2"))
    room = hall.browser(hall.invigilator)
    address = f"/exams/rooms/attempts/{sat.attempt_id}/void"
    assert "我知道作废不能收回" in room.page(address)
    for fields, sentence in (
        ({"reason": "替考"}, "请先勾选"),
        ({"acknowledged": "yes"}, "作废要写原因"),
        ({"acknowledged": "yes", "reason": "替考"}, "已作废 1 座的答卷"),
        ({"acknowledged": "yes", "reason": "替考"}, "已经作废"),
    ):
        reply = room.send(address, fields, follow_redirects=True)
        assert sentence in reply.get_data(as_text=True)
    assert hall.attempt().state == "void"
    assert sat.save((2, 2, "o1"))["late"] == [2]
    assert "作废：替考" in seat(hall)
    told = sat.browser.page(f"/exams/sit/{sat.booking_id}/receipt")
    assert "这份答卷不评分" in told
    assert "替考" in told
    assert "不同意作废的，请向考务书面提出" in told
    sat.browser.send("/sign-out")
    told = sat.browser.page(f"/exams/sit/{sat.booking_id}/receipt")
    assert "登录后可以看到" in told
    assert "替考" not in told
    assert "已作废" in room.page(f"/exams/rooms/{hall.sitting_id}")


def test_making_void_asks_for_the_password(hall: Hall, sat: Sat, time: Traveller) -> None:
    room = hall.browser(hall.invigilator)
    time.shift(timedelta(hours=1))
    address = f"/exams/rooms/attempts/{sat.attempt_id}/void"
    assert "/confirm-password" in room.get(address).location
    time.shift(timedelta(hours=1))
    answer = room.send(address, {"acknowledged": "yes", "reason": "替考"})
    assert answer.status_code == 403
    assert hall.attempt().state != "void"
