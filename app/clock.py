"""The one place that reads the clock.

Verbs are handed `now`; only views, commands and the worker call `now()`. All times are UTC and
aware; Asia/Shanghai appears when a time is shown (`formatting.py`).
"""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
DOUBLE_CLICK = timedelta(minutes=1)
"""The same said again by the same person within this time is taken for one act."""


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def shanghai_date(moment: datetime) -> date:
    """Return the calendar day in Shanghai on which an aware moment falls."""
    return moment.astimezone(SHANGHAI).date()


def months_before(day: date, months: int) -> date:
    """Return the same day `months` calendar months earlier, or that month's last day."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    after = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (after - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def apart() -> float:
    """Return by how many seconds the wall clock is ahead of the one that never steps."""
    return time.time() - time.monotonic()


class StepWatch:
    """Notices when the wall clock moves against the monotonic clock.

    A step (an administrator's `date -s`, a virtual machine that wakes up) would silently give or
    take exam time. The watch only measures; the exam decides what to do about it.
    """

    def __init__(self, tolerance: timedelta = timedelta(seconds=2)) -> None:
        self.tolerance = tolerance
        self._offset = self._measured = apart()

    def look(self) -> timedelta | None:
        """Return by how much the wall clock jumped since last settled, or None within tolerance."""
        self._measured = apart()
        moved = timedelta(seconds=self._measured - self._offset)
        return moved if abs(moved) > self.tolerance else None

    def settle(self) -> None:
        """Count from what was last seen: it has been dealt with."""
        self._offset = self._measured

    def step(self) -> timedelta | None:
        """Look and settle at once."""
        moved = self.look()
        self.settle()
        return moved
