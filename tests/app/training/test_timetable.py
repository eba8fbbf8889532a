"""The timetable from the outline, its half days edited, rooms that two classes cannot share."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.clock import SHANGHAI
from app.extensions import db
from app.models.classes import TrainingRoom
from app.models.journal import OutboxMessage
from app.models.people import Role, ScopeKind, User
from app.models.training import ClassMeeting, TrainingClass
from app.training import timetable
from tests import factories
from tests.app.training import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


def _manager(found: TrainingClass) -> User:
    return factories.user(
        Role.TRAINING_MANAGER, scope=(ScopeKind.ORGANISATION, found.organisation_id)
    )


def _room(found: TrainingClass, name: str = "201 教室") -> TrainingRoom:
    row: TrainingRoom = factories.save(
        TrainingRoom(
            organisation_id=found.organisation_id, name=name, seats=140, created_at=clock.now()
        )
    )
    return row


def _form(found: TrainingClass, **values: str) -> dict[str, object]:
    day = found.ends_on.isoformat()
    base = {"title": "加课", "day": day, "begins": "09:00", "ends": "12:30", "hours": "4"}
    return {**base, "room": "", **values}


def _meetings(found: TrainingClass) -> list[ClassMeeting]:
    query = select(ClassMeeting).where(ClassMeeting.class_id == found.id)
    return list(db.session.scalars(query.order_by(ClassMeeting.starts_at)))


def test_it_works(client: PageClient) -> None:
    """One click: nine half days with breaks, the lessons dealt in course order, one room."""
    found = rows.training_class()
    room = _room(found)
    client.sign_in(_manager(found))
    assert room.name in client.page(f"/classes/{found.id}")
    client.send(f"/classes/{found.id}/timetable", {"room": room.id})
    made = _meetings(found)
    assert len(made) == 9
    first = made[0].starts_at.astimezone(SHANGHAI)
    assert (first.hour, made[0].over_at - made[0].starts_at) == (9, timedelta(minutes=210))
    assert {one.room_id for one in made} == {room.id}
    assert [code for one in made for code in one.lessons] == ["2.3", "4.1", "4.2", "4.3", "4.5"]
    assert "201 教室" in client.page(f"/classes/{found.id}")
    own = PageClient(client.application).sign_in(rows.enrol(found).user)
    html = own.page("/my-class")
    assert "201 教室" in html
    assert "12:30" in html


def test_dealt_evenly() -> None:
    """Thirty-six lessons of one class hour make nine half days of four."""
    lessons = [
        {"code": str(n), "title": "", "title_en": "", "minutes": 45, "practical": False}
        for n in range(36)
    ]
    dealt = timetable.dealt_lessons({"modules": [{"lessons": lessons}]}, 9)
    assert [len(half) for half in dealt] == [4] * 9


def test_one_room_one_class(client: PageClient) -> None:
    """Two classes in one room at one time: refused with both named, and the room in between is free."""
    found = rows.training_class()
    room = _room(found)
    other = rows.training_class(
        organisation_id=found.organisation_id, starts_on=found.starts_on, ends_on=found.ends_on
    )
    client.sign_in(_manager(found))
    client.send(f"/classes/{found.id}/timetable/add", _form(found, room=room.id))
    client.page(f"/classes/{other.id}/timetable/add")
    clash = client.send(
        f"/classes/{other.id}/timetable/add",
        _form(other, room=room.id, begins="12:00", ends="15:00", hours="3"),
    )
    html = clash.get_data(as_text=True)
    assert clash.status_code == 409
    assert found.title in html
    assert other.title in html
    assert "201 教室" in html
    after = _form(other, room=room.id, begins="12:30", ends="16:00")
    assert client.send(f"/classes/{other.id}/timetable/add", after).status_code == 302
    assert len(_meetings(other)) == 1
    address = f"/classes/{other.id}/timetable/{_meetings(other)[0].id}"
    moved = client.send(address, _form(other, room=room.id, begins="10:00", ends="14:00"))
    assert moved.status_code == 409
    assert client.send(address, _form(other, begins="10:00", ends="14:00")).status_code == 302


def test_change_tells(client: PageClient) -> None:
    """A half day, another time, its end: told to everyone, in their language; the same again is not."""
    found = rows.training_class()
    reader = rows.enrol(found).user
    reader.locale = "en"
    db.session.commit()
    client.sign_in(_manager(found))
    client.send(f"/classes/{found.id}/timetable/add", _form(found))
    added = db.session.scalars(select(OutboxMessage)).one()
    assert "09:00" in added.text
    assert added.subject == "A class time has changed"
    db.session.delete(added)
    db.session.commit()
    address = f"/classes/{found.id}/timetable/{_meetings(found)[0].id}"
    assert 'value="09:00"' in client.page(address)
    client.send(address, _form(found))
    assert not db.session.scalars(select(OutboxMessage)).all()
    client.send(address, _form(found, begins="13:30", ends="17:00", lessons="4.1"))
    message = db.session.scalars(select(OutboxMessage)).one()
    assert "13:30" in message.text
    db.session.expire_all()
    assert _meetings(found)[0].lessons == ["4.1"]
    client.send(f"{address}/remove")
    last = select(OutboxMessage).where(OutboxMessage.id != message.id)
    assert "13:30" in db.session.scalars(last).one().text


def test_recorded_stays(client: PageClient) -> None:
    """Once attendance is recorded neither time nor hours change, and it cannot be removed."""
    found = rows.training_class()
    meeting, enrolment = rows.meeting(found), rows.enrol(found)
    client.sign_in(_manager(found))
    client.send(f"/classes/{found.id}/meetings/{meeting.id}", {f"minutes-{enrolment.id}": "180"})
    address = f"/classes/{found.id}/timetable/{meeting.id}"
    refused = client.send(address, _form(found))
    assert refused.status_code == 409
    assert "更正出勤" in refused.get_data(as_text=True)
    client.send(f"{address}/remove")
    assert "不能删除" in client.page(f"/classes/{found.id}")
    assert len(_meetings(found)) == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"begins": "12:30", "ends": "09:00"}, "结束时间要晚于开始时间"),
        ({"begins": "09:00", "ends": "10:00"}, "放不下 180 分钟"),
        ({"day": "2020-01-01"}, "起止日期"),
    ],
)
def test_impossible(client: PageClient, values: dict[str, str], sentence: str) -> None:
    """A half day that cannot be is refused in a sentence."""
    found = rows.training_class()
    client.sign_in(_manager(found))
    refused = client.send(f"/classes/{found.id}/timetable/add", _form(found, **values))
    assert refused.status_code == 409
    assert sentence in refused.get_data(as_text=True)


def test_own_overlap(client: PageClient) -> None:
    """A class is not in two half days at once, room or not."""
    found = rows.training_class()
    client.sign_in(_manager(found))
    client.send(f"/classes/{found.id}/timetable/add", _form(found))
    again = client.send(f"/classes/{found.id}/timetable/add", _form(found, title="又一节"))
    assert "时间重叠" in again.get_data(as_text=True)


def test_rooms(client: PageClient) -> None:
    """A room is registered once, not taken off while classes lie in it, and comes back."""
    found = rows.training_class()
    client.sign_in(_manager(found))
    client.page("/classes/rooms")
    data = {"organisation": found.organisation_id, "name": "301 教室", "seats": "60"}
    assert client.send("/classes/rooms", data).status_code == 302
    assert client.send("/classes/rooms", data).status_code == 409
    room = db.session.scalars(select(TrainingRoom)).one()
    client.send(f"/classes/{found.id}/timetable/add", _form(found, room=room.id))
    client.send(f"/classes/rooms/{room.id}/take-off")
    assert "还排着课" in client.page("/classes/rooms")
    client.send(f"/classes/{found.id}/timetable/{_meetings(found)[0].id}/remove")
    client.send(f"/classes/rooms/{room.id}/take-off")
    assert "301 教室</" not in client.page("/classes/rooms")
    assert client.send("/classes/rooms", data).status_code == 302
    outside = PageClient(client.application).sign_in(_manager(rows.training_class()))
    assert outside.send(f"/classes/rooms/{room.id}/take-off").status_code == 404


def test_who_may(client: PageClient) -> None:
    """Only who manages the class; an instructor sees no such page."""
    found = rows.training_class()
    meeting = rows.meeting(found)
    teacher = PageClient(client.application).sign_in(factories.user(Role.INSTRUCTOR))
    outside = PageClient(client.application).sign_in(_manager(rows.training_class()))
    for address in ("timetable/add", f"timetable/{meeting.id}"):
        assert teacher.get(f"/classes/{found.id}/{address}").status_code == 403
        assert outside.get(f"/classes/{found.id}/{address}").status_code == 404
