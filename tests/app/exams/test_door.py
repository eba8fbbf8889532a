"""The door: a scanned ticket, one result for each candidate, undone only with a reason."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import clock
from app.exams import checking_in, rostering, tickets
from app.extensions import db
from app.models.exams import Booking
from app.models.journal import AuditLine
from app.models.people import District, Role, User
from certificates import qr
from tests import factories
from tests.app.exams import hall as halls
from tests.app.exams.hall import NOON, Browser, Hall
from tests.app.training import rows

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


def test_who_is_noted_absent_asks_the_invigilator_first(hall: Hall) -> None:
    press(hall, 1, result="absent")
    answer = halls.start(hall.candidate(1), hall.bookings[0], hall.sitting.room_code)
    assert answer.status_code == 409
    assert "登记了你缺考" in answer.get_data(as_text=True)
    undo(hall, 1, "来晚了，刚到")
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


def asked(hall: Hall, text: str) -> TestResponse:
    """Ask for the check of what was scanned, as the list's script does."""
    return hall.browser(hall.invigilator).get(
        f"/exams/rooms/{hall.sitting_id}/door/person",
        query_string={"text": text},
        headers={"Accept": "application/json"},
    )


def noted(hall: Hall, seat: int, **fields: str) -> TestResponse:
    """Press one of the door's buttons inside the list."""
    address = f"/exams/rooms/seats/{hall.bookings[seat - 1]}/check-in"
    headers = {"Accept": "application/json"}
    return hall.browser(hall.invigilator).send(address, fields, headers=headers)


def another_sitting(hall: Hall, opens_at: datetime) -> str:
    """Return the ticket number of the first candidate in a sitting of its own."""
    manager = db.session.get_one(User, hall.manager)
    sitting = rostering.plan(
        hall.sitting.revision,
        district=db.session.get_one(District, hall.sitting.district_code),
        place="另一处",
        opens_at=opens_at,
        late_minutes=20,
        closes_at=opens_at + timedelta(hours=2),
        rooms=[],
        actor=manager,
        now=clock.now(),
    )
    booking = Booking(
        sitting_id=sitting.id,
        user_id=hall.candidates[0],
        seat=1,
        ticket_number=next(tickets.new_numbers(sitting)),
        created_at=clock.now(),
    )
    db.session.add(booking)
    db.session.commit()
    return booking.ticket_number


def test_scanned_inside_the_list(hall: Hall) -> None:
    """Seat, masked number, photo's place and the buttons come; the next one can be scanned at once."""
    rows.identity(hall.booking(1).user)
    told = asked(hall, f"https://exam.example/exams/door/{hall.booking(1).ticket_number}")
    person = told.get_json()["person"]
    for fact in (hall.booking(1).user.name, "1 座", "E12******678", "一致，放行", "没有照片"):
        assert fact in person
    after = noted(hall, 1, result="confirmed").get_json()
    assert after["said"] == "已登记 1 座。请核对下一位。"
    assert "身份一致" in after["around"]
    assert hall.booking(1).check_in == "confirmed"
    assert asked(hall, hall.booking(2).ticket_number).get_json()["seat"] == 2


def test_nobody_is_checked_in_twice(hall: Hall) -> None:
    noted(hall, 1, result="confirmed")
    again = asked(hall, hall.booking(1).ticket_number).get_json()["person"]
    assert "已登记，12:00:00" in again
    assert "一致，放行" not in again
    noted(hall, 1, result="confirmed")
    refused = noted(hall, 1, result="late")
    assert refused.status_code == 409
    assert "请先撤销" in refused.get_json()["error"]
    lines = select(AuditLine).where(AuditLine.action == "booking.checked_in")
    assert len(db.session.scalars(lines).all()) == 1
    assert checking_in.counts(hall.sitting)["confirmed"] == 1


@pytest.mark.parametrize(
    ("days", "sentence"), [(0, "是同一天另一场的"), (1, "2026年11月28日 的，不是这一场的")]
)
def test_a_ticket_of_another_sitting(hall: Hall, days: int, sentence: str) -> None:
    number = another_sitting(hall, NOON + timedelta(days=days, hours=3))
    answer = asked(hall, number)
    assert answer.status_code == 404
    assert sentence in answer.get_json()["error"]
    assert hall.booking(1).user.name not in answer.get_data(as_text=True)
    room = hall.browser(hall.invigilator)
    assert sentence in room.page(f"/exams/rooms/{hall.sitting_id}/door?ticket={number}")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("261127000000", "这一场没有准考证号 261127000000"),
        ("http://localhost/c/abcdefghijklmnop", "这不是准考证上的二维码"),
        ("", "这不是准考证上的二维码"),
        ("'; drop table booking" * 20, "这不是准考证上的二维码"),
        ("99133", "这一场没有准考证号 99133"),
    ],
)
def test_what_is_no_ticket_of_this_sitting(hall: Hall, text: str, sentence: str) -> None:
    answer = asked(hall, text)
    assert answer.status_code == 404
    assert sentence in answer.get_json()["error"]


def photographed(hall: Hall, data: bytes, **headers: str) -> TestResponse:
    """Send a photo of a ticket."""
    return hall.browser(hall.invigilator).send(
        f"/exams/rooms/{hall.sitting_id}/door/photo",
        {"photo": (io.BytesIO(data), "one.png")},
        headers=headers,
    )


def test_a_photo_of_the_ticket(hall: Hall) -> None:
    address = tickets.door_address(hall.booking(2))
    number, code = hall.booking(2).ticket_number, qr.encode(address).png(8)
    assert photographed(hall, code).location.endswith(f"/exams/door/{number}")
    assert photographed(hall, code, Accept="application/json").get_json()["seat"] == 2
    foreign = photographed(hall, qr.encode("http://evil.example").png(8), Accept="application/json")
    assert "这不是准考证上的二维码" in foreign.get_json()["error"]
    broken = photographed(hall, b"no picture", Accept="application/json")
    assert broken.status_code == 422
    assert "不是照片" in broken.get_json()["error"]
    assert photographed(hall, b"").location.endswith(f"/exams/rooms/{hall.sitting_id}/door")


def test_only_this_sittings_invigilators_scan(hall: Hall) -> None:
    address = f"/exams/rooms/{hall.sitting_id}/door/person?text={hall.booking(1).ticket_number}"
    assert hall.browser(factories.user(Role.INVIGILATOR).id).get(address).status_code == 404
    assert hall.browser(hall.manager).get(address).status_code == 403
