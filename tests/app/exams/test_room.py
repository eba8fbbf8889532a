"""The invigilator's room: what the server knows, those who need a look first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from time_machine import Traveller

from app import clock
from app.clock import SHANGHAI
from app.exams import board
from app.extensions import db
from tests.app.exams import hall as halls
from tests.app.exams.hall import GRACE, MINUTES, NOON, Hall, Sat
from tests.queries import counted

pytestmark = pytest.mark.rows


def states(hall: Hall) -> dict[int, str]:
    db.session.rollback()
    return {row.seat: row.state for row in board.rows(hall.sitting, clock.now())}


def test_it_works(hall: Hall, sat: Sat, time: Traveller) -> None:
    time.shift(timedelta(minutes=1))
    sat.save((1, 1, "o2"), (2, 2, "o1"), (3, 2, None))
    sat.post([], left=[4000, 12_000])
    room = hall.browser(hall.invigilator)
    html = room.page(f"/exams/rooms/{hall.sitting_id}")
    assert hall.sitting.room_code in html
    assert "1 / 8" in html
    assert "2 次 · 16 秒" in html
    assert "12:01:00" in html
    assert "答题中" in html
    assert "未到" in html
    assert hall.sitting.place in room.page("/exams/duties")


def test_unlocking(hall: Hall) -> None:
    room = hall.browser(hall.invigilator)
    address = f"/exams/rooms/{hall.sitting_id}/unlock"
    for _n in range(2):
        reply = room.send(address, follow_redirects=True)
        assert "口令已免，考生现在可以直接开始" in reply.get_data(as_text=True)
    assert hall.sitting.unlocked_at == NOON


def test_unlocking_before_the_start_opens_nothing_yet(hall: Hall, time: Traveller) -> None:
    time.shift(hall.sitting.opens_at - timedelta(minutes=10) - NOON)
    room = hall.browser(hall.invigilator)
    reply = room.send(f"/exams/rooms/{hall.sitting_id}/unlock", follow_redirects=True)
    html = reply.get_data(as_text=True)
    opens = f"{hall.sitting.opens_at.astimezone(SHANGHAI):%H:%M}"
    assert f"考生要到 {opens}" in html
    assert f"{opens} 起不用口令" in html.replace(":00 起", " 起")
    assert "未开考" in html


def test_states(hall: Hall, time: Traveller) -> None:
    halls.build_late(hall)
    assert states(hall) == {1: "expected", 2: "expected", 3: "no_paper"}
    sat = hall.started(1)
    assert states(hall)[1] == "writing"
    time.shift(timedelta(seconds=119))
    assert states(hall)[1] == "writing"
    time.shift(timedelta(seconds=1))
    assert states(hall)[1] == "silent"
    time.shift(timedelta(minutes=4))
    sat.browser.get(sat.url("state"))
    assert states(hall)[1] == "quiet"
    sat.save((1, 1, "o2"))
    assert states(hall)[1] == "writing"
    hall.attempt().takeover_allowed_at = clock.now()
    db.session.commit()
    assert states(hall)[1] == "moving"
    time.move_to(NOON + timedelta(minutes=MINUTES, seconds=GRACE))
    assert states(hall) == {1: "time_up", 2: "absent", 3: "absent"}
    sat.hand_in()
    assert states(hall)[1] == "handed_in"


def test_those_at_the_door(hall: Hall) -> None:
    hall.booking(1).check_in = "confirmed"
    hall.booking(2).check_in = "rejected"
    db.session.commit()
    assert states(hall) == {2: "rejected", 1: "confirmed"}
    hall.started(1)
    hall.attempt(1).paused_at = NOON
    hall.booking(1).check_in = "rejected"
    db.session.commit()
    (row,) = (row for row in board.rows(hall.sitting, NOON + timedelta(minutes=9)) if row.seat == 1)
    assert (row.state, row.wrongly_in, row.needs_look) == ("paused", True, True)
    assert row.seconds_left(NOON + timedelta(minutes=9)) == MINUTES * 60


def test_leaving_often_or_long_is_shown_first(hall: Hall, sat: Sat) -> None:
    sat.post([], left=[9000, 9000, 9000])
    assert list(states(hall)) == [1, 2]
    assert not board.rows(hall.sitting, NOON)[0].needs_look
    sat.post([], left=[33_001])
    assert board.rows(hall.sitting, NOON)[0].needs_look
    assert states(hall)[1] == "writing"


def test_those_who_need_a_look_come_first(hall: Hall, time: Traveller) -> None:
    hall.started(2)
    time.shift(timedelta(minutes=6))
    assert list(states(hall)) == [2, 1]


def test_no_mark_and_no_answer_is_shown(hall: Hall, sat: Sat) -> None:
    sat.save((1, 1, "o2"))
    html = hall.browser(hall.invigilator).page(f"/exams/rooms/{hall.sitting_id}")
    for group in hall.shown():
        for item in group["items"]:
            assert item["stem"] not in html


def test_more_candidates_cost_no_more_questions(hall: Hall) -> None:
    room = hall.browser(hall.invigilator)
    room.page(f"/exams/rooms/{hall.sitting_id}")
    with counted() as few:
        room.page(f"/exams/rooms/{hall.sitting_id}")
    for _n in range(6):
        halls.build_late(hall)
    for seat in (1, 2):
        hall.started(seat)
    with counted() as many:
        room.page(f"/exams/rooms/{hall.sitting_id}")
    assert len(many) <= len(few) + 2, (len(few), len(many))
