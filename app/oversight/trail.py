"""Reading the audit trail: filters by reference only, pages by id, names for few.

A filter takes codes and ids, never free text: what was looked for is noted in the trail, and a
name typed there could not be erased again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.errors import Refusal
from app.extensions import db
from app.models.journal import AuditLine, Seal
from app.models.people import User
from app.permissions import Scope, allows

PER_PAGE = 50
REFERENCE = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class BadFilterError(Refusal):
    """What was asked for is no reference."""

    status = 400


class _Trail:
    """The trail as the object of an audit line."""

    __tablename__ = "audit_line"

    def __init__(self) -> None:
        self.id = "trail"


@dataclass(frozen=True)
class Wanted:
    """Which lines are wanted; empty means all."""

    action: str = ""
    object_id: str = ""
    actor_id: str = ""
    before: int | None = None

    def must_be_references(self) -> None:
        """Refuse free text. Raises BadFilterError."""
        for text in (self.action, self.object_id, self.actor_id):
            if text and not REFERENCE.fullmatch(text):
                raise BadFilterError(
                    _("这里按动作代码或编号查找，不按姓名。请从列表或其他页面复制编号。")
                )


@dataclass(frozen=True)
class TrailLine:
    """One line as shown."""

    line: AuditLine
    number: int | None
    """Its place in the chain; None while it waits to be sealed."""
    actor: str

    @property
    def details(self) -> str:
        """Return the details as `name=value` pairs."""
        return " ".join(
            f"{name}={','.join(value) if isinstance(value, list) else value}"
            for name, value in sorted(self.line.details.items())
            if value not in (None, "")
        )


def read(wanted: Wanted, *, reader: User) -> tuple[list[TrailLine], int | None]:
    """Return a page of lines, the newest first, and where the next page begins."""
    query = (
        select(AuditLine, Seal.number)
        .outerjoin(Seal, Seal.line_id == AuditLine.id)
        .order_by(AuditLine.id.desc())
        .limit(PER_PAGE + 1)
    )
    for column, text in (
        (AuditLine.action, wanted.action),
        (AuditLine.object_id, wanted.object_id),
        (AuditLine.actor_id, wanted.actor_id),
    ):
        if text:
            query = query.where(column == text)
    if wanted.before is not None:
        query = query.where(AuditLine.id < wanted.before)
    rows = db.session.execute(query).all()
    names = names_of((line.actor_id for line, _number in rows), reader=reader)
    lines = [
        TrailLine(line, number, names.get(line.actor_id or "", line.actor_id or ""))
        for line, number in rows[:PER_PAGE]
    ]
    return lines, lines[-1].line.id if len(rows) > PER_PAGE else None


def names_of(ids: Iterable[str | None], *, reader: User) -> dict[str, str]:
    """Return people's names by id, in one query; nothing for readers who may not see them."""
    wanted = {one for one in ids if one}
    if not wanted or not allows(reader, "people.manage", Scope()):
        return {}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def actions() -> list[str]:
    """Return every action that occurs, for the filter."""
    return list(db.session.scalars(select(AuditLine.action).distinct().order_by(AuditLine.action)))


def note_reading(wanted: Wanted, *, actor: User, now: datetime) -> None:
    """Write into the trail that it was read, and what was looked for."""
    audit.record(
        "audit.read",
        _Trail(),
        actor=actor,
        now=now,
        wanted_action=wanted.action,
        wanted_object=wanted.object_id,
        wanted_actor=wanted.actor_id,
        before=wanted.before,
    )
