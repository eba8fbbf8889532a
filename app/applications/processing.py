"""How long an application has been with the association, and until when it has to be dealt with.

Pure. The clock runs while the application is `filed` and stands while it is with the applicant:
returned to be completed, or taken back. The deadline moves by as much as the clock stood.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

RUNNING = "filed"


@dataclass(frozen=True)
class Processing:
    """The clock of one application at a moment."""

    used: timedelta
    """How long it has been with the association."""
    running: bool
    due: datetime | None
    """When the time is over, if the clock runs on; None while it stands."""

    def late(self, days: int) -> bool:
        """Tell whether more than the days given were used."""
        return self.used > timedelta(days=days)


def processing(steps: Iterable[tuple[str, datetime]], days: int, now: datetime) -> Processing:
    """Return the clock by the steps in their order: (state entered, when).

    A step dated before the one before it (the server's clock went back) takes no time away.
    """
    used, since = timedelta(0), None
    last: datetime | None = None
    for state, at in steps:
        moment = at if last is None else max(at, last)
        if since is not None:
            used += moment - since
        since = moment if state == RUNNING else None
        last = moment
    if since is None:
        return Processing(used, False, None)
    used += max(now - since, timedelta(0))
    left = timedelta(days=days) - used
    return Processing(used, True, max(now, since) + left)
