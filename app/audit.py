"""The audit trail: who did what to which record, when.

`record` inserts its line in the acting transaction, so that an act and its line stand or fall
together. Lines are not chained here: a chain head that every writer locks costs forty times the
throughput. `seal_new_lines` chains committed lines every few seconds; `app/audit_chain.py` knows
how to verify and sign. Lines hold references, never names, numbers or answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from flask import g, has_request_context
from sqlalchemy import Connection, insert

from app.extensions import db, insert_rows
from app.models.journal import AuditLine
from app.models.people import User

ONE_LINE = insert(AuditLine)


class HasId(Protocol):
    """Anything with a text id and a table."""

    id: Any
    __tablename__: str


def record(
    action: str,
    of: HasId,
    *,
    actor: User | None,
    now: datetime,
    **details: str | int | bool | list[str] | None,
) -> AuditLine:
    """Add one line to the trail in the current transaction.

    `actor` is None for acts of the machine (sweeper, sync). `details` are references and reasons;
    a value from a person's record does not belong here, it could never be erased again.
    """
    line = AuditLine(
        at=now,
        actor_id=actor.id if actor else None,
        action=action,
        object_kind=of.__tablename__,
        object_id=str(of.id),
        details=details,
        request_id=_request_id(),
    )
    db.session.add(line)
    return line


def record_many(
    action: str,
    of: type[HasId],
    ids: Sequence[str],
    *,
    actor: User | None,
    now: datetime,
    **details: str | int | bool | list[str] | None,
) -> None:
    """Add the same line for many rows of one table, in one statement."""
    if not ids:
        return
    same = {
        "at": now,
        "actor_id": actor.id if actor else None,
        "action": action,
        "object_kind": of.__tablename__,
        "details": details,
        "request_id": _request_id(),
    }
    insert_rows(AuditLine, [{**same, "object_id": one} for one in ids])


def record_each(
    action: str,
    of: type[HasId],
    details: Mapping[str, Mapping[str, str | int | bool | None]],
    *,
    actor: User | None,
    now: datetime,
) -> None:
    """Add a line for each of many rows (id -> its details), in one statement."""
    same = {
        "at": now,
        "actor_id": actor.id if actor else None,
        "action": action,
        "object_kind": of.__tablename__,
        "request_id": _request_id(),
    }
    insert_rows(
        AuditLine,
        [{**same, "object_id": one, "details": dict(said)} for one, said in details.items()],
    )


def record_on(
    connection: Connection,
    action: str,
    of: type[HasId],
    row_id: str,
    *,
    actor_id: str | None = None,
    now: datetime,
    **details: str | int | bool | list[str] | None,
) -> None:
    """Add one line in a connection's own transaction, for acts that go without the session."""
    line = {
        "at": now,
        "actor_id": actor_id,
        "action": action,
        "object_kind": of.__tablename__,
        "object_id": row_id,
        "details": details,
        "request_id": _request_id(),
    }
    connection.execute(ONE_LINE, line)


def _request_id() -> str:
    return g.get("request_id", "") if has_request_context() else ""
