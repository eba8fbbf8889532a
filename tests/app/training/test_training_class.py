"""The class list, the class page, opening a class, its timetable and its instructors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from app.extensions import db
from app.models.people import Role, ScopeKind, User
from app.models.training import ClassInstructor, ClassMeeting, TrainingClass
from app.training import timetable
from tests import factories
from tests.app.training import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


@contextmanager
def _queries() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def _manager(found: TrainingClass) -> User:
    return factories.user(
        Role.TRAINING_MANAGER, scope=(ScopeKind.ORGANISATION, found.organisation_id)
    )


def test_it_works(client: PageClient) -> None:
    """The roster shows each person's figures and what is missing."""
    found = rows.training_class()
    person = rows.enrol(found).user
    html = client.sign_in(_manager(found)).page(f"/classes/{found.id}")
    assert person.name in html
    assert "还差 5 项" in html
    assert "0 / 2" in html
    assert found.join_code in html
    assert found.title in client.page("/classes")


@pytest.mark.parametrize("path", ["/classes/{id}", "/classes"])
def test_constant_queries(client: PageClient, path: str) -> None:
    """Twenty people, or classes, cost as many queries as one."""
    found = rows.training_class()
    client.sign_in(factories.user(Role.TRAINING_MANAGER))
    rows.enrol(found)
    address = path.format(id=found.id)
    client.page(address)
    db.session.remove()
    with _queries() as one:
        client.page(address)
    found = (
        db.session.get_one(TrainingClass, address.rpartition("/")[2])
        if "{" in path
        else (db.session.scalars(select(TrainingClass)).one())
    )
    for _person in range(19):
        rows.enrol(found)
        if path == "/classes":
            rows.training_class(edition_id=found.edition_id)
    db.session.remove()
    with _queries() as twenty:
        client.page(address)
    assert len(twenty) == len(one)


def test_who_may(client: PageClient) -> None:
    """Scope decides; outside it the class does not exist, and trainees have no such page."""
    found, other = rows.training_class(), rows.training_class()
    district = factories.district("310104").code
    of_class = factories.user(Role.INSTRUCTOR, scope=(ScopeKind.TRAINING_CLASS, found.id))
    of_record = factories.user(Role.INSTRUCTOR, scope=(ScopeKind.TRAINING_CLASS, other.id))
    rows.teach(found, of_record)
    of_other = factories.user(Role.INSTRUCTOR, scope=(ScopeKind.TRAINING_CLASS, other.id))
    formerly = factories.user(Role.INSTRUCTOR, scope=(ScopeKind.TRAINING_CLASS, other.id))
    rows.teach(found, formerly, until=rows.today() - timedelta(days=1))
    home = factories.DISTRICT
    expected = [
        (of_class, 200),
        (of_record, 200),
        (_manager(found), 200),
        (factories.user(Role.DISTRICT_OFFICER, scope=(ScopeKind.DISTRICT, home)), 200),
        (factories.user(Role.CERTIFIER), 200),
        (factories.user(Role.EXAMINER), 200),
        (of_other, 404),
        (formerly, 404),
        (_manager(other), 404),
        (factories.user(Role.DISTRICT_OFFICER, scope=(ScopeKind.DISTRICT, district)), 404),
        (factories.user(Role.TRAINEE), 403),
        (factories.user(Role.ITEM_WRITER), 403),
    ]
    for person, status in expected:
        browser = PageClient(client.application).sign_in(person)
        assert browser.get(f"/classes/{found.id}").status_code == status, person.name
        listed = browser.get("/classes").get_data(as_text=True)
        assert (found.title in listed) == (status == 200), person.name
        unknown = 403 if status == 403 else 404
        assert browser.get("/classes/abcdefghabcdefgh").status_code == unknown, person.name
    assert client.get(f"/classes/{found.id}").status_code in {302, 401}


def test_who_may_manage(client: PageClient) -> None:
    """Only the class's own manager opens, schedules and staffs; others change nothing."""
    found, other = rows.training_class(), rows.training_class()
    teacher = factories.user(Role.INSTRUCTOR, scope=(ScopeKind.TRAINING_CLASS, found.id))
    officer = factories.user(Role.DISTRICT_OFFICER, scope=(ScopeKind.DISTRICT, found.district_code))
    for person, status in ((_manager(other), 404), (teacher, 403), (officer, 403)):
        browser = PageClient(client.application).sign_in(person)
        for act in ("joining", "timetable", "instructors", "instructors/abcdefghabcdefgh/end"):
            assert browser.send(f"/classes/{found.id}/{act}").status_code == status
    assert not db.session.scalars(select(ClassMeeting)).all()


def _form(found: TrainingClass, **values: str) -> dict[str, str]:
    return {
        "title": "虹桥示例一班",
        "organisation": found.organisation_id,
        "district": found.district_code,
        "edition": found.edition_id,
        "starts_on": "2026-11-23",
        "ends_on": "2026-11-27",
        "capacity": "20",
        **values,
    }


def test_new_class(client: PageClient) -> None:
    """A manager opens a class of their own body; one click makes 36 class hours."""
    found = rows.training_class()
    client.sign_in(_manager(found))
    client.page("/classes/new")
    response = client.send("/classes/new", _form(found))
    assert response.status_code == 302
    again = client.send("/classes/new", _form(found))
    assert "没有再开一个" in again.get_data(as_text=True)
    made = db.session.scalars(
        select(TrainingClass).where(TrainingClass.title == "虹桥示例一班")
    ).one()
    assert len(made.join_code) == 8
    assert client.send(f"/classes/{made.id}/timetable").status_code == 302
    client.page(f"/classes/{made.id}")
    meetings = db.session.scalars(
        select(ClassMeeting).where(ClassMeeting.class_id == made.id)
    ).all()
    assert len(meetings) == 9
    assert sum(meeting.minutes for meeting in meetings) == 36 * 45
    client.send(f"/classes/{made.id}/timetable")
    assert "没有再排一次" in client.page(f"/classes/{made.id}")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"ends_on": "2026-11-20"}, "结束日期早于开始日期"),
        ({"starts_on": "2019-01-01", "ends_on": "2019-02-01"}, "没有生效的认证方案"),
        ({"capacity": "0"}, "1 到 500"),
        ({"title": ""}, "起个名字"),
        ({"starts_on": "soon"}, "Not a valid date value."),
    ],
)
def test_new_class_refused(client: PageClient, values: dict[str, str], sentence: str) -> None:
    """What does not hold together is told, and no class is opened."""
    found = rows.training_class()
    client.sign_in(_manager(found))
    response = client.send("/classes/new", _form(found, **values))
    assert response.status_code == 400
    if not sentence.startswith("Not"):
        assert sentence in response.get_data(as_text=True)
    assert len(db.session.scalars(select(TrainingClass)).all()) == 1


def test_new_class_of_another_body(client: PageClient) -> None:
    """A body outside one's reach cannot be chosen."""
    found, other = rows.training_class(), rows.training_class()
    client.sign_in(_manager(other))
    assert client.send("/classes/new", _form(found)).status_code == 400


def test_joining_switch(client: PageClient) -> None:
    """The manager closes the class and opens it again; a second click is not the other switch."""
    found = rows.training_class()
    client.sign_in(_manager(found))
    for state in (False, False, True, True):
        client.send(f"/classes/{found.id}/joining", {"open": "1" if state else "0"})
        db.session.expire_all()
        assert db.session.get_one(TrainingClass, found.id).open is state
    assert client.send(f"/classes/{found.id}/joining").status_code == 400
    assert client.send(f"/classes/{found.id}/joining", {"open": "x"}).status_code == 400


def test_instructors(client: PageClient) -> None:
    """An instructor of the body is named, taken off, and stays on record."""
    found = rows.training_class()
    body = found.organisation
    teacher = factories.user(Role.INSTRUCTOR, scope=(ScopeKind.ORGANISATION, body.id))
    stranger = factories.user(Role.INSTRUCTOR, scope=(ScopeKind.ORGANISATION, "elsewhere"))
    client.sign_in(_manager(found))
    html = client.page(f"/classes/{found.id}")
    assert teacher.name in html
    assert stranger.name not in html
    client.send(f"/classes/{found.id}/instructors", {"person": stranger.id})
    assert not db.session.scalars(select(ClassInstructor)).all()
    client.send(f"/classes/{found.id}/instructors", {"person": teacher.id})
    client.send(f"/classes/{found.id}/instructors", {"person": teacher.id})
    row = db.session.scalars(select(ClassInstructor)).one()
    client.send(f"/classes/{found.id}/instructors/{row.id}/end")
    db.session.refresh(row)
    assert row.until == rows.today()


def test_trainee_is_no_instructor(client: PageClient) -> None:
    """Somebody who learns in the class cannot be named, whatever their role."""
    found = rows.training_class()
    both = factories.user(Role.INSTRUCTOR)
    rows.enrol(found, both)
    client.sign_in(_manager(found))
    client.send(f"/classes/{found.id}/instructors", {"person": both.id})
    assert "是这个班的学员" in client.page(f"/classes/{found.id}")
    assert not db.session.scalars(select(ClassInstructor)).all()


def test_short_class_has_no_timetable(client: PageClient) -> None:
    """Three days cannot hold nine half days."""
    found = rows.training_class(ends_on=rows.today() + timedelta(days=1))
    client.sign_in(_manager(found))
    client.send(f"/classes/{found.id}/timetable")
    assert "只有 3 天" in client.page(f"/classes/{found.id}")


def test_timetable_days() -> None:
    """Working days where there are five, else every day."""
    monday = date(2026, 11, 23)
    assert timetable.timetable_days(monday, date(2026, 12, 4))[-1] == date(2026, 11, 27)
    saturday = date(2026, 11, 21)
    assert timetable.timetable_days(saturday, date(2026, 12, 4))[0] == monday
    assert timetable.timetable_days(saturday, date(2026, 11, 25))[0] == saturday
    assert len(timetable.timetable_days(monday, date(2026, 11, 25))) == 3
