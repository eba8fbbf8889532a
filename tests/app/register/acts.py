"""What the tests of the register do again and again: people, acts through the pages, days that pass."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.models.awards import Certificate, StatusChange
from app.models.journal import OutboxMessage
from app.models.people import Role, User
from app.models.register import Hearing
from tests import factories
from tests.client import PageClient

SAFETY = {"reason_code": "safety", "reason": "家属报告途中让老人独自下楼"}
WITHDRAWING = {"reason_code": "false_evidence", "reason": "实训记录是假的"}


def certifier(client: PageClient, **values: Any) -> tuple[PageClient, User]:
    """Sign a certifier in, in a browser of their own."""
    person = factories.user(Role.CERTIFIER, **values)
    return PageClient(client.application).sign_in(person), person


def send(browser: PageClient, held: Certificate, act: str, form: dict[str, str]) -> int:
    """Send the form of an act and return the answer's status."""
    return browser.send(f"/awards/register/certificates/{held.id}/{act}", form).status_code


def statuses(held: Certificate) -> list[tuple[str, str]]:
    """Return the ledger as (status, reason code)."""
    db.session.expire_all()
    query = select(StatusChange.status, StatusChange.reason_code).where(
        StatusChange.certificate_id == held.id
    )
    return [(one, two) for one, two in db.session.execute(query.order_by(StatusChange.number))]


def public(client: PageClient, held: Certificate) -> str:
    """Return the public page, as a stranger sees it now."""
    return PageClient(client.application).get(f"/c/{held.token}").text


def hearing() -> Hearing:
    """Return the only hearing."""
    db.session.expire_all()
    return db.session.scalars(select(Hearing)).one()


def told(person: User) -> list[str]:
    """Return what a person was told, oldest first."""
    db.session.expire_all()
    query = select(OutboxMessage.text).where(OutboxMessage.user_id == person.id)
    return list(db.session.scalars(query.order_by(OutboxMessage.created_at, OutboxMessage.id)))


def days_pass(monkeypatch: pytest.MonkeyPatch, days: int) -> datetime:
    """Let the clock show a moment so many days later."""
    later = clock.now() + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: later)
    return later
