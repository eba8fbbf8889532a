"""Counting tries, shared by all processes through the database.

Keys are hashed with the application's secret: the table holds no phone number and no address.
A try is counted in a transaction of its own, so that a refused request is counted too.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import cast

from flask import current_app
from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.models.people import ThrottleCount

COUNTS = cast("Table", ThrottleCount.__table__)
COUNTED = select(COUNTS.c.count).where(  # asked by hundreds who start within a minute
    COUNTS.c.key == bindparam("key"), COUNTS.c.window == bindparam("window")
)


def _key(name: str, subject: str) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"{name}:{subject}".encode(), hashlib.sha256).hexdigest()


def tries(name: str, subject: str, period: timedelta, now: datetime) -> int:
    """Return how often `subject` was counted under `name` in the current window."""
    window = int(now.timestamp() // period.total_seconds())
    counted = {"key": _key(name, subject), "window": window}
    return db.session.connection().execute(COUNTED, counted).scalar() or 0


def count_try(name: str, subject: str, period: timedelta, now: datetime, by: int = 1) -> int:
    """Count a try (or `by` at once) and return how many there were in this window, these included.

    Needs a writing transaction; the caller commits (also when it then refuses).
    """
    window = int(now.timestamp() // period.total_seconds())
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    ends_at = datetime.fromtimestamp((window + 1) * period.total_seconds(), UTC)
    statement = insert(ThrottleCount).values(
        key=_key(name, subject), window=window, count=by, ends_at=ends_at
    )
    counted = statement.on_conflict_do_update(
        index_elements=["key", "window"], set_={"count": ThrottleCount.count + by}
    ).returning(ThrottleCount.count)
    return int(db.session.scalar(counted) or 1)


def forget(name: str, subject: str) -> None:
    """Forget a subject's tries: after a success they no longer count against it."""
    db.session.execute(delete(ThrottleCount).where(ThrottleCount.key == _key(name, subject)))


def seconds_left(period: timedelta, now: datetime) -> int:
    """Return in how many seconds the current window ends: at least 1."""
    length = period.total_seconds()
    return max(1, round(length - now.timestamp() % length))
