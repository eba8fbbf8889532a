"""Proposing a person for the certificate, and the queue it is done from."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.awards import Decision
from app.models.journal import AuditLine
from app.models.people import Role, ScopeKind
from app.models.training import Attendance
from tests import factories
from tests.app.awards import rows
from tests.app.training import rows as training
from tests.app.training import test_training_class
from tests.client import PageClient

pytestmark = pytest.mark.rows


def _decisions() -> list[Decision]:
    db.session.expire_all()
    return list(db.session.scalars(select(Decision)))


def test_it_works(client: PageClient) -> None:
    """The queue lists who is ready; proposing keeps the panel's figures as evidence."""
    enrolment = rows.ready(name="<b>甲</b>")
    person = factories.user(Role.REGISTRAR)
    client.sign_in(person)
    queue = client.page("/awards")
    assert "&lt;b&gt;甲&lt;/b&gt;" in queue
    assert f"/awards/enrolments/{enrolment.id}" in queue
    page = client.page(f"/awards/enrolments/{enrolment.id}")
    assert "提出给&lt;b&gt;甲" in page
    answer = client.send(f"/awards/enrolments/{enrolment.id}/propose")
    (decision,) = _decisions()
    assert answer.location == f"/awards/decisions/{decision.id}"
    assert decision.proposed_by_id == person.id
    assert decision.evidence["proposed"]["rules"]["theory"] == {"met": True, "have": 1, "need": 1}
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "award.proposed")).one()
    assert line.object_id == decision.id
    assert "等待决定" in client.page(f"/awards/decisions/{decision.id}")
    assert f"/awards/decisions/{decision.id}" in client.page("/awards")


def test_only_once(client: PageClient) -> None:
    """A second click finds the first proposal."""
    enrolment = rows.ready()
    client.sign_in(factories.user(Role.REGISTRAR))
    for _click in range(2):
        client.send(f"/awards/enrolments/{enrolment.id}/propose")
    assert len(_decisions()) == 1
    assert "已经有人提出了" in client.page(f"/awards/enrolments/{enrolment.id}")


def test_something_is_missing(client: PageClient) -> None:
    """What is missing is named, and nothing is written."""
    enrolment = rows.ready()
    db.session.query(Attendance).update({"minutes": 100})
    db.session.commit()
    client.sign_in(factories.user(Role.REGISTRAR))
    assert f"/awards/enrolments/{enrolment.id}" not in client.page("/awards")
    client.send(f"/awards/enrolments/{enrolment.id}/propose")
    assert _decisions() == []
    assert "条件还没有满足" in client.page(f"/awards/enrolments/{enrolment.id}")


def test_a_teacher_does_not_propose(client: PageClient) -> None:
    """Who taught the person is told why somebody else proposes."""
    enrolment = rows.ready()
    teacher = factories.user(Role.REGISTRAR)
    training.teach(enrolment.training_class, teacher)
    client.sign_in(teacher)
    assert "教过这位学员" in client.page(f"/awards/enrolments/{enrolment.id}")
    client.send(f"/awards/enrolments/{enrolment.id}/propose")
    assert _decisions() == []


def test_refused_before_comes_again(client: PageClient) -> None:
    """A refused or returned person can be proposed anew, and the queue says so."""
    decision = rows.proposal()
    decision.state = "returned"
    db.session.commit()
    client.sign_in(factories.user(Role.REGISTRAR))
    assert "已退回" in client.page("/awards")
    client.send(f"/awards/enrolments/{decision.enrolment_id}/propose")
    assert sorted(row.state for row in _decisions()) == ["proposed", "returned"]


def test_the_queue_costs_the_same(client: PageClient) -> None:
    """One person or five: as many queries."""
    client.sign_in(factories.user(Role.AUDITOR))

    counts = []
    for people in (1, 4):
        for _one in range(people):
            rows.ready()
            rows.proposal()
            rows.certificate(serial=people * 10 + _one)
        db.session.remove()
        with test_training_class._queries() as seen:
            client.page("/awards")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_who_may(client: PageClient) -> None:
    """Registrars propose; certifiers and auditors read; a district's registrar only in it."""
    enrolment = rows.ready()
    path = f"/awards/enrolments/{enrolment.id}"
    readers = {Role.CERTIFIER, Role.REGISTRAR, Role.AUDITOR}
    for role in Role:
        browser = PageClient(client.application).sign_in(factories.user(role))
        assert browser.get("/awards").status_code == (200 if role in readers else 403), role
        assert browser.get(path).status_code == (200 if role in readers else 403), role
        if role is not Role.REGISTRAR:
            assert browser.send(f"{path}/propose").status_code == 403, role
    factories.district("310101")
    elsewhere = factories.user(Role.REGISTRAR, scope=(ScopeKind.DISTRICT, "310101"))
    outside = PageClient(client.application).sign_in(elsewhere)
    assert outside.get(path).status_code == 404
    assert outside.send(f"{path}/propose").status_code == 404
    assert path not in outside.page("/awards")
    assert outside.get("/awards/enrolments/nothing").status_code == 404
    assert _decisions() == []
    here = factories.user(Role.REGISTRAR, scope=(ScopeKind.DISTRICT, factories.DISTRICT))
    PageClient(client.application).sign_in(here).send(f"{path}/propose")
    assert len(_decisions()) == 1
    stranger = PageClient(client.application)
    assert stranger.get("/awards").status_code == 302
