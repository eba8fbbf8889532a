"""Minutes from the moments of coming and going. Arithmetic only: no rows, no clock."""

from __future__ import annotations

import math
from datetime import datetime, timedelta


def minutes_present(
    teaching: int,
    starts_at: datetime,
    ends_at: datetime,
    came: datetime,
    went: datetime,
    tolerance: timedelta,
) -> int:
    """Return the teaching minutes that count for who came and went at these moments.

    Late or early within the tolerance costs nothing; beyond it the whole time missed is taken off in
    the proportion of teaching to length, rounded up, never below zero.
    """
    late, early = came - starts_at, ends_at - went
    missed = sum(
        (one for one in (late, early) if one > tolerance),
        timedelta(0),
    )
    lost = math.ceil(teaching * (missed / (ends_at - starts_at)))
    return max(0, teaching - lost)
