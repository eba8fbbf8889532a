"""Adding time: for one, for the room, never taken away; the cached deadline is the sum."""

from __future__ import annotations

from datetime import timedelta

import pytest
from time_machine import Traveller

from app import jobs
from app.exams import rules
from app.extensions import db
from app.models.exams import TimeEntry
from tests.app.exams.hall import GRACE, MINUTES, NOON, Hall, Sat

pytestmark = pytest.mark.rows


def add(hall: Hall, address: str, minutes: object, reason: str = "停电") -> str:
    """Fill in the form in the room and return the page after it."""
    room = hall.browser(hall.invigilator)
    reply = room.send(address, {"minutes": minutes, "reason": reason}, follow_redirects=True)
    return reply.get_data(as_text=True)


def check_cache(hall: Hall, seat: int) -> None:
    attempt = hall.attempt(seat)
    lines = [rules.Line(e.kind, e.seconds) for e in attempt.time_entries]
    assert attempt.deadline_at == rules.deadline(attempt.started_at, lines)


def test_for_one(hall: Hall, sat: Sat) -> None:
    hall.started(2)
    html = add(hall, f"/exams/rooms/attempts/{sat.attempt_id}/time", 5)
    assert "已给 1 人补时" in html
    assert hall.attempt(1).deadline_at == NOON + timedelta(minutes=MINUTES + 5)
    assert hall.attempt(2).deadline_at == NOON + timedelta(minutes=MINUTES)
    entry = hall.attempt(1).time_entries[-1]
    assert (entry.kind, entry.seconds, entry.reason) == ("person", 300, "停电")
    assert entry.by_id == hall.invigilator
    check_cache(hall, 1)
    answer = sat.browser.get(sat.url("state")).get_json()
    assert answer["account"][-1]["why"] == "停电"
    assert answer["deadline"] == int((NOON + timedelta(minutes=MINUTES + 5)).timestamp() * 1000)


def test_for_the_room(hall: Hall, sat: Sat, time: Traveller) -> None:
    hall.started(2)
    time.shift(timedelta(minutes=2))
    for minutes in (5, 7):
        assert "已给 2 人补时" in add(hall, f"/exams/rooms/{hall.sitting_id}/time", minutes)
    for seat in (1, 2):
        assert hall.attempt(seat).deadline_at == NOON + timedelta(minutes=MINUTES + 12)
        check_cache(hall, seat)


def test_a_double_click_adds_once(hall: Hall, sat: Sat, time: Traveller) -> None:
    """The same twice within half a minute is one; later, or with other words, it is meant."""
    for address in (f"rooms/attempts/{sat.attempt_id}", f"rooms/{hall.sitting_id}"):
        assert "已给 1 人补时" in add(hall, f"/exams/{address}/time", 5)
        assert "没有再补一次" in add(hall, f"/exams/{address}/time", 5)
    assert hall.attempt().deadline_at == NOON + timedelta(minutes=MINUTES + 10)
    assert "已给 1 人补时" in add(hall, f"/exams/rooms/{hall.sitting_id}/time", 5, "广播")
    time.shift(timedelta(seconds=31))
    assert "已给 1 人补时" in add(hall, f"/exams/rooms/{hall.sitting_id}/time", 5)
    check_cache(hall, 1)


def test_who_handed_in_gets_none(hall: Hall, sat: Sat) -> None:
    hall.started(2)
    sat.hand_in()
    assert "已给 1 人补时" in add(hall, f"/exams/rooms/{hall.sitting_id}/time", 5)
    assert [e.kind for e in hall.attempt(2).time_entries] == ["base", "room"]
    assert "有考生已经交卷" in add(hall, f"/exams/rooms/attempts/{sat.attempt_id}/time", 5)


@pytest.mark.parametrize("minutes", ["-5", "0", "121", "x", ""])
def test_wrong_lengths(hall: Hall, sat: Sat, minutes: str) -> None:
    html = add(hall, f"/exams/rooms/attempts/{sat.attempt_id}/time", minutes)
    assert "补时请填 1 到 120 分钟" in html or "请填整数" in html
    assert db.session.query(TimeEntry).count() == 1


def test_no_reason(hall: Hall, sat: Sat) -> None:
    html = add(hall, f"/exams/rooms/attempts/{sat.attempt_id}/time", 5, " ")
    assert "请写补时的原因" in html
    assert db.session.query(TimeEntry).count() == 1


def test_nobody_writes(hall: Hall) -> None:
    assert "没有正在作答的考生" in add(hall, f"/exams/rooms/{hall.sitting_id}/time", 5)


def test_the_sweeper_respects_what_was_added(hall: Hall, sat: Sat, time: Traveller) -> None:
    add(hall, f"/exams/rooms/attempts/{sat.attempt_id}/time", 5)
    moment = NOON + timedelta(minutes=MINUTES, seconds=GRACE + 1)
    time.move_to(moment)
    db.session.rollback()
    jobs.do_duties(moment, only="exams.sweep")
    assert hall.attempt().state == "open"
    assert sat.save((1, 1, "o2"))["stored"] == [1]
