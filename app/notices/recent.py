"""The newest notice of a person, for the first page: where no gateway is connected, nobody is told otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.extensions import db
from app.models.journal import OutboxMessage
from app.models.people import User

RECENT = timedelta(days=7)


def newest(user: User, now: datetime) -> OutboxMessage | None:
    """Return the newest notice of the last seven days."""
    return db.session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.user_id == user.id, OutboxMessage.created_at > now - RECENT)
        .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id)
        .limit(1)
    )
