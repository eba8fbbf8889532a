"""Accommodations: granted once, in every booking by themselves, withdrawn, limits said in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from time_machine import Traveller

from app import clock
from app.exams import accommodations
from app.exams.accommodations import CannotGrant, Grant
from app.extensions import db
from app.models.exams import Booking
from app.models.journal import AuditLine, OutboxMessage
from app.models.people import Role, ScopeKind, User
from app.models.room import Accommodation
from tests import factories
from tests.app.exams import bookable
from tests.app.exams.bookable import booking_of
from tests.app.exams.hall import NOON, Hall
from tests.app.training import rows

pytestmark = pytest.mark.rows


def form(**changes: str) -> dict[str, str]:
    """Return a good form: half as much time again, a reader, a break."""
    return {
        "percent": "150",
        "reader": "y",
        "break_minutes": "10",
        "reason": "视力原因",
        "evidence": "残疾人证，原件已核对",
        "valid_until": "",
        **changes,
    }


def grant(hall: Hall, user_id: str, **changes: str) -> str:
    """Fill in the office's form; returns the page that follows."""
    address = f"/exams/people/{user_id}/accommodation"
    reply = hall.browser(hall.manager).send(address, form(**changes), follow_redirects=True)
    return reply.get_data(as_text=True)


def has(booking: Booking | None) -> tuple[int, bool, bool, int]:
    """Return what a booking gives."""
    assert booking is not None
    return (
        booking.time_factor_percent,
        booking.large_type,
        booking.reader,
        booking.break_minutes,
    )


def test_it_works(hall: Hall) -> None:
    """It reaches the booking that stands, the deadline, the ticket; and the person is told."""
    user_id = hall.candidates[0]
    assert "已批准" in grant(hall, user_id)
    booking = hall.booking()
    assert has(booking) == (150, False, True, 10)
    assert booking.time_factor_by_id == hall.manager
    own = hall.candidate().page(f"/exams/sit/{hall.bookings[0]}/ticket")
    assert "150%" in own
    assert "视力原因" in own
    assert "残疾人证" not in own  # the evidence stays with the office
    message = db.session.scalars(select(OutboxMessage)).one()
    assert (message.user_id, message.kind) == (user_id, "exam.accommodation")
    hall.started()
    assert hall.attempt().deadline_at == NOON + timedelta(minutes=45)
    line = db.session.scalars(
        select(AuditLine).where(AuditLine.action == "accommodation.granted")
    ).one()
    assert line.actor_id == hall.manager
    assert "视力" not in str(line.details)


def test_new_bookings_have_it_too(hall: Hall) -> None:
    by_class, alone = bookable.ready(), bookable.ready()
    for one in (by_class, alone):
        grant(hall, one.user_id, large_type="y")
    manager = hall.browser(hall.manager)
    manager.send(f"/exams/sittings/{hall.sitting_id}/roster", {"training_class": by_class.class_id})
    sitting_id = bookable.sitting(hall).id
    bookable.browser(hall, alone).send(f"/exams/book/{sitting_id}")
    for user_id, where in ((by_class.user_id, hall.sitting_id), (alone.user_id, sitting_id)):
        assert has(booking_of(user_id, where)) == (150, True, True, 10)


def test_not_after_its_last_day(hall: Hall) -> None:
    person = bookable.ready()
    user_id = person.user_id
    grant(hall, user_id, valid_until="2026-12-06")
    near = bookable.sitting(hall, days=9).id
    far = bookable.sitting(hall, days=10, place="另一处").id
    browser = bookable.browser(hall, person)
    browser.send(f"/exams/book/{near}")
    booking = booking_of(user_id, near)
    assert has(booking)[0] == 150
    assert booking is not None
    browser.send(f"/exams/sit/{booking.id}/change", {"sitting": far})
    assert has(booking_of(user_id, far)) == (100, False, False, 0)


def test_withdrawn(hall: Hall) -> None:
    user_id = hall.candidates[0]
    grant(hall, user_id)
    hall.started(2)
    manager = hall.browser(hall.manager)
    address = f"/exams/people/{user_id}/accommodation/withdraw"
    for _time in range(2):
        assert manager.send(address).status_code == 302
    assert has(hall.booking()) == (100, False, False, 0)
    assert hall.booking().time_factor_reason == ""
    row = db.session.scalars(select(Accommodation)).one()
    assert row.ended_at == clock.now()
    lines = select(func.count()).where(AuditLine.action == "accommodation.withdrawn")
    assert db.session.scalar(lines) == 1


def test_who_has_begun_keeps_the_time(hall: Hall) -> None:
    grant(hall, hall.candidates[0])
    hall.started()
    hall.browser(hall.manager).send(f"/exams/people/{hall.candidates[0]}/accommodation/withdraw")
    assert has(hall.booking())[0] == 150
    assert hall.attempt().deadline_at == NOON + timedelta(minutes=45)


def test_a_change_is_the_next_row(hall: Hall, time: Traveller) -> None:
    user_id = hall.candidates[0]
    grant(hall, user_id)
    grant(hall, user_id)  # a double click
    time.shift(timedelta(minutes=1))
    page = grant(hall, user_id, percent="200")
    assert "以前的" in page
    assert has(hall.booking())[0] == 200
    found = db.session.scalars(select(Accommodation).order_by(Accommodation.approved_at)).all()
    assert [(row.time_factor_percent, row.ended_at is None) for row in found] == [
        (150, False),
        (200, True),
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"percent": "-5"}, "不能填负数"),
        ({"percent": "99"}, "100% 到 300%"),
        ({"percent": "301"}, "100% 到 300%"),
        ({"percent": "x"}, "请填整数"),
        ({"break_minutes": "-5"}, "休息时间请填 0 到 120"),
        ({"percent": "100", "reader": "", "break_minutes": "0"}, "至少批准一项"),
        ({"reason": " "}, "请写批准的理由"),
        ({"evidence": ""}, "看过什么证明"),
        ({"reason": "长" * 201}, "最多 200 个字"),
        ({"valid_until": "2026-11-26"}, "有效期已经过去"),
    ],
)
def test_what_cannot_be(hall: Hall, changes: dict[str, str], sentence: str) -> None:
    assert sentence in grant(hall, hall.candidates[0], **changes)
    assert db.session.scalar(select(func.count()).select_from(Accommodation)) == 0
    assert has(hall.booking()) == (100, False, False, 0)


def test_nobody_approves_their_own(hall: Hall) -> None:
    manager = db.session.get_one(User, hall.manager)
    with pytest.raises(CannotGrant, match="由别人批准"):
        accommodations.grant_to(
            manager,
            Grant(percent=150, reason="x", evidence="x"),
            actor=manager,
            now=clock.now(),
        )


def test_the_list_and_its_reach(hall: Hall) -> None:
    training_class = rows.training_class()
    person = bookable.ready(training_class)
    name, user_id, class_id = person.user.name, person.user_id, training_class.id
    grant(hall, user_id)
    near = hall.browser(hall.manager).page(f"/exams/accommodations?class={class_id}")
    assert near.count(name) == 2
    factories.district("310115")
    far = factories.user(Role.EXAM_MANAGER, scope=(ScopeKind.DISTRICT, "310115"))
    browser = hall.browser(far.id)
    assert name not in browser.page(f"/exams/accommodations?class={class_id}")
    browser.page(f"/exams/people/{user_id}/accommodation", 404)
    assert browser.send(f"/exams/people/{user_id}/accommodation", form()).status_code == 404
