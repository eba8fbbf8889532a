"""How long each kind of record is kept (`retention.<class>`, years) and what is past due.

Only the class `passing` is deleted here: ended sessions, spent invitations, counts of tries,
finished jobs. Everything else is counted and left to a decision by people, because a legal hold
or an open complaint goes before any period, and neither can be seen in a date.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Column, ColumnElement, Date, Table, delete, func, or_, select

from app import clock, jobs, rulebook
from app.extensions import db, reading_only
from app.models.base import Base
from app.models.classes import PeopleImport
from app.models.directory import EmployerLink
from app.models.journal import ClockReading, Job
from app.models.people import Invitation, ThrottleCount, UserSession
from app.proposals import PROPOSALS

log = structlog.get_logger()
PASSING_DAYS = 30
"""Days a passing record stays after its end, so that "what was that" can still be answered."""
BATCH = 500
AGED_BY = {
    "certificate": "valid_until",
    "affiliation": "ends_on",
    "training_class": "ends_on",
    "class_meeting": "starts_at",
    "sitting": "closes_at",
    "decision": "decided_at",
    "consent": "withdrawn_at",
    "role_grant": "revoked_at",
}
"""Tables whose age does not count from the moment they were written."""
WRITTEN = ("at", "created_at", "recorded_at", "given_at", "signed_at", "set_at", "updated_at")


@dataclass(frozen=True)
class Kept:
    """One table in the report."""

    table: str
    retention: str
    years: int | None
    """None: kept."""
    rows: int
    past_due: int | None
    """None: rows have no date of their own and go with the record they belong to."""


def age_column(table: Table) -> Column[Any] | None:
    """Return the column a table's age is counted by, or None when it goes with its parent."""
    if table.name in AGED_BY:
        return table.c[AGED_BY[table.name]]
    written = [name for name in WRITTEN if name in table.c]
    moments = [column for column in table.c if column.name.endswith("_at") and not column.nullable]
    return table.c[written[0]] if written else (moments[0] if moments else None)


def report(now: datetime) -> list[Kept]:
    """Count each table's rows and those past their period."""
    today = clock.shanghai_date(now)
    return [_kept(mapper.class_, today) for mapper in sorted_mappers()]


def sorted_mappers() -> list[Any]:
    """Return all tables' mappers, by retention class and name."""
    return sorted(
        Base.registry.mappers,
        key=lambda mapper: (mapper.class_.__retention__, mapper.local_table.name),
    )


def _kept(model: type[Base], today: date) -> Kept:
    table, retention = model.__table__, model.__retention__
    assert isinstance(table, Table)  # noqa: S101 (tells mypy; every model is a table)
    rows = db.session.scalar(select(func.count()).select_from(table)) or 0
    name = f"retention.{retention}"
    years = rulebook.value(name, today) if name in PROPOSALS else None
    column = age_column(table)
    past_due = None
    if years is None:
        past_due = 0
    elif column is not None:
        before = clock.months_before(today, years * 12)
        late = column < (before if isinstance(column.type, Date) else _midnight(before))
        late = late & ~model.active if model.__tablename__ == "user_account" else late  # type: ignore[attr-defined]
        past_due = db.session.scalar(select(func.count()).select_from(table).where(late)) or 0
    return Kept(table.name, retention, years, rows, past_due)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.SHANGHAI)


def _ended(now: datetime) -> Iterator[tuple[type[Base], ColumnElement[bool]]]:
    """Give each passing table with what has served its purpose."""
    before = now - timedelta(days=PASSING_DAYS)
    yield UserSession, or_(UserSession.expires_at < before, UserSession.revoked_at < before)
    yield (
        Invitation,
        or_(
            Invitation.expires_at < before,
            Invitation.used_at < before,
            Invitation.revoked_at < before,
        ),
    )
    # Lists of people with identity numbers: nobody may leave one lying about.
    yield PeopleImport, or_(PeopleImport.created_at < before, PeopleImport.ended_at < before)
    yield EmployerLink, or_(EmployerLink.expires_at < before, EmployerLink.revoked_at < before)
    yield ThrottleCount, ThrottleCount.ends_at < now
    yield ClockReading, ClockReading.read_at < before
    yield Job, Job.state.in_(("done", "failed", "cancelled")) & (Job.finished_at < before)


def sweep_passing(now: datetime) -> dict[str, int]:
    """Delete passing records that have ended, in small transactions. Returns counts by table."""
    swept: dict[str, int] = {}
    for model, ended in _ended(now):
        keys = list(model.__mapper__.primary_key)
        while True:
            with reading_only():
                rows = db.session.execute(select(*keys).where(ended).limit(BATCH)).all()
                db.session.rollback()
            for row in rows:
                matches = [key == value for key, value in zip(keys, row, strict=True)]
                db.session.execute(delete(model).where(*matches))
            db.session.commit()
            swept[model.__tablename__] = swept.get(model.__tablename__, 0) + len(rows)
            if len(rows) < BATCH:
                break
    log.info("retention swept", **swept)
    return swept


@jobs.every(86_400, "retention.sweep")
def sweep(now: datetime) -> None:
    """Delete what has passed, once a day and when a worker starts."""
    sweep_passing(now)
