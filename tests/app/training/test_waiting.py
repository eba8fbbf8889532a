"""A full class: waiting in order, moving up by itself, leaving and being taken out."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.classes import WaitingPlace
from app.models.journal import AuditLine, OutboxMessage
from app.models.people import Role, ScopeKind, User
from app.models.training import Enrolment, TrainingClass
from tests import factories
from tests.app.training import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


def _join(client: PageClient, found: TrainingClass, person: User) -> PageClient:
    browser = PageClient(client.application).sign_in(person)
    data = {"code": found.join_code, "category": "volunteer", "consent": "y"}
    assert browser.send("/join", data).status_code == 302
    return browser


def _state(found: TrainingClass, person: User) -> str | None:
    query = select(Enrolment.state).where(
        Enrolment.class_id == found.id, Enrolment.user_id == person.id
    )
    return db.session.scalar(query)


def _manager(found: TrainingClass) -> User:
    return factories.user(
        Role.TRAINING_MANAGER, scope=(ScopeKind.ORGANISATION, found.organisation_id)
    )


def test_it_works(client: PageClient) -> None:
    """Two wait in order; when the first place is free the earlier one is in, and is told."""
    found = rows.training_class(capacity=1)
    inside, second, third = (factories.user(Role.TRAINEE) for _n in range(3))
    leaver = _join(client, found, inside)
    waits = _join(client, found, second)
    assert "第 1 位" in waits.page("/my-class")
    last = _join(client, found, third)
    assert "第 2 位" in last.page("/my-class")
    assert "候补" in client.sign_in(_manager(found)).page(f"/classes/{found.id}")
    row = db.session.scalars(select(Enrolment)).one()
    leaver.page(f"/my-class/{row.id}/leave")
    assert leaver.send(f"/my-class/{row.id}/leave", {"acknowledged": "yes"}).status_code == 302
    assert _state(found, inside) == "left"
    assert _state(found, second) == "enrolled"
    assert _state(found, third) is None
    message = db.session.scalars(select(OutboxMessage)).one()
    assert (message.user_id, message.kind) == (second.id, "class.moved_up")
    assert "第 1 位" in last.page("/my-class")
    assert {"class.waiting", "class.left", "class.moved_up"} <= set(
        db.session.scalars(select(AuditLine.action))
    )


def test_twice_waits_once(client: PageClient) -> None:
    """A second click keeps the place in the order."""
    found = rows.training_class(capacity=1)
    rows.enrol(found)
    person = factories.user(Role.TRAINEE)
    _join(client, found, person)
    _join(client, found, person)
    assert len(db.session.scalars(select(WaitingPlace)).all()) == 1


def test_no_passing(client: PageClient) -> None:
    """A place promised to somebody who waits is not taken by who comes later."""
    found = rows.training_class(capacity=2)
    rows.enrol(found)
    patient, late = factories.user(Role.TRAINEE), factories.user(Role.TRAINEE)
    rows.enrol(found)
    _join(client, found, patient)
    db.session.get_one(TrainingClass, found.id).capacity = 3  # freed behind the program's back
    db.session.commit()
    _join(client, found, late)
    assert _state(found, late) is None


def test_more_places(client: PageClient) -> None:
    """More capacity lets people up; fewer places than people is refused."""
    found = rows.training_class(capacity=1)
    rows.enrol(found)
    person = factories.user(Role.TRAINEE)
    _join(client, found, person)
    client.sign_in(_manager(found))
    client.page(f"/classes/{found.id}/edit")
    data = {
        "title": found.title,
        "starts_on": found.starts_on.isoformat(),
        "ends_on": found.ends_on.isoformat(),
        "plan": "带身份证\r\n午饭自理",
        "capacity": "2",
    }
    assert client.send(f"/classes/{found.id}/edit", data).status_code == 302
    assert _state(found, person) == "enrolled"
    assert "带身份证\n午饭自理" in PageClient(client.application).sign_in(person).page("/my-class")
    refused = client.send(f"/classes/{found.id}/edit", {**data, "capacity": "1"})
    assert refused.status_code == 409
    assert "已经有 2 人在班" in refused.get_data(as_text=True)


def test_stop_waiting(client: PageClient) -> None:
    """Who gives up the place is passed over, and nobody else can give it up for them."""
    found = rows.training_class(capacity=1)
    rows.enrol(found)
    person, other = factories.user(Role.TRAINEE), factories.user(Role.TRAINEE)
    browser = _join(client, found, person)
    row = db.session.scalars(select(WaitingPlace)).one()
    client.sign_in(other)
    assert client.send(f"/my-class/waiting/{row.id}/stop").status_code == 404
    assert browser.send(f"/my-class/waiting/{row.id}/stop").status_code == 302
    db.session.refresh(row)
    assert row.state == "left"
    _join(client, found, person)
    assert len(db.session.scalars(select(WaitingPlace)).all()) == 2


def test_leaving_after_the_first_day(client: PageClient) -> None:
    """With attendance on record only the body takes somebody out, with a reason they are told."""
    found = rows.training_class()
    enrolment = rows.enrol(found)
    meeting = rows.meeting(found)
    manager = _manager(found)
    client.sign_in(manager)
    client.send(f"/classes/{found.id}/meetings/{meeting.id}", {f"minutes-{enrolment.id}": "180"})
    own = PageClient(client.application).sign_in(enrolment.user)
    own.send(f"/my-class/{enrolment.id}/leave", {"acknowledged": "yes"})
    assert "找班主任" in own.page("/my-class")
    address = f"/classes/{found.id}/people/{enrolment.id}/taking-out"
    client.page(address)
    assert client.send(address, {"reason": ""}).status_code == 400
    assert client.send(address, {"reason": "连续缺课"}).status_code == 302
    assert _state(found, enrolment.user) == "left"
    message = db.session.scalars(select(OutboxMessage)).one()
    assert "连续缺课" in message.text


def test_who_may(client: PageClient) -> None:
    """Another's enrolment, or another body's class, does not exist."""
    found, other = rows.training_class(), rows.training_class()
    enrolment = rows.enrol(found)
    stranger = PageClient(client.application).sign_in(factories.user(Role.TRAINEE))
    assert stranger.get(f"/my-class/{enrolment.id}/leave").status_code == 404
    outside = PageClient(client.application).sign_in(_manager(other))
    for address in ("edit", f"people/{enrolment.id}/taking-out", f"people/{enrolment.id}"):
        assert outside.get(f"/classes/{found.id}/{address}").status_code == 404
        assert stranger.get(f"/classes/{found.id}/{address}").status_code == 403
