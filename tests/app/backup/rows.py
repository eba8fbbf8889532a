"""Something worth keeping: people, files, an audit trail."""

from __future__ import annotations

from datetime import UTC, datetime

from app import audit, blobs
from app.extensions import db
from app.models.journal import Blob
from tests import factories

NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


def fill() -> list[Blob]:
    """Make two people, two stored files, three audit lines."""
    first, second = factories.user(), factories.user()
    for number, person in enumerate((first, second, first)):
        audit.record("test.acted", person, actor=person, now=NOW, number=number)
    made = [
        blobs.put(data, media_type="image/jpeg", purpose="photo", now=NOW)
        for data in (b"one", b"two")
    ]
    db.session.commit()
    return made
