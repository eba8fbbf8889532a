"""A place at an exam as starting sees it: one row of booking, sitting and paper, locked.

Hundreds start within a minute. The objects behind a booking bring the revision with the whole pool
of questions; starting needs its minutes, its grace and which rules were shown, and those are kept by
the process, for a revision is frozen.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, select

from app.extensions import db
from app.models.exams import Attempt, Booking, ExamRevision, Paper, Sitting

BOOKING, SITTING, PAPER, ATTEMPT, REVISION = (
    cast("Table", model.__table__) for model in (Booking, Sitting, Paper, Attempt, ExamRevision)
)
MOST = 50
"""Revisions kept; more are never in use at once."""


@dataclass(frozen=True, slots=True)
class Place:
    """The columns that starting needs, in the order of FIND."""

    booking_id: str
    user_id: str
    time_factor_percent: int
    time_factor_reason: str
    time_factor_by_id: str | None
    check_in: str
    sitting_id: str
    revision_id: str
    opens_at: datetime
    last_start_at: datetime
    closes_at: datetime
    room_code: str
    unlocked_at: datetime | None
    paper_id: str | None
    sections: list[Any] | None
    attempt_id: str | None


@dataclass(frozen=True, slots=True)
class Frozen:
    """What starting needs of a revision."""

    minutes: int
    grace_seconds: int
    rules_version: str


FIND = (
    select(
        BOOKING.c.id,
        BOOKING.c.user_id,
        BOOKING.c.time_factor_percent,
        BOOKING.c.time_factor_reason,
        BOOKING.c.time_factor_by_id,
        BOOKING.c.check_in,
        BOOKING.c.sitting_id,
        SITTING.c.revision_id,
        SITTING.c.opens_at,
        SITTING.c.last_start_at,
        SITTING.c.closes_at,
        SITTING.c.room_code,
        SITTING.c.unlocked_at,
        PAPER.c.id,
        PAPER.c.sections,
        ATTEMPT.c.id,
    )
    .join(SITTING, SITTING.c.id == BOOKING.c.sitting_id)
    .outerjoin(PAPER, PAPER.c.booking_id == BOOKING.c.id)
    .outerjoin(ATTEMPT, ATTEMPT.c.booking_id == BOOKING.c.id)
    .where(BOOKING.c.id == bindparam("booking"))
)
LOCK = select(BOOKING.c.id).where(BOOKING.c.id == bindparam("booking")).with_for_update()
BODY = select(REVISION.c.body).where(REVISION.c.id == bindparam("revision"))
_frozen: OrderedDict[str, Frozen] = OrderedDict()


def find(booking_id: str) -> Place | None:
    """Return the place of a booking, its row locked until the transaction ends; None without one."""
    connection = db.session.connection()
    if connection.dialect.name != "sqlite":  # there the whole transaction has the lock already
        # Two clicks at once: the second waits here, and then sees the attempt of the first.
        connection.execute(LOCK, {"booking": booking_id})
    found = connection.execute(FIND, {"booking": booking_id}).first()
    return Place(*tuple(found)) if found else None


def frozen(revision_id: str) -> Frozen:
    """Return what a revision says, read once by each process."""
    known = _frozen.get(revision_id)
    if known is None:
        body = db.session.connection().execute(BODY, {"revision": revision_id}).scalar_one()
        known = Frozen(body["minutes"], body["grace_seconds"], body["rules_text"]["version"])
        _frozen[revision_id] = known
        if len(_frozen) > MOST:
            _frozen.popitem(last=False)
    return known
