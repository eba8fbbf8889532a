"""The door: a scanned ticket, one result for each candidate, undone only with a reason."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.exams import checking_in
from app.extensions import db
from app.models.journal import AuditLine
from app.models.people import Role
from tests import factories
from tests.app.exams import hall as halls
from tests.app.exams.hall import NOON, Browser, Hall

pytestmark = pytest.mark.rows


def press(hall: Hall, seat: int, **fields: str) -> str:
    """Press one of the door's buttons and return the page after it."""
    room = hall.browser(hall.invigilator)
    address = f"/exams/rooms/seats/{hall.bookings[seat - 1]}/check-in"
    return room.send(address, fields, follow_redirects=True).get_data(as_text=True)


def undo(hall: Hall, seat: int, reason: str) -> str:
    room = hall.browser(hall.invigilator)
    address = f"/exams/rooms/seats/{hall.bookings[seat - 1]}/check-in/undo"
    return room.send(address, {"reason": reason}, follow_redirects=True).get_data(as_text=True)


def test_it_works(hall: Hall) -> None:
    booking, room = hall.booking(1), hall.browser(hall.invigilator)
    html = room.page(f"/exams/door/{booking.ticket_number}")
    assert booking.user.name in html
    assert "等核对" in html
    assert "已登记 1 座" in press(hall, 1, result="confirmed")
    row = hall.booking(1)
    assert (row.check_in, row.checked_in_at) == ("confirmed", NOON)
    assert row.checked_in_by_id == hall.invigilator
    assert "12:00:00" in room.page(f"/exams/door/{row.ticket_number}")
    assert checking_in.counts(hall.sitting)["confirmed"] == 1
    line = db.session.scalars(
        select(AuditLine).where(AuditLine.action == "booking.checked_in")
    ).one()
    assert line.details["result"] == "confirmed"


def test_typing_the_number(hall: Hall) -> None:
    room, number = hall.browser(hall.invigilator), hall.booking(2).ticket_number
    address = f"/exams/rooms/{hall.sitting_id}/door"
    assert "等核对" in room.page(address)
    typed = f"{address}?ticket=+{number[:4]}+{number[4:]}"
    assert room.get(typed).location.endswith(f"/exams/door/{number}")
    assert "没有准考证号 000" in room.page(f"{address}?ticket=000")


def test_the_holder_and_strangers_learn_nothing(hall: Hall) -> None:
    address = f"/exams/door/{hall.booking(1).ticket_number}"

    def goes_home(browser: Browser, path: str) -> bool:
        return bool(browser.get(path).location.endswith("/exams/mine"))

    assert goes_home(hall.candidate(1), address)
    assert goes_home(hall.candidate(2), address)
    other = hall.browser(factories.user(Role.INVIGILATOR).id)
    assert goes_home(other, address)
    assert goes_home(other, "/exams/door/999")
    assert "/sign-in" in hall.browser().get(address).location


def test_refused_at_the_door(hall: Hall) -> None:
    assert "要写明哪里不一致" in press(hall, 1, result="rejected")
    press(hall, 1, result="rejected", note="照片不是本人")
    answer = halls.start(hall.candidate(1), hall.bookings[0], hall.sitting.room_code)
    assert answer.status_code == 409
    assert "身份没有核对上" in answer.get_data(as_text=True)
    assert "撤销核对要写原因" in undo(hall, 1, " ")
    assert "已撤销 1 座" in undo(hall, 1, "换了眼镜，看过身份证")
    assert hall.booking(1).check_in == ""
    assert "不用撤销" in undo(hall, 1, "再来")
    hall.started(1)


def test_two_at_the_door_do_not_overrule_each_other(hall: Hall) -> None:
    press(hall, 1, result="late")
    assert "已登记 1 座" in press(hall, 1, result="late")
    assert "请先撤销" in press(hall, 1, result="absent")
    assert "请选核对的结果" in press(hall, 2, result="maybe")
    assert hall.booking(1).check_in == "late"


def test_who_writes_is_not_absent(hall: Hall) -> None:
    hall.started(1)
    assert "不能登记缺考" in press(hall, 1, result="absent")


def test_those_ticked_on_the_board(hall: Hall) -> None:
    room = hall.browser(hall.invigilator)
    address = f"/exams/rooms/{hall.sitting_id}/admit"
    assert "要先在名单上勾选" in room.page(address)
    assert hall.booking(2).user.name in room.page(f"{address}?seat=2")
    assert "没有选中等核对的考生" in room.send(address).get_data(as_text=True)
    reply = room.send(address, {"seat": ["1", "2"]}, follow_redirects=True)
    assert "已登记 2 人身份一致" in reply.get_data(as_text=True)
    assert {hall.booking(seat).check_in for seat in (1, 2)} == {"confirmed"}
