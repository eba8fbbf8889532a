"""The sealer: gives committed lines their place in the chain, a few hundred at a time.

The order of sealing is the order in which lines are seen, which is neither the order of ids nor
of commits. A line once sealed keeps its place.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, select, text
from sqlalchemy.exc import IntegrityError

from app import jobs
from app.audit_chain.links import GENESIS, link
from app.extensions import db, reading_only
from app.models.journal import AuditLine, Seal

MOST = 500  # a batch takes about 50 ms; answers that wait for SQLite's lock must not notice
LOOK_BACK = 10_000
"""How many ids below the highest sealed one are looked at every time. A transaction can commit a
low id late; one that is later than this is found by the hourly look at everything."""
LOCK = 0x5EA1  # any number, the same in every process


def unsealed(everything: bool) -> Select[AuditLine]:
    """Select lines without a seal, by id: near the end of the trail, or all there are."""
    query = (
        select(AuditLine)
        .outerjoin(Seal, Seal.line_id == AuditLine.id)
        .where(Seal.line_id.is_(None))
        .order_by(AuditLine.id)
    )
    if not everything:
        highest = select(func.coalesce(func.max(Seal.line_id), 0)).scalar_subquery()
        query = query.where(AuditLine.id > highest - LOOK_BACK)
    return query


def seal_batch(now: datetime, *, everything: bool = False, most: int = MOST) -> int:
    """Seal up to `most` lines in one transaction and commit. Returns how many.

    Safe when several workers do it: PostgreSQL gives one the lock, SQLite's writing transaction is
    the lock, and the unique number would refuse a second link at the same place.
    """
    with reading_only():
        waiting = db.session.scalar(unsealed(everything).with_only_columns(AuditLine.id).limit(1))
        db.session.rollback()
    if waiting is None:
        return 0
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    last = db.session.scalars(select(Seal).order_by(Seal.number.desc()).limit(1)).first()
    number, previous = (last.number, last.hash) if last else (0, GENESIS)
    lines = db.session.scalars(unsealed(everything).limit(most)).all()
    for line in lines:
        number += 1
        previous = link(previous, number, line)
        db.session.add(Seal(number=number, line_id=line.id, hash=previous, sealed_at=now))
    try:
        db.session.commit()
    except IntegrityError:  # somebody else was first; the next round sees the rest
        db.session.rollback()
        return 0
    return len(lines)


def seal_all(now: datetime, *, everything: bool = False) -> int:
    """Seal what waits, batch after batch. Returns how many."""
    total = 0
    while count := seal_batch(now, everything=everything):
        total += count
    return total


@jobs.every(3, "audit.seal")
def seal_new_lines(now: datetime) -> int:
    """Seal what was committed since the last time."""
    return seal_all(now)


@jobs.every(3600, "audit.seal_stragglers")
def seal_stragglers(now: datetime) -> int:
    """Seal lines that a very long transaction committed far behind the others."""
    return seal_all(now, everything=True)
