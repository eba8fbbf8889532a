"""Attendance and practical signatures by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.models.people import Role, ScopeKind, User
from app.models.training import Attendance, Enrolment, PracticalSignOff, TrainingClass
from tests import factories
from tests.app.training import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


@pytest.fixture
def found(client: PageClient) -> TrainingClass:
    """A class whose instructor is signed in."""
    made = rows.training_class()
    client.sign_in(_teacher(made))
    return made


def _teacher(found: TrainingClass) -> User:
    return factories.user(Role.INSTRUCTOR, scope=(ScopeKind.TRAINING_CLASS, found.id))


def _minutes(enrolment: Enrolment) -> list[tuple[int, bool, str]]:
    own = select(Attendance).where(Attendance.enrolment_id == enrolment.id)
    ordered = db.session.scalars(own.order_by(Attendance.recorded_at))
    return [(row.minutes, row.current, row.reason) for row in ordered]


def test_attendance(client: PageClient, found: TrainingClass) -> None:
    """The form proposes the whole half day; what is sent is recorded for all."""
    meeting = rows.meeting(found)
    first, second = rows.enrol(found), rows.enrol(found)
    address = f"/classes/{found.id}/meetings/{meeting.id}"
    assert client.page(address).count('value="180"') == 2
    data = {f"minutes-{first.id}": "180", f"minutes-{second.id}": "90"}
    assert client.send(address, data).status_code == 302
    assert _minutes(first) == [(180, True, "")]
    assert _minutes(second) == [(90, True, "")]
    assert client.send(address, data).status_code == 302  # a second click
    assert len(_minutes(second)) == 1


def test_correction(client: PageClient, found: TrainingClass) -> None:
    """A correction needs a reason and keeps the old row."""
    meeting, person = rows.meeting(found), rows.enrol(found)
    address, name = f"/classes/{found.id}/meetings/{meeting.id}", f"minutes-{person.id}"
    client.send(address, {name: "180"})
    refused = client.send(address, {name: "90"})
    assert refused.status_code == 409
    html = refused.get_data(as_text=True)
    assert "请写明更正的原因" in html
    assert 'value="90"' in html
    assert client.send(address, {name: "90", "reason": "早退"}).status_code == 302
    assert _minutes(person) == [(180, False, ""), (90, True, "早退")]
    assert "更正：早退" in client.page(address)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("181", "最多 180 分钟"), ("-1", "要填整数"), ("много", "要填整数"), ("9" * 9, "要填整数")],
)
def test_wrong_minutes(client: PageClient, found: TrainingClass, typed: str, sentence: str) -> None:
    """Minutes beyond the half day, and what is no number, record nothing for anybody."""
    meeting, good, bad = rows.meeting(found), rows.enrol(found), rows.enrol(found)
    data = {f"minutes-{good.id}": "180", f"minutes-{bad.id}": typed}
    response = client.send(f"/classes/{found.id}/meetings/{meeting.id}", data)
    assert response.status_code == 409
    html = response.get_data(as_text=True)
    assert sentence in html
    assert bad.user.name in html
    assert not db.session.scalars(select(Attendance)).all()


def test_before_it_begins(client: PageClient, found: TrainingClass) -> None:
    """Nobody was there yet."""
    meeting = rows.meeting(found, clock.now() + timedelta(hours=1))
    person = rows.enrol(found)
    address = f"/classes/{found.id}/meetings/{meeting.id}"
    assert "还没有开始" in client.page(address)
    assert client.send(address, {f"minutes-{person.id}": "180"}).status_code == 409


def test_own_attendance(client: PageClient) -> None:
    """A manager who learns in the class does not record themselves."""
    found = rows.training_class()
    manager = factories.user(Role.TRAINING_MANAGER)
    meeting, person = rows.meeting(found), rows.enrol(found, manager)
    client.sign_in(manager)
    data = {f"minutes-{person.id}": "180"}
    assert client.send(f"/classes/{found.id}/meetings/{meeting.id}", data).status_code == 409


def test_meeting_of_another_class(client: PageClient, found: TrainingClass) -> None:
    """An id of another class's half day is not found."""
    meeting = rows.meeting(rows.training_class())
    assert client.get(f"/classes/{found.id}/meetings/{meeting.id}").status_code == 404


def _sign(client: PageClient, found: TrainingClass, *boxes: str) -> None:
    response = client.send(f"/classes/{found.id}/practice", {"sign": list(boxes)})
    assert response.status_code == 302


def test_sign_offs(client: PageClient, found: TrainingClass) -> None:
    """Many boxes at once; twice signs once."""
    first, second = rows.enrol(found), rows.enrol(found)
    html = client.page(f"/classes/{found.id}/practice")
    assert html.count('name="sign"') == 4
    boxes = (f"{first.id}:2.3", f"{first.id}:4.5", f"{second.id}:2.3")
    _sign(client, found, *boxes)
    _sign(client, found, *boxes)
    assert len(db.session.scalars(select(PracticalSignOff)).all()) == 3
    assert client.page(f"/classes/{found.id}/practice").count('name="sign"') == 1


@pytest.mark.parametrize("code", ["4.1", "9.9"])
def test_only_practical_lessons(client: PageClient, found: TrainingClass, code: str) -> None:
    """A lesson to read, or none at all, cannot be signed; nor anything sent with it."""
    person = rows.enrol(found)
    _sign(client, found, f"{person.id}:2.3", f"{person.id}:{code}")
    assert not db.session.scalars(select(PracticalSignOff)).all()
    assert "不是要签字的实操课" in client.page(f"/classes/{found.id}/practice")


def test_people_of_another_class(client: PageClient, found: TrainingClass) -> None:
    """A forged box for somebody elsewhere signs nothing."""
    rows.enrol(found)
    person = rows.enrol(rows.training_class())
    _sign(client, found, f"{person.id}:2.3")
    assert not db.session.scalars(select(PracticalSignOff)).all()


def test_withdraw(client: PageClient, found: TrainingClass) -> None:
    """A signature is taken back with a reason, stays on record, and can be given anew."""
    person = rows.enrol(found)
    _sign(client, found, f"{person.id}:2.3")
    row = db.session.scalars(select(PracticalSignOff)).one()
    address = f"/classes/{found.id}/practice/{row.id}/withdraw"
    client.page(address)
    assert client.send(address, {"reason": ""}).status_code == 400
    assert client.send(address, {"reason": "签错了人"}).status_code == 302
    db.session.refresh(row)
    assert row.withdrawn_reason == "签错了人"
    assert client.send(address, {"reason": "再来一次"}).status_code == 409
    _sign(client, found, f"{person.id}:2.3")
    assert len(db.session.scalars(select(PracticalSignOff)).all()) == 2


def test_own_practice(client: PageClient) -> None:
    """An instructor who learns in another's class does not sign for themselves."""
    found = rows.training_class()
    both = factories.user(Role.INSTRUCTOR)
    person = rows.enrol(found, both)
    client.sign_in(both)
    _sign(client, found, f"{person.id}:2.3")
    assert not db.session.scalars(select(PracticalSignOff)).all()


def test_who_may(client: PageClient) -> None:
    """Who records, who signs, for whom the class does not exist."""
    found, other = rows.training_class(), rows.training_class()
    meeting, person = rows.meeting(found), rows.enrol(found)
    sign = PracticalSignOff(
        enrolment_id=person.id,
        lesson_code="2.3",
        signed_by_id=person.user_id,
        signed_at=clock.now(),
    )
    factories.save(sign)
    body = (ScopeKind.ORGANISATION, found.organisation_id)
    elsewhere = (ScopeKind.ORGANISATION, other.organisation_id)
    district = (ScopeKind.DISTRICT, factories.district("310104").code)
    people = [
        (_teacher(found), 200, 200),
        (factories.user(Role.TRAINING_MANAGER, scope=body), 200, 403),
        (_teacher(other), 404, 404),
        (factories.user(Role.TRAINING_MANAGER, scope=elsewhere), 404, 403),
        (factories.user(Role.DISTRICT_OFFICER, scope=district), 403, 403),
        (factories.user(Role.EXAMINER), 403, 403),
        (person.user, 403, 403),
    ]
    for who, records, signs in people:
        browser = PageClient(client.application).sign_in(who)
        at = f"/classes/{found.id}/meetings/{meeting.id}"
        assert browser.get(at).status_code == records, who.name
        for address in ("practice", f"practice/{sign.id}/withdraw"):
            at = f"/classes/{found.id}/{address}"
            assert browser.get(at).status_code == signs, who.name
