"""Declared conflicts of interest refuse wherever ties do; competence files are kept by another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.eligibility import impartiality
from app.extensions import db
from app.models.conflicts import CompetenceEntry, ConflictDeclaration
from app.models.people import Role, User
from tests import factories
from tests.app.awards import rows
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows


@pytest.fixture
def certifier(client: PageClient) -> User:
    """Somebody who decides."""
    return factories.user(Role.CERTIFIER)


def _declare(client: PageClient, person: User, **fields: str) -> str:
    values = {"reason": "relative", "since": training.today().isoformat(), **fields}
    answer = PageClient(client.application).sign_in(person).send("/my/conflicts", values)
    return answer.get_data(as_text=True) if answer.status_code == 400 else ""


def test_it_works(client: PageClient, certifier: User) -> None:
    """Declared by name, in any spelling: the decision is refused; ended, it is not."""
    decision = rows.proposal()
    _declare(client, certifier, name=" 林 知秋")
    desk = PageClient(client.application).sign_in(certifier)
    path = f"/awards/decisions/{decision.id}/decide"
    assert "利益关系" in desk.page(path)
    desk.send(path, {"decision": "grant"})
    db.session.expire_all()
    assert decision.state == "proposed"
    row = db.session.scalars(select(ConflictDeclaration)).one()
    row.since -= timedelta(days=5)
    db.session.commit()
    assert "林 知秋" in desk.page("/my/conflicts")
    desk.send(f"/my/conflicts/{row.id}/end")
    db.session.expire_all()
    later = training.today() + timedelta(days=1)
    assert impartiality.ties(certifier, decision.user, training.today())
    assert not impartiality.ties(certifier, decision.user, later)


def test_one_of_two_of_the_same_name(client: PageClient, certifier: User) -> None:
    """With the telephone just that person is meant; a number that finds nobody means the name."""
    one, other = (factories.user(Role.TRAINEE, name="王芳") for _n in range(2))
    _declare(client, certifier, name="王芳", phone=one.phone or "")
    today = training.today()
    assert impartiality.ties(certifier, one, today)
    assert not impartiality.ties(certifier, other, today)
    second = factories.user(Role.CERTIFIER)
    _declare(client, second, name="王芳", phone="13912345678")
    assert set(impartiality.refusals(second, [one, other], today, "x")) == {one.id, other.id}


def test_an_organisation(client: PageClient, certifier: User) -> None:
    """Everybody who works there now is meant, and nobody else."""
    employer = factories.organisation("institution")
    worker, other = factories.user(Role.TRAINEE), factories.user(Role.TRAINEE)
    factories.employ(worker, employer)
    _declare(client, certifier, organisation=employer.id, reason="business")
    assert set(impartiality.refusals(certifier, [worker, other], training.today(), "x")) == {
        worker.id
    }


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "两样选一样"),
        ({"name": "王芳", "phone": "12"}, "手机号不对"),
        ({"name": "王芳", "until": "2020-01-01"}, "早于开始"),
    ],
)
def test_refused(client: PageClient, certifier: User, fields: dict[str, str], said: str) -> None:
    """What cannot be is said, and nothing is kept."""
    assert said in _declare(client, certifier, **fields)
    assert db.session.scalars(select(ConflictDeclaration)).all() == []


def test_files(client: PageClient) -> None:
    """The exam manager keeps them; nobody their own; an entry that ran out is marked."""
    examiner = factories.user(Role.EXAMINER, name="石操")
    manager = factories.user(Role.EXAM_MANAGER, Role.EXAMINER)
    desk = PageClient(client.application).sign_in(manager)
    assert "石操" in desk.page("/competence")
    entry = {
        "kind": "training",
        "title": "考评员培训",
        "obtained_on": "2020-01-05",
        "valid_until": "2022-01-04",
    }
    desk.send(f"/competence/people/{examiner.id}", entry)
    assert "已过期" in desk.page(f"/competence/people/{examiner.id}")
    assert "没有有效的记录" in desk.page("/competence")
    assert desk.send(f"/competence/people/{manager.id}", entry).status_code == 400
    row = db.session.scalars(select(CompetenceEntry)).one()
    desk.send(f"/competence/entries/{row.id}/remove")
    assert "考评员培训" not in desk.page(f"/competence/people/{examiner.id}")


def test_who_may(client: PageClient, certifier: User) -> None:
    """Files are read by who manages, registers or audits; another's declaration is nobody's to end."""
    _declare(client, certifier, name="王芳")
    row = db.session.scalars(select(ConflictDeclaration)).one()
    other = PageClient(client.application).sign_in(factories.user(Role.EXAMINER))
    assert other.send(f"/my/conflicts/{row.id}/end").status_code == 404
    assert other.get("/competence").status_code == 403
    auditor = PageClient(client.application).sign_in(factories.user(Role.AUDITOR))
    assert "王芳" in auditor.page("/competence/conflicts")
    assert auditor.send(f"/competence/people/{certifier.id}").status_code == 403


def test_an_entry_sent_twice_is_one(client: PageClient) -> None:
    """The same words of another day are another entry."""
    desk = PageClient(client.application).sign_in(factories.user(Role.EXAM_MANAGER))
    person = factories.user(Role.EXAMINER)
    entry = {"kind": "training", "title": "考评员培训", "obtained_on": "2020-01-05"}
    for day in ("2020-01-05", "2020-01-05", "2020-02-05"):
        desk.send(f"/competence/people/{person.id}", {**entry, "obtained_on": day})
    assert len(db.session.scalars(select(CompetenceEntry)).all()) == 2
