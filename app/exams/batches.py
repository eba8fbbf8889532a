"""Acts on many rows, one transaction each: a hall of hundreds never makes one long transaction.

One row that cannot be done is logged and does not hold up those behind it; the duty comes again in
a few seconds and tries it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import structlog

from app.extensions import db

log = structlog.get_logger()


def one_by_one(ids: Iterable[str], act: Callable[[str], object]) -> int:
    """Do `act` for each id and commit it. Returns how many gave something true."""
    done = 0
    for row_id in ids:
        try:
            result = act(row_id)
            db.session.commit()
        except Exception as error:  # whatever is wrong with one candidate, the others come next
            db.session.rollback()
            log.error("one of many failed", row=row_id, kind=type(error).__name__)
            continue
        done += bool(result)
    return done
