"""Withdrawing or cancelling many: each looked at first, one that may not does not stop the others."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import clock, jobs, rulebook
from app.awards import batches
from app.extensions import db
from app.models.awards import Certificate, StatusChange
from app.models.bulk import Batch, TakenNumber
from app.models.people import Role, User
from app.models.register import Hearing
from certificates import numbers
from tests import factories
from tests.app.awards import rows
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows
NAMES = ("王芳", "李强", "陈静")


@pytest.fixture
def three(client: PageClient) -> list[Certificate]:
    """Three certificates."""
    return [
        rows.certificate(rows.proposal(rows.ready(name=name, name_latin="")), serial=number)
        for number, name in enumerate(NAMES, 1)
    ]


@pytest.fixture
def certifier(client: PageClient) -> User:
    """Who ends them."""
    return factories.user(Role.CERTIFIER)


def _fields(three: list[Certificate], code: str = "cancelled:issue_undone") -> dict[str, str]:
    listed = "\n".join(row.number for row in three)
    return {"numbers": listed, "reason_code": code, "reason": "整批印错了单位名称，没有发出"}


def _statuses() -> list[str]:
    """Return what the three are now, by their numbers."""
    return list(db.session.scalars(select(Certificate.status).order_by(Certificate.number)))


def _work() -> Batch:
    assert jobs.run_next(clock.now())
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Batch)).one()


def test_it_works(client: PageClient, certifier: User, three: list[Certificate]) -> None:
    """Looked at, then begun: two are cancelled; one ended before, one unknown, one mistyped are named."""
    rows.change(three[2], "withdrawn", certifier)
    year = three[0].valid_from.year
    unknown = str(numbers.compose(year, factories.DISTRICT, 999))
    fields = _fields(three)
    wrong = three[0].number[:-2] + "00"
    fields["numbers"] += f"，{unknown}\n{wrong}\n{three[0].number.lower()}"
    client.sign_in(certifier)
    assert "先看会改动哪些" in client.page("/awards/end-many")
    look = client.send("/awards/end-many", {**fields, "act": "look"}).get_data(as_text=True)
    assert "改动这 2 张" in look
    assert "登记里没有这个编号" in look
    assert "已撤销" in look
    assert db.session.scalars(select(Batch)).all() == []
    assert client.send("/awards/end-many", {**fields, "act": "begin"}).status_code == 302
    batch = _work()
    assert batches.counts(batch) == {"done": 2, "skipped": 1}
    assert _statuses() == ["cancelled", "cancelled", "withdrawn"]
    reasons = db.session.scalars(
        select(StatusChange.reason_code).where(StatusChange.status == "cancelled")
    ).all()
    assert reasons == ["issue_undone"] * 2
    assert "已办" in client.page(f"/awards/batches/{batch.id}")


def test_the_holder_is_heard_first(
    client: PageClient, certifier: User, three: list[Certificate]
) -> None:
    """Where the rules ask for it, withdrawing many opens a hearing for each and says so."""
    assert rulebook.value("register.reply_before", training.today())["withdrawn"]
    client.sign_in(certifier)
    fields = _fields(three, "withdrawn:false_evidence")
    client.send("/awards/end-many", {**fields, "act": "begin"})
    batch = _work()
    assert len(db.session.scalars(select(Hearing)).all()) == 3
    assert set(_statuses()) == {"valid"}
    assert "等他陈述" in client.page(f"/awards/batches/{batch.id}")


def test_who_is_tied_does_not(
    client: PageClient, certifier: User, three: list[Certificate]
) -> None:
    """Who taught one of them ends the others only."""
    training.teach(rows.class_of(three[0].decision), certifier)
    client.sign_in(certifier)
    look = client.send("/awards/end-many", {**_fields(three), "act": "look"})
    assert "教过这位学员" in look.get_data(as_text=True)
    client.send("/awards/end-many", {**_fields(three), "act": "begin"})
    _work()
    assert _statuses() == ["valid", "cancelled", "cancelled"]


def test_nothing_to_do(client: PageClient, certifier: User, three: list[Certificate]) -> None:
    """No reason, no numbers, or none that may be ended: nothing begins."""
    client.sign_in(certifier)
    for fields in ({"reason": " "}, {"numbers": ""}, {"numbers": "PZ1"}):
        answer = client.send("/awards/end-many", {**_fields(three), **fields, "act": "begin"})
        assert answer.status_code == 400
    assert db.session.scalars(select(Batch)).all() == []


def test_who_may(client: PageClient, three: list[Certificate]) -> None:
    """Only who may withdraw."""
    client.sign_in(factories.user(Role.REGISTRAR))
    assert client.get("/awards/end-many").status_code == 403


def test_gaps_are_explained(client: PageClient, certifier: User) -> None:
    """A number that was taken and names no certificate is listed with when, by whom and why."""
    waits, refused = (rows.proposal(rows.ready(name=name)) for name in NAMES[:2])
    refused.state = "refused"
    for serial, decision in ((1, waits), (2, refused)):
        number = str(numbers.compose(training.today().year, factories.DISTRICT, serial))
        db.session.add(
            TakenNumber(number=number, decision_id=decision.id, by_id=certifier.id, at=clock.now())
        )
    db.session.commit()
    client.sign_in(certifier)
    page = client.page("/awards/numbers")
    assert "下次签发用的还是这个号" in page
    assert "这个号不再用" in page
    assert certifier.name in page
