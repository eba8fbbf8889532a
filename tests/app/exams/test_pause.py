"""Pause and resume: the clock stands, nothing is over, the account gets the seconds stood."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import Traveller

from app import clock, clock_alarms, jobs
from app.extensions import db
from app.models.exams import AttemptEvent, TimeEntry
from app.models.journal import AuditLine
from tests.app.exams.hall import GRACE, MINUTES, NOON, Hall, Sat

pytestmark = pytest.mark.rows


def press(hall: Hall, act: str, **fields: object) -> str:
    """Fill in a form of the room and return the page after it."""
    room = hall.browser(hall.invigilator)
    address = f"/exams/rooms/{hall.sitting_id}/{act}"
    return room.send(address, fields, follow_redirects=True).get_data(as_text=True)


def millis(minutes: float) -> int:
    return int((NOON + timedelta(minutes=minutes)).timestamp() * 1000)


def test_it_works(hall: Hall, sat: Sat, time: Traveller) -> None:
    time.shift(timedelta(minutes=2))
    assert "已暂停 1 人" in press(hall, "pause", seat=1, reason="洗手间")
    said = sat.browser.get(sat.url("state")).get_json()
    assert said["paused"] == millis(2)
    time.shift(timedelta(minutes=3, seconds=20))
    assert sat.save((1, 1, "o2"))["paused"] == millis(2)
    assert "已恢复 1 人" in press(hall, "resume", seat=1)
    entry = hall.attempt().time_entries[-1]
    assert (entry.kind, entry.seconds, entry.reason) == ("pause", 200, "暂停：洗手间")
    assert entry.by_id == hall.invigilator
    said = sat.browser.get(sat.url("state")).get_json()
    assert said["paused"] is None
    assert said["deadline"] == millis(MINUTES) + 200_000
    kinds = db.session.scalars(select(AttemptEvent.kind).order_by(AttemptEvent.at)).all()
    assert kinds == ["paused", "resumed"]
    acts = db.session.scalars(select(AuditLine.action)).all()
    assert {"attempt.paused", "attempt.resumed"} <= set(acts)


def test_nothing_is_over_while_the_clock_stands(hall: Hall, sat: Sat, time: Traveller) -> None:
    press(hall, "pause", reason="疏散")
    moment = NOON + timedelta(hours=3)
    time.move_to(moment)
    db.session.rollback()
    jobs.do_duties(moment, only="exams.sweep")
    assert hall.attempt().state == "open"
    assert sat.save((1, 1, "o2"))["stored"] == [1]
    press(hall, "resume")
    assert hall.attempt().deadline_at == moment + timedelta(minutes=MINUTES)


def test_the_room(hall: Hall, sat: Sat, time: Traveller) -> None:
    hall.started(2)
    press(hall, "pause", seat=1, reason="洗手间")
    time.shift(timedelta(minutes=1))
    assert "已暂停 1 人" in press(hall, "pause", reason="消防演习")
    assert hall.attempt(1).pause_reason == "洗手间"
    assert "没有可以暂停的考生" in press(hall, "pause", reason="消防演习")
    time.shift(timedelta(minutes=1))
    assert "已恢复 2 人" in press(hall, "resume")
    assert [e.seconds for e in hall.attempt(1).time_entries] == [MINUTES * 60, 120]
    assert [e.seconds for e in hall.attempt(2).time_entries] == [MINUTES * 60, 60]
    assert "没有正在暂停的考生" in press(hall, "resume")


def test_no_reason(hall: Hall, sat: Sat) -> None:
    assert "请写暂停的原因" in press(hall, "pause", reason=" ")
    assert hall.attempt().paused_at is None


def test_who_is_over_is_not_paused(hall: Hall, sat: Sat, time: Traveller) -> None:
    time.move_to(NOON + timedelta(minutes=MINUTES, seconds=GRACE + 1))
    assert "没有可以暂停的考生" in press(hall, "pause", reason="停电")


def test_handing_in_ends_the_pause(hall: Hall, sat: Sat, time: Traveller) -> None:
    press(hall, "pause", reason="身体不适")
    time.shift(timedelta(minutes=4))
    sat.hand_in()
    attempt = hall.attempt()
    assert (attempt.state, attempt.paused_at) == ("handed_in", None)
    assert attempt.time_entries[-1].seconds == 240


def test_another_sittings_attempts_are_not_touched(hall: Hall, sat: Sat) -> None:
    assert "没有选中" in press(hall, "pause", seat=99, reason="停电")
    assert hall.attempt().paused_at is None


def test_a_step_of_the_clock_pauses_and_keeps_the_time(
    app: Flask, hall: Hall, sat: Sat, time: Traveller
) -> None:
    time.shift(timedelta(minutes=1))
    clock_alarms.note_step(timedelta(minutes=40), clock.now())
    db.session.commit()
    attempt = hall.attempt()
    assert attempt.paused_at == clock.now()
    assert attempt.deadline_at == NOON + timedelta(minutes=MINUTES + 40)
    entry = db.session.scalars(select(TimeEntry).where(TimeEntry.kind == "clock")).one()
    assert (entry.seconds, entry.by_id) == (2400, None)


def test_a_clock_that_just_stepped_ends_nobodys_exam(
    hall: Hall, sat: Sat, time: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock_alarms, "doubt", clock_alarms.Doubt())
    clock_alarms.doubt.look()
    assert not clock_alarms.doubt.raised
    moment = NOON + timedelta(minutes=MINUTES, hours=1)
    time.move_to(moment)  # no second has passed for the candidate
    clock_alarms.doubt.look()
    answer = sat.save((1, 1, "o2"))
    assert (answer["stored"], answer["late"], answer["state"]) == ([1], [], "open")
    assert answer["paused"] == answer["now"], "the page hands in at zero unless the clock stands"
    assert sat.browser.get(sat.url("state")).get_json()["state"] == "open"
    monkeypatch.setattr(clock_alarms, "doubt", clock_alarms.Doubt())
    answer = sat.save((2, 1, "o3"))
    assert (answer["late"], answer["state"]) == ([2], "handed_in")
