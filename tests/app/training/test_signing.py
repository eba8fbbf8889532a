"""Signing in and out by the changing code: in time, in the window, one device one person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app import clock
from app.clock import SHANGHAI
from app.extensions import db
from app.models.classes import HeadCount, MeetingSign, SignDoubt
from app.models.journal import AuditLine
from app.models.people import Role, ScopeKind, User
from app.models.training import Attendance, ClassMeeting, TrainingClass
from app.training import codes
from tests import factories
from tests.app.training import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
HALF_TWELVE = NINE + timedelta(minutes=210)


@pytest.fixture
def now() -> Iterator[time_machine.Coordinates]:
    """A quarter to nine; tests move on from there."""
    with time_machine.travel(NINE - timedelta(minutes=15), tick=False) as moment:
        yield moment


@pytest.fixture
def half_day(client: PageClient, now: time_machine.Coordinates) -> ClassMeeting:
    """The first morning of a class, with a break."""
    found = rows.training_class()
    row: ClassMeeting = factories.save(
        ClassMeeting(
            class_id=found.id,
            title="第1天上午",
            starts_at=NINE,
            ends_at=HALF_TWELVE,
            minutes=180,
        )
    )
    return row


def _class(half_day: ClassMeeting) -> TrainingClass:
    return db.session.get_one(TrainingClass, half_day.class_id)


def _trainee(half_day: ClassMeeting) -> User:
    return rows.enrol(_class(half_day)).user


def _code(half_day: ClassMeeting, way: str = "in") -> str:
    return f"/s/{half_day.id}/{codes.code(half_day.id, way, clock.now(), 5)}"


def _ticket(html: str) -> str:
    return html.partition('name="ticket" value="')[2].partition('"')[0]


def _sign(browser: PageClient, half_day: ClassMeeting, way: str = "in") -> tuple[int, str]:
    html = browser.page(_code(half_day, way))
    answer = browser.send(f"/s/{half_day.id}", {"ticket": _ticket(html)})
    return answer.status_code, answer.get_data(as_text=True)


def _phone(client: PageClient, person: User) -> PageClient:
    return PageClient(client.application).sign_in(person)


def _signs() -> list[MeetingSign]:
    return list(db.session.scalars(select(MeetingSign).order_by(MeetingSign.at)))


def test_it_works(
    client: PageClient, half_day: ClassMeeting, now: time_machine.Coordinates
) -> None:
    """In before nine, out after half past twelve: the whole half day counts, by the code."""
    person = _trainee(half_day)
    phone = _phone(client, person)
    status, html = _sign(phone, half_day)
    assert (status, "签到好了" in html) == (200, True)
    assert [row.kind for row in _signs()] == ["in"]
    now.move_to(HALF_TWELVE + timedelta(minutes=2))
    status, html = _sign(phone, half_day, "out")
    assert (status, "签退好了" in html) == (200, True)
    row = db.session.scalars(select(Attendance)).one()
    assert (row.minutes, row.source) == (180, "code")
    assert {"presence.signed_in", "presence.signed_out"} <= set(
        db.session.scalars(select(AuditLine.action))
    )
    assert "180 / 180" in phone.page("/my-class")
    teacher = _phone(client, factories.user(Role.TRAINING_MANAGER))
    assert "08:45" in teacher.page(f"/classes/{half_day.class_id}/presence/{half_day.id}")


def test_late_costs_minutes(
    client: PageClient, half_day: ClassMeeting, now: time_machine.Coordinates
) -> None:
    """Half an hour late takes off that share; who signed only in has no minutes yet."""
    phone = _phone(client, _trainee(half_day))
    now.move_to(NINE + timedelta(minutes=35))
    _sign(phone, half_day)
    assert not db.session.scalars(select(Attendance)).all()
    now.move_to(HALF_TWELVE)
    _sign(phone, half_day, "out")
    assert db.session.scalars(select(Attendance)).one().minutes == 150


def test_photographed_code(
    client: PageClient, half_day: ClassMeeting, now: time_machine.Coordinates
) -> None:
    """A code sent to a friend is worthless once two steps have passed."""
    friend = _phone(client, _trainee(half_day))
    address = _code(half_day)
    now.shift(4)
    assert friend.get(address).status_code == 200
    now.shift(7)
    html = friend.page(address, status=410)
    assert "当场再扫一次" in html
    assert not _signs()


def test_ticket_is_personal(
    client: PageClient, half_day: ClassMeeting, now: time_machine.Coordinates
) -> None:
    """The ticket works for one person on one device within a minute."""
    first, second = _trainee(half_day), _trainee(half_day)
    phone, other = _phone(client, first), _phone(client, second)
    ticket = _ticket(phone.page(_code(half_day)))
    other.page(_code(half_day))
    assert other.send(f"/s/{half_day.id}", {"ticket": ticket}).status_code == 410
    elsewhere = _phone(client, first)
    assert elsewhere.send(f"/s/{half_day.id}", {"ticket": ticket}).status_code == 409
    assert phone.send(f"/s/{half_day.id}", {"ticket": ticket + "x"}).status_code == 410
    now.shift(61)
    assert phone.send(f"/s/{half_day.id}", {"ticket": ticket}).status_code == 410
    assert not _signs()


def test_looking_signs_nobody(client: PageClient, half_day: ClassMeeting) -> None:
    """Fetching the page, as link previews do, changes nothing."""
    phone = _phone(client, _trainee(half_day))
    phone.page(_code(half_day))
    phone.page(_code(half_day))
    assert not _signs()


def test_window(client: PageClient, half_day: ClassMeeting, now: time_machine.Coordinates) -> None:
    """Too early and too late are told with the times; a ticket does not reach past the end."""
    person = _trainee(half_day)
    now.move_to(NINE - timedelta(minutes=31))
    phone = _phone(client, person)  # a sign-in from the future is none
    assert "08:30" in phone.page(_code(half_day), status=409)
    assert "才开始签" in phone.page(_code(half_day, "out"), status=409)
    now.move_to(HALF_TWELVE + timedelta(minutes=31))
    assert "停止签" in phone.page(_code(half_day, "out"), status=409)
    now.move_to(HALF_TWELVE - timedelta(seconds=2))
    ticket = _ticket(phone.page(_code(half_day)))
    now.shift(5)
    assert phone.send(f"/s/{half_day.id}", {"ticket": ticket}).status_code == 409
    assert not _signs()


def test_twice(client: PageClient, half_day: ClassMeeting, now: time_machine.Coordinates) -> None:
    """Scanning again, or pressing twice, keeps the first moment."""
    phone = _phone(client, _trainee(half_day))
    html = phone.page(_code(half_day))
    for _press in range(2):
        phone.send(f"/s/{half_day.id}", {"ticket": _ticket(html)})
    now.shift(60)
    assert "没有重复记" in phone.page(_code(half_day))
    assert len(_signs()) == 1


def test_one_device_one_person(
    client: PageClient, half_day: ClassMeeting, now: time_machine.Coordinates
) -> None:
    """A second person on the same phone is refused and noted; the instructor lets in with a reason."""
    first, second = _trainee(half_day), _trainee(half_day)
    phone = _phone(client, first)
    _sign(phone, half_day)
    phone.sign_in(second)
    status, html = _sign(phone, half_day)
    assert (status, "一部手机只签一个人" in html) == (409, True)
    _sign(phone, half_day)
    doubt = db.session.scalars(select(SignDoubt)).one()
    now.shift(600)
    teacher = _phone(client, factories.user(Role.INSTRUCTOR))
    hub = f"/classes/{half_day.class_id}/presence/{half_day.id}"
    html = teacher.page(hub)
    assert first.name in html
    assert "一部手机签了两个人" in html
    teacher.send(f"{hub}/doubts/{doubt.id}", {"admit": "1", "reason": ""})
    assert len(_signs()) == 1
    teacher.send(f"{hub}/doubts/{doubt.id}", {"admit": "1", "reason": "手机没电，看过证件"})
    admitted = next(row for row in _signs() if row.admitted_by_id)
    assert (admitted.at, admitted.device_hash) == (doubt.seen_at, None)
    teacher.send(f"{hub}/doubts/{doubt.id}", {"admit": "0"})
    assert "手机没电" in teacher.page(hub)
    assert len(_signs()) == 2


def test_not_admitted(client: PageClient, half_day: ClassMeeting) -> None:
    """The instructor may keep the refusal; then nobody is signed."""
    phone = _phone(client, _trainee(half_day))
    _sign(phone, half_day)
    phone.sign_in(_trainee(half_day))
    _sign(phone, half_day)
    doubt = db.session.scalars(select(SignDoubt)).one()
    teacher = _phone(client, factories.user(Role.INSTRUCTOR))
    hub = f"/classes/{half_day.class_id}/presence/{half_day.id}"
    teacher.send(f"{hub}/doubts/{doubt.id}", {"admit": "0"})
    assert "没有放行" in teacher.page(hub)
    assert len(_signs()) == 1


def test_out_without_in(
    client: PageClient, half_day: ClassMeeting, now: time_machine.Coordinates
) -> None:
    """Who never signed in cannot sign out; who is not in the class cannot sign at all."""
    phone = _phone(client, _trainee(half_day))
    stranger = _phone(client, factories.user(Role.TRAINEE))
    assert "你不在这个班里" in stranger.page(_code(half_day), status=409)
    now.move_to(HALF_TWELVE)
    status, html = _sign(phone, half_day, "out")
    assert (status, "没有签到，不能签退" in html) == (409, True)


def test_recorded_by_hand_stands(
    client: PageClient, half_day: ClassMeeting, now: time_machine.Coordinates
) -> None:
    """Signing out does not overwrite what the instructor recorded meanwhile."""
    enrolment = rows.enrol(_class(half_day))
    phone = _phone(client, enrolment.user)
    _sign(phone, half_day)
    now.move_to(HALF_TWELVE)
    teacher = _phone(client, factories.user(Role.INSTRUCTOR))
    address = f"/classes/{half_day.class_id}/meetings/{half_day.id}"
    teacher.send(address, {f"minutes-{enrolment.id}": "90"})
    _sign(phone, half_day, "out")
    assert db.session.scalars(select(Attendance)).one().minutes == 90


def test_half_signed_is_asked_for(
    client: PageClient, half_day: ClassMeeting, now: time_machine.Coordinates
) -> None:
    """Who signed in but not out is proposed no minutes by hand either; who never signed, none."""
    enrolment, absent = rows.enrol(_class(half_day)), rows.enrol(_class(half_day))
    _sign(_phone(client, enrolment.user), half_day)
    now.move_to(HALF_TWELVE)
    teacher = _phone(client, factories.user(Role.INSTRUCTOR))
    address = f"/classes/{half_day.class_id}/meetings/{half_day.id}"
    html = teacher.page(address)
    assert re.search(rf'name="minutes-{enrolment.id}"[^>]*value=""', html)
    assert re.search(rf'name="minutes-{absent.id}"[^>]*value="0"', html)
    sent = {f"minutes-{enrolment.id}": "", f"minutes-{absent.id}": "0"}
    assert teacher.send(address, sent).status_code == 302
    recorded = db.session.scalars(select(Attendance.enrolment_id)).all()
    assert recorded == [absent.id]


def test_heads(client: PageClient, half_day: ClassMeeting, now: time_machine.Coordinates) -> None:
    """The count beside the signatures says what is missing; a second count replaces the first."""
    _sign(_phone(client, _trainee(half_day)), half_day)
    teacher = _phone(client, factories.user(Role.INSTRUCTOR))
    hub = f"/classes/{half_day.class_id}/presence/{half_day.id}"
    teacher.send(f"{hub}/heads", {"kind": "in", "people": "3"})
    assert "有 2 人到了没签" in teacher.page(hub)
    now.shift(1)
    teacher.send(f"{hub}/heads", {"kind": "in", "people": "0"})
    assert "多 1 人" in teacher.page(hub)
    now.shift(1)
    teacher.send(f"{hub}/heads", {"kind": "in", "people": "1"})
    assert "对得上" in teacher.page(hub)
    teacher.send(f"{hub}/heads", {"kind": "in", "people": "many"})
    assert "整数" in teacher.page(hub)
    assert len(db.session.scalars(select(HeadCount)).all()) == 3
    assert teacher.send(f"{hub}/heads", {"kind": "up", "people": "1"}).status_code == 400


def test_screen(client: PageClient, half_day: ClassMeeting, now: time_machine.Coordinates) -> None:
    """The screen has a code in the window only; its script gets another one after each step."""
    teacher = _phone(client, factories.user(Role.INSTRUCTOR))
    screen = f"/classes/{half_day.class_id}/presence/{half_day.id}/screen/in"
    assert "data:image/png" in teacher.page(screen)
    first = teacher.get(f"{screen}/code").get_json()
    assert 0 < first["next"] <= 5000
    now.shift(5)
    second = teacher.get(f"{screen}/code").get_json()
    assert first["image"] != second["image"]
    now.move_to(HALF_TWELVE + timedelta(hours=2))
    assert teacher.get(f"{screen}/code").get_json()["image"] == ""
    assert "data:image/png" not in teacher.page(screen)


def test_sheet(client: PageClient, half_day: ClassMeeting) -> None:
    """The sheet on paper is a PDF."""
    _trainee(half_day)
    teacher = _phone(client, factories.user(Role.INSTRUCTOR))
    answer = teacher.get(f"/classes/{half_day.class_id}/presence/{half_day.id}/sheet.pdf")
    assert answer.data.startswith(b"%PDF")


def test_who_may(client: PageClient, half_day: ClassMeeting) -> None:
    """Trainees see no such pages, another class's instructor finds nothing, strangers sign in first."""
    hub = f"/classes/{half_day.class_id}/presence/{half_day.id}"
    pages = ("", "/screen/in", "/screen/out/code", "/roll", "/sheet.pdf")
    other = rows.training_class()
    trainee = _phone(client, _trainee(half_day))
    outside = _phone(client, factories.user())
    away = _phone(
        client, factories.user(Role.INSTRUCTOR, scope=(ScopeKind.TRAINING_CLASS, other.id))
    )
    for page in pages:
        assert trainee.get(hub + page).status_code == 403
        assert outside.get(hub + page).status_code == 403
        assert away.get(hub + page).status_code == 404
    answer = client.get(_code(half_day))
    assert answer.location.startswith("/sign-in")
