"""One live device: moving needs the invigilator's leave, and no answer of the old one is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from time_machine import Traveller

from app.extensions import db
from app.models.exams import AnswerEvent, DeviceEpoch
from tests.app.exams.hall import NOON, Hall, Sat, change

pytestmark = pytest.mark.rows


def ask_leave(hall: Hall) -> str:
    """Ask in the room that the first seat may move; returns the page after it."""
    room = hall.browser(hall.invigilator)
    address = f"/exams/rooms/{hall.sitting_id}/devices"
    return room.send(address, {"seat": 1}, follow_redirects=True).get_data(as_text=True)


def allow(hall: Hall) -> None:
    """Give leave in the room."""
    assert "已放行 1 人换设备" in ask_leave(hall)


@pytest.fixture
def moved(hall: Hall, sat: Sat) -> Sat:
    """The same candidate on another device, with leave."""
    sat.save((1, 1, "o1"))
    allow(hall)
    other = hall.candidate()
    reply = other.send(f"/exams/sit/{sat.booking_id}/take-over")
    assert reply.status_code == 303
    return Sat(hall, other, sat.booking_id, sat.attempt_id)


def test_it_works(hall: Hall, sat: Sat, moved: Sat) -> None:
    data = moved.data()
    assert (data["epoch"], data["live"], data["next_sequence"]) == (2, True, 1)
    assert data["given"] == {"1": "o1"}
    assert moved.save((1, 1, "o3"))["stored"] == [1]
    assert moved.data()["given"] == {"1": "o3"}
    epochs = db.session.scalars(select(DeviceEpoch).order_by(DeviceEpoch.epoch)).all()
    assert [e.epoch for e in epochs] == [1, 2]


def test_without_leave(hall: Hall, sat: Sat) -> None:
    other = hall.candidate()
    reply = other.get(f"/exams/sit/{sat.booking_id}/paper")
    assert reply.location.endswith("/other-device")
    assert "换到这部设备，要监考员放行" in other.page(reply.location)
    reply = other.send(f"/exams/sit/{sat.booking_id}/take-over")
    assert reply.status_code == 409
    assert "换设备要先请监考员放行" in reply.get_data(as_text=True)
    assert hall.attempt().epoch == 1


def test_leave_runs_out(hall: Hall, sat: Sat, time: Traveller) -> None:
    allow(hall)
    time.move_to(NOON + timedelta(minutes=10, seconds=1))
    assert hall.candidate().send(f"/exams/sit/{sat.booking_id}/take-over").status_code == 409


def test_leave_is_used_once(hall: Hall, moved: Sat) -> None:
    third = hall.candidate()
    assert third.send(f"/exams/sit/{moved.booking_id}/take-over").status_code == 409


def test_a_second_click_changes_nothing(hall: Hall, moved: Sat) -> None:
    reply = moved.browser.send(f"/exams/sit/{moved.booking_id}/take-over")
    assert reply.status_code == 303
    assert hall.attempt().epoch == 2
    assert moved.save((1, 1, "o2"))["stored"] == [1]


def test_the_old_devices_unsent_answers_are_taken(hall: Hall, sat: Sat, moved: Sat) -> None:
    moved.save((1, 1, "o3"))
    answer = sat.save((2, 1, "o2"), (3, 2, "o4"))
    assert (answer["live"], answer["epoch"], answer["stored"]) == (False, 1, [2, 3])
    rows = db.session.scalars(select(AnswerEvent)).all()
    assert {(r.epoch, r.sequence) for r in rows} == {(1, 1), (1, 2), (1, 3), (2, 1)}
    assert moved.data()["given"] == {"1": "o3", "2": "o4"}, "the newer device's word stands"


def test_the_old_device_is_locked_out(hall: Hall, sat: Sat, moved: Sat) -> None:
    assert sat.data()["live"] is False
    assert sat.browser.get(sat.url("state")).get_json()["live"] is False
    form = {"slot": "2", "kind": "single_choice", "value": "o1"}
    assert sat.browser.send(sat.url("answer-form"), form).status_code == 403
    reply = sat.hand_in()
    assert reply.status_code == 403
    assert "已换到另一部设备" in reply.get_data(as_text=True)
    assert hall.attempt().state == "open"
    assert moved.hand_in().status_code == 303


def test_time_goes_with_the_attempt(hall: Hall, sat: Sat, time: Traveller) -> None:
    before = hall.attempt().deadline_at
    time.shift(timedelta(minutes=4))
    allow(hall)
    hall.candidate().send(f"/exams/sit/{sat.booking_id}/take-over")
    assert hall.attempt().deadline_at == before


def test_nothing_to_move_after_handing_in(hall: Hall, sat: Sat) -> None:
    sat.hand_in()
    assert "没有选中正在作答的考生" in ask_leave(hall)
    assert hall.candidate().send(f"/exams/sit/{sat.booking_id}/take-over").status_code == 409


def test_two_tabs_share_the_device(hall: Hall, sat: Sat) -> None:
    """Both hold one cookie and one journal: what either sends is taken once."""
    sat.page()
    sat.page()
    sat.save((1, 1, "o1"))
    answer = sat.post([change(1, 1, "o1"), change(2, 1, "o2")]).get_json()
    assert answer["stored"] == [1, 2]
