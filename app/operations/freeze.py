"""The exam freeze (O1): nothing that changes tables or replaces data while a sitting is open."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, inspect, select

from app.extensions import db, reading_only
from app.models.exams import Sitting


def open_sittings(now: datetime) -> int:
    """Return how many sittings are open at this moment; 0 while there are no tables yet.

    Reads only the three columns it needs, so that it works on the tables of an older release.
    """
    if not inspect(db.engine).has_table(Sitting.__tablename__):
        return 0
    with reading_only():
        count = db.session.scalar(
            select(func.count())
            .select_from(Sitting)
            .where(Sitting.opens_at <= now, Sitting.closes_at > now, Sitting.closed_at.is_(None))
        )
        db.session.rollback()
    return count or 0
