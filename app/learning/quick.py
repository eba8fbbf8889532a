"""The one statement of a usual sign of life, given to the database's driver as it is.

A thousand learners send one every thirty seconds. What passes through SQLAlchemy's engine and a
transaction of its own costs more than the statement: so it goes to the driver, on a connection of the
pool, as a transaction by itself (both databases make a single statement durable before they answer).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.extensions import db

_LENGTHEN = (
    "UPDATE study_stretch SET last_at = {now}, counted_ms = {counted}, beat = {next_beat},"
    " place = {place} WHERE id = {stretch} AND page = {page} AND beat = {beat}"
    " AND open IS TRUE AND asked_at IS NULL"
)
_NAMES = ("now", "counted", "next_beat", "place", "stretch", "page", "beat")
_ON_SQLITE = _LENGTHEN.format(**{name: f":{name}" for name in _NAMES})
_ON_POSTGRESQL = _LENGTHEN.format(**{name: f"%({name})s" for name in _NAMES})


def lengthen(now: datetime, values: dict[str, Any]) -> bool:
    """Lengthen the open stretch that has just this page and number; False when there is none.

    `values`: counted, next_beat, place, stretch, page, beat.
    """
    borrowed = db.engine.raw_connection()
    try:
        driver: Any = borrowed.driver_connection
        if db.engine.dialect.name == "sqlite":
            # As SQLAlchemy writes moments there: UTC without zone. Our connections commit by themselves.
            stored = now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
            return bool(driver.execute(_ON_SQLITE, {**values, "now": stored}).rowcount)
        driver.autocommit = True
        try:
            return bool(driver.execute(_ON_POSTGRESQL, {**values, "now": now}).rowcount)
        finally:
            driver.autocommit = False
    finally:
        borrowed.close()
