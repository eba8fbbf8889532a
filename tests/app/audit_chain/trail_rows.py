"""An audit trail to attack: some acts of one person, committed and sealed."""

from __future__ import annotations

from datetime import UTC, datetime

from app import audit
from app.audit_chain import seal_all
from app.extensions import db
from tests import factories

NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


def act(count: int = 1, **details: str) -> None:
    """Record and commit some acts."""
    person = factories.user()
    for _number in range(count):
        audit.record("test.acted", person, actor=person, now=NOW, **details)
    db.session.commit()


def sealed(count: int) -> None:
    """Record, commit and seal some acts."""
    act(count)
    assert seal_all(NOW) == count
