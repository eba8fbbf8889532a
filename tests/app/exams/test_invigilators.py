"""Invigilators by room: naming one, what it opens, what is printed, who is missing, who may make void."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.exams import invigilators, readiness, seating, voiding
from app.exams.documents import kinds
from app.extensions import db
from app.models.exams import SittingStaff
from app.models.journal import AuditLine
from app.models.people import Role, RoleGrant, User
from tests import factories
from tests.app.exams.hall import Hall
from tests.app.exams.test_documents import text_of

pytestmark = pytest.mark.rows


@pytest.fixture
def rooms(hall: Hall) -> dict[str, str]:
    """Two rooms by name, a candidate in each, and one empty."""
    manager = db.session.get_one(User, hall.manager)
    plan = [seating.RoomPlan(f"{n} 考场", seats) for n, seats in ((301, 1), (302, 5), (303, 9))]
    made = seating.set_rooms(hall.sitting, plan, actor=manager, now=clock.now())
    db.session.commit()
    return {room.name: room.id for room in made}


def name(hall: Hall, person: str, room: str) -> str:
    """Name an invigilator as the office does, and return the page after it."""
    return (
        hall.browser(hall.manager)
        .send(
            f"/exams/sittings/{hall.sitting_id}/invigilators",
            {"invigilator": person, "room": room},
            follow_redirects=True,
        )
        .get_data(as_text=True)
    )


def stands(hall: Hall, person: str) -> str:
    """Return the room of an invigilator."""
    db.session.rollback()
    staff = db.session.scalars(select(SittingStaff).where(SittingStaff.user_id == person)).one()
    return staff.room.name if staff.room else ""


def another(hall: Hall) -> str:
    """Return somebody else who could invigilate here."""
    return factories.user(Role.INVIGILATOR).id


def check(hall: Hall) -> readiness.Check:
    """Return the pre-flight's word on the invigilators."""
    db.session.rollback()
    return next(one for one in readiness.of_sitting(hall.sitting) if one.name == "invigilators")


def test_it_works(hall: Hall, rooms: dict[str, str]) -> None:
    assert "：302 考场。" in name(hall, hall.invigilator, rooms["302 考场"])
    assert stands(hall, hall.invigilator) == "302 考场"
    name(hall, hall.invigilator, rooms["302 考场"])
    named = select(AuditLine).where(AuditLine.action == "sitting.invigilator_named")
    assert [one.details["room"] for one in db.session.scalars(named.order_by(AuditLine.id))] == [
        0,
        2,
    ]
    assert "所有考场。" in name(hall, hall.invigilator, "")
    assert stands(hall, hall.invigilator) == ""


def test_a_room_of_elsewhere_is_refused(hall: Hall, rooms: dict[str, str]) -> None:
    assert "这一场没有这间考场" in name(hall, another(hall), "nowhere")
    assert len(db.session.scalars(select(SittingStaff)).all()) == 1


def test_the_board_opens_on_the_own_room(hall: Hall, rooms: dict[str, str]) -> None:
    name(hall, hall.invigilator, rooms["302 考场"])
    room = hall.browser(hall.invigilator)
    first, second = hall.booking(1).user.name, hall.booking(2).user.name
    address = f"/exams/rooms/{hall.sitting_id}"
    own = room.page(address)
    assert second in own
    assert first not in own
    assert f'href="{address}?room="' in own
    whole = room.page(f"{address}?room=")
    assert first in whole
    assert first in room.page(f"{address}/door?room=")
    assert first not in room.page(f"{address}/door")
    assert "302 考场" in room.page("/exams/duties")
    # Where one stands limits nothing: the other room's seat can be acted on.
    assert first in room.page(f"/exams/rooms/seats/{hall.bookings[0]}")


def test_whole_stays_whole_for_who_has_a_room(hall: Hall, rooms: dict[str, str]) -> None:
    name(hall, hall.invigilator, rooms["302 考场"])
    hall.started(1)
    room = hall.browser(hall.invigilator)
    address = f"/exams/rooms/{hall.sitting_id}/pause?room="
    answer = room.send(address, {"reason": "火警"})
    assert answer.location.endswith(f"/exams/rooms/{hall.sitting_id}?room=")


def test_new_rooms_keep_who_stands_where(hall: Hall, rooms: dict[str, str]) -> None:
    name(hall, hall.invigilator, rooms["302 考场"])
    other = another(hall)
    name(hall, other, rooms["303 考场"])
    browser = hall.browser(hall.manager)
    answer = browser.send(
        f"/exams/sittings/{hall.sitting_id}/rooms", {"rooms": "302 考场 4\n301 考场 4"}
    )
    assert answer.status_code == 302
    assert stands(hall, hall.invigilator) == "302 考场"
    assert stands(hall, other) == ""


def test_pre_flight_names_the_room_without_anybody(hall: Hall, rooms: dict[str, str]) -> None:
    name(hall, hall.invigilator, rooms["302 考场"])
    third, fourth = another(hall), another(hall)
    name(hall, third, rooms["303 考场"])
    name(hall, fourth, rooms["303 考场"])
    found = check(hall)
    assert not found.right
    assert "没有监考员：301 考场" in found.said
    name(hall, fourth, "")  # somebody for all rooms can stand there
    assert check(hall).right


def test_lists_by_room(hall: Hall, rooms: dict[str, str]) -> None:
    name(hall, hall.invigilator, rooms["302 考场"])
    anywhere = another(hall)
    name(hall, anywhere, "")
    mine, theirs = (db.session.get_one(User, one).name for one in (hall.invigilator, anywhere))
    db.session.rollback()
    (page,) = text_of(kinds.printed(hall.sitting, "staff-sign-in", clock.now()))
    lines = page.splitlines()
    assert any(mine in line and "302 考场" in line for line in lines), page
    assert any(theirs in line and "所有考场" in line for line in lines), page
    first, second, _third = text_of(kinds.printed(hall.sitting, "room-record", clock.now()))
    assert mine not in first
    assert mine in second
    assert theirs in first


@pytest.mark.parametrize("role", [Role.INVIGILATOR, Role.EXAM_MANAGER, Role.ADMINISTRATOR])
def test_only_this_sittings_invigilators_make_void(hall: Hall, role: Role) -> None:
    hall.started(1)
    stranger = factories.user(role)
    with pytest.raises(voiding.VoidRefused, match="只有这一场的监考员"):
        voiding.void(hall.attempt(), "替考", actor=stranger, now=clock.now())
    assert hall.attempt().state == "open"


def test_a_role_taken_away_ends_it(hall: Hall) -> None:
    hall.started(1)
    person = db.session.get_one(User, hall.invigilator)
    assert invigilators.invigilates(person, hall.sitting)
    for grant in db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == person.id)):
        grant.revoked_at = clock.now() - timedelta(minutes=1)
    db.session.commit()
    with pytest.raises(voiding.VoidRefused):
        voiding.void(hall.attempt(), "替考", actor=person, now=clock.now())
