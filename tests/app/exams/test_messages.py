"""Messages of the room on the candidates' pages, and the sign of life that pages leave."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from time_machine import Traveller

from app.extensions import db
from app.models.exams import DeviceEpoch
from app.models.room import RoomMessage
from tests.app.exams.hall import NOON, Hall, Sat
from tests.app.exams.test_pause import press
from tests.queries import counted

pytestmark = pytest.mark.rows


def texts(sat: Sat) -> list[str]:
    return [m["text"] for m in sat.browser.get(sat.url("state")).get_json()["messages"]]


def test_it_works(hall: Hall, sat: Sat, time: Traveller) -> None:
    other = hall.started(2)
    assert "留言已发给全场" in press(hall, "messages", text="还有  30 分钟。")
    time.shift(timedelta(seconds=5))
    html = press(hall, "messages", seat=1, text="请坐到 5 座")
    assert "留言已发给 1 人" in html
    assert texts(sat) == ["还有 30 分钟。", "请坐到 5 座"]
    assert texts(other) == ["还有 30 分钟。"]
    assert [m["text"] for m in other.data()["messages"]] == ["还有 30 分钟。"]
    room = hall.browser(hall.invigilator).page(f"/exams/rooms/{hall.sitting_id}")
    assert "还有 30 分钟。" in room


def test_refused(hall: Hall, sat: Sat) -> None:
    assert "留言要写" in press(hall, "messages", text=" ")
    assert "留言要写" in press(hall, "messages", text="字" * 301)
    assert "没有选中" in press(hall, "messages", seat=99, text="喂")
    press(hall, "messages", text="安静")
    assert "没有再发一次" in press(hall, "messages", text="安静")
    assert db.session.query(RoomMessage).count() == 1


def test_a_sign_of_life_once_a_minute(hall: Hall, sat: Sat, time: Traveller) -> None:
    def seen() -> object:
        db.session.rollback()
        return db.session.scalars(select(DeviceEpoch.seen_at)).one()

    assert seen() is None
    sat.browser.get(sat.url("state"))
    assert seen() == NOON
    time.shift(timedelta(seconds=59))
    db.session.rollback()
    with counted() as idle:
        sat.browser.get(sat.url("state"))
    assert not any(s.upper().startswith("UPDATE") for s in idle)
    assert seen() == NOON
    time.shift(timedelta(seconds=1))
    db.session.rollback()
    with counted() as due:
        sat.browser.get(sat.url("state"))
    assert [s[:6].upper() for s in due] == ["UPDATE"]  # one statement, whether it is due or not
    assert len(idle) == 1
    assert seen() == NOON + timedelta(seconds=60)
