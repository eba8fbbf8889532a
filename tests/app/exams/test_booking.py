"""Candidates book by themselves: seats left, the last seat, changing and cancelling in time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from time_machine import Traveller

from app import clock, rulebook
from app.exams import papers, rostering
from app.extensions import db
from app.models.exams import Booking, Paper, Sitting
from app.models.journal import AuditLine, OutboxMessage
from app.models.people import Role, User
from tests import factories
from tests.app.exams import bookable
from tests.app.exams.bookable import booking_of
from tests.app.exams.hall import Hall
from tests.app.training import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


def test_it_works(hall: Hall) -> None:
    sitting, person = bookable.sitting(hall), bookable.ready()
    sitting_id, user_id = sitting.id, person.user_id
    browser = bookable.browser(hall, person)
    assert "还剩 2 座" in browser.page("/exams/book")
    reply = browser.send(f"/exams/book/{sitting_id}")
    booking = booking_of(user_id, sitting_id)
    assert booking is not None
    assert booking.room is not None
    assert (booking.seat, booking.room.name) == (1, "301 考场")
    assert booking.enrolment_id == person.id
    assert reply.location.endswith(f"/exams/sit/{booking.id}/ticket")
    assert booking.ticket_number in browser.page(reply.location)
    assert "还剩 1 座" in browser.page("/exams/book")
    message = db.session.scalars(select(OutboxMessage)).one()
    assert (message.user_id, message.kind) == (user_id, "exam.booked")
    assert message.text.count("1 座") == 1


def test_twice_is_once(hall: Hall) -> None:
    sitting, person = bookable.sitting(hall), bookable.ready()
    address, user_id = f"/exams/book/{sitting.id}", person.user_id
    browser = bookable.browser(hall, person)
    assert browser.send(address).status_code == browser.send(address).status_code == 302
    mine = select(func.count()).select_from(Booking).where(Booking.user_id == user_id)
    assert db.session.scalar(mine) == 1
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 1


def test_who_is_not_ready(hall: Hall) -> None:
    sitting = bookable.sitting(hall)
    sitting_id = sitting.id
    nearly = rows.enrol(rows.training_class())
    outsider = factories.user(Role.TRAINEE)
    for user_id, why in (
        (nearly.user_id, "登记证件信息：还没登记"),
        (outsider.id, "还没有加入班级"),
    ):
        browser = hall.browser(user_id)
        assert why in browser.page("/exams/book")
        reply = browser.send(f"/exams/book/{sitting_id}")
        assert reply.status_code == 409
        assert why in reply.get_data(as_text=True)
        assert booking_of(user_id, sitting_id) is None


def test_the_last_seat_for_two_at_once(hall: Hall, app: Flask) -> None:
    """Both press at the same moment: one has the seat, the other reads a sentence."""
    sitting_id = bookable.sitting(hall, seats=1).id
    people = [bookable.ready().user_id for _number in range(2)]
    browsers = [PageClient(app).sign_in(db.session.get_one(User, one)) for one in people]
    db.session.rollback()
    db.session.remove()
    together = threading.Barrier(2)

    def press(browser: PageClient) -> tuple[int, str]:
        with app.app_context():
            together.wait(timeout=20)
            reply = browser.send(f"/exams/book/{sitting_id}")
            return reply.status_code, reply.get_data(as_text=True)

    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(press, browsers))
    assert [status for status, _page in answers] == [302, 409]
    assert "最后一个座位刚刚被约走" in answers[1][1]
    seats = db.session.scalars(select(Booking.seat).where(Booking.sitting_id == sitting_id)).all()
    assert seats == [1]


def test_a_full_sitting_says_so(hall: Hall) -> None:
    sitting_id = bookable.sitting(hall, seats=1).id
    first, second = bookable.ready(), bookable.ready()
    bookable.browser(hall, first).send(f"/exams/book/{sitting_id}")
    browser = bookable.browser(hall, second)
    assert "座位已经约满" in browser.page("/exams/book")
    answer = browser.get("/exams/book/seats").get_json()
    assert answer == {"seats": {sitting_id: 0}}


def test_only_in_its_window(hall: Hall, time: Traveller) -> None:
    sitting, person = bookable.sitting(hall), bookable.ready()
    sitting_id, ends = sitting.id, sitting.booking_closes_at
    assert ends is not None
    browser = bookable.browser(hall, person)
    assert browser.send(f"/exams/book/{hall.sitting_id}").status_code == 404  # the office's alone
    time.move_to(ends)
    assert "现在没有可以约的场次" in browser.page("/exams/book")
    reply = browser.send(f"/exams/book/{sitting_id}")
    assert reply.status_code == 409
    assert "这一场现在不能约" in reply.get_data(as_text=True)


def test_nobody_waits_for_two(hall: Hall) -> None:
    one, two = bookable.sitting(hall).id, bookable.sitting(hall, place="另一处").id
    person = bookable.ready()
    browser = bookable.browser(hall, person)
    browser.send(f"/exams/book/{one}")
    assert "已经排在另一场" in browser.send(f"/exams/book/{two}").get_data(as_text=True)


def booked(hall: Hall, sitting: Sitting) -> tuple[str, str]:
    """Book a new person; returns person and booking by id."""
    sitting_id, person = sitting.id, bookable.ready()
    user_id = person.user_id
    bookable.browser(hall, person).send(f"/exams/book/{sitting_id}")
    booking = booking_of(user_id, sitting_id)
    assert booking is not None
    return user_id, booking.id


def test_cancel(hall: Hall) -> None:
    sitting = bookable.sitting(hall, seats=1)
    sitting_id = sitting.id
    user_id, booking_id = booked(hall, sitting)
    papers.draw_missing(db.session.get_one(Sitting, sitting_id), actor=None, now=clock.now())
    db.session.commit()
    browser = hall.browser(user_id)
    browser.page(f"/exams/sit/{booking_id}/cancel")
    reply = browser.send(f"/exams/sit/{booking_id}/cancel", follow_redirects=True)
    assert "已取消" in reply.get_data(as_text=True)
    assert booking_of(user_id, sitting_id) is None
    assert db.session.scalar(select(Paper.id).where(Paper.booking_id == booking_id)) is None
    line = select(AuditLine).where(AuditLine.action == "booking.cancelled")
    assert db.session.scalars(line).one().object_id == booking_id
    # The seat is free at once, under the same number.
    assert booked(hall, db.session.get_one(Sitting, sitting_id))[1]
    again = browser.send(f"/exams/sit/{booking_id}/cancel", follow_redirects=True)
    assert "已经取消了" in again.get_data(as_text=True)
    other = bookable.browser(hall, bookable.ready())
    assert other.get(f"/exams/sit/{booking_id}/cancel").status_code == 404


@pytest.mark.parametrize(("hours", "good"), [(24.5, True), (24, False), (1, False)])
def test_cancel_until(hall: Hall, time: Traveller, hours: float, good: bool) -> None:
    sitting = bookable.sitting(hall)
    sitting_id, moment = sitting.id, bookable.at(sitting.opens_at, hours)
    user_id, booking_id = booked(hall, sitting)
    time.move_to(moment)
    browser = hall.browser(user_id)
    page = browser.page(f"/exams/sit/{booking_id}/cancel")
    assert ("不能自己取消了" in page) != good
    reply = browser.send(f"/exams/sit/{booking_id}/cancel")
    assert reply.status_code == (302 if good else 409)
    assert (booking_of(user_id, sitting_id) is None) == good


def test_a_dated_rule_moves_the_last_moment(hall: Hall, time: Traveller) -> None:
    sitting = bookable.sitting(hall)
    moment = bookable.at(sitting.opens_at, 60)
    user_id, booking_id = booked(hall, sitting)
    rulebook.set_value(
        "exam.cancel_until_hours",
        72,
        from_date=clock.shanghai_date(clock.now()),
        source="测试",
        official=False,
        actor=None,
        now=clock.now(),
    )
    db.session.commit()
    time.move_to(moment)
    assert hall.browser(user_id).send(f"/exams/sit/{booking_id}/cancel").status_code == 409


def test_change(hall: Hall) -> None:
    one, two = bookable.sitting(hall), bookable.sitting(hall, seats=1, place="另一处")
    one_id, two_id = one.id, two.id
    user_id, booking_id = booked(hall, one)
    browser = hall.browser(user_id)
    address = f"/exams/sit/{booking_id}/change"
    assert "另一处" in browser.page(address)
    reply = browser.send(address, {"sitting": two_id})
    assert reply.status_code == 302
    assert booking_of(user_id, one_id) is None
    assert booking_of(user_id, two_id) is not None


def test_a_failed_change_keeps_the_seat(hall: Hall, time: Traveller) -> None:
    one, two = bookable.sitting(hall), bookable.sitting(hall, seats=1, place="另一处")
    one_id, two_id, opens = one.id, two.id, one.opens_at
    booked(hall, two)
    user_id, booking_id = booked(hall, db.session.get_one(Sitting, one_id))
    browser, address = hall.browser(user_id), f"/exams/sit/{booking_id}/change"
    reply = browser.send(address, {"sitting": two_id})
    assert reply.status_code == 409
    assert "原来的座位还是你的" in reply.get_data(as_text=True)
    assert booking_of(user_id, one_id) is not None
    assert browser.send(address, {"sitting": hall.sitting_id}).status_code == 404
    time.move_to(bookable.at(opens, 47))
    assert "以后不能自己改场次" in browser.send(address, {"sitting": two_id}).get_data(as_text=True)
    assert booking_of(user_id, one_id) is not None


def test_what_the_office_arranged(hall: Hall) -> None:
    """In a sitting that is not open for booking nobody changes or cancels alone."""
    browser, booking_id = hall.candidate(), hall.bookings[0]
    for act in ("change", "cancel"):
        assert "由考务统一安排" in browser.page(f"/exams/sit/{booking_id}/{act}")
    assert browser.send(f"/exams/sit/{booking_id}/cancel").status_code == 409
    assert hall.booking().seat == 1


def test_who_may(hall: Hall) -> None:
    sitting = bookable.sitting(hall)
    sitting_id = sitting.id
    _user_id, booking_id = booked(hall, sitting)
    other, stranger = bookable.browser(hall, bookable.ready()), hall.browser()
    for act in ("ticket", "ticket.pdf", "change", "cancel"):
        address = f"/exams/sit/{booking_id}/{act}"
        assert other.get(address).status_code == 404
        assert "/sign-in" in stranger.get(address).location
    for act in ("change", "cancel"):
        assert other.send(f"/exams/sit/{booking_id}/{act}").status_code == 404
    assert "/sign-in" in stranger.send(f"/exams/book/{sitting_id}").location
    assert "/sign-in" in stranger.get("/exams/book/seats").location


def window(hall: Hall, opens: str, closes: str) -> str:
    """Have the office open booking for the hall's sitting; returns the page that follows."""
    address = f"/exams/sittings/{hall.sitting_id}/booking"
    data = {"opens_at": opens, "closes_at": closes}
    reply = hall.browser(hall.manager).send(address, data, follow_redirects=True)
    return reply.get_data(as_text=True)


def test_the_office_opens_and_closes_booking(hall: Hall, time: Traveller) -> None:
    time.move_to(clock.now() - timedelta(days=2))
    good = ("2026-11-25T18:00", "2026-11-27T11:00")
    assert "先填考场和座位数" in window(hall, *good)
    manager = hall.browser(hall.manager)
    manager.send(f"/exams/sittings/{hall.sitting_id}/rooms", {"rooms": "302 考场 4"})
    assert "约考时间已定" in window(hall, *good)
    assert "现在不能约" in manager.page(f"/exams/sittings/{hall.sitting_id}")
    for opens, closes, sentence in (
        ("", "", "两个时间都要填"),
        ("2026-11-20T10:00", "2026-11-21T10:00", "截止时间已经过去"),
        ("2026-11-26T10:00", "2026-11-26T10:00", "截止时间要在开始时间之后"),
        ("2026-11-26T10:00", "2026-11-27T12:01", "不能晚于开考时间"),
    ):
        assert sentence in window(hall, opens, closes)
    no_rooms = manager.send(
        f"/exams/sittings/{hall.sitting_id}/rooms", {"rooms": ""}, follow_redirects=True
    )
    assert "不能没有考场" in no_rooms.get_data(as_text=True)
    manager.send(f"/exams/sittings/{hall.sitting_id}/booking/close")
    assert hall.sitting.booking_opens_at is None


def test_taken_off_by_the_office(hall: Hall) -> None:
    address = f"/exams/sittings/{hall.sitting_id}/bookings/{hall.bookings[1]}/remove"
    manager = hall.browser(hall.manager)
    assert "请写移出名单的原因" in manager.send(address, follow_redirects=True).get_data(
        as_text=True
    )
    reply = manager.send(address, {"reason": "报错了场次"}, follow_redirects=True)
    assert "移出名单" in reply.get_data(as_text=True)
    message = db.session.scalars(select(OutboxMessage)).one()
    assert message.user_id == hall.candidates[1]
    assert "报错了场次" in message.text
    hall.started()
    first = hall.booking()
    manager_row = db.session.get_one(User, hall.manager)
    with pytest.raises(rostering.CannotBook, match="已经开始答题"):
        rostering.remove(first, "太晚了", actor=manager_row, now=clock.now())
