"""One look at a room for all its boards: how boards update themselves without each asking anew.

In each process a room is read at most every two seconds, and less often when reading it takes long;
every board of that process gets the same look. Streams are few, since each holds a thread; a board
that gets none asks every five seconds instead. Between looks no transaction is open.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from app.exams import board
from app.extensions import db, reading_only
from app.models.exams import Sitting

LEAST_PAUSE = 2.0
REST = 10
"""A look that took a second is followed by ten seconds without one: boards never eat the answers' CPU."""
MOST_ROOMS = 50


@dataclass(frozen=True)
class Look:
    """A room at one moment."""

    rows: tuple[board.Row, ...] = ()
    at: datetime | None = None

    @property
    def marks(self) -> dict[int, str]:
        """Seat -> the sign of what its row shows, in the board's order."""
        return {row.seat: row.mark for row in self.rows}


@dataclass
class _Room:
    lock: threading.Lock = field(default_factory=threading.Lock)
    look: Look = field(default_factory=Look)
    due: float = 0.0


_rooms: dict[str, _Room] = {}


def look(sitting_id: str, clock: Callable[[], datetime]) -> Look:
    """Return the room as it is, or as another board of this process saw it a moment ago.

    Afterwards no transaction is open and nothing is loaded.
    """
    if len(_rooms) > MOST_ROOMS and sitting_id not in _rooms:
        _rooms.clear()  # rooms of days ago
    kept = _rooms.setdefault(sitting_id, _Room())
    with kept.lock:
        began = time.monotonic()
        if kept.look.at is None or began >= kept.due:
            kept.look = read(sitting_id, clock())
            took = time.monotonic() - began
            kept.due = began + took + max(LEAST_PAUSE, REST * took)
        return kept.look


def read(sitting_id: str, now: datetime) -> Look:
    """Read the room anew, and let go of the database."""
    with reading_only():
        try:
            sitting = db.session.get_one(Sitting, sitting_id)
            return Look(tuple(board.rows(sitting, now)), now)
        finally:
            db.session.remove()


class Streams:
    """How many boards may hold a thread of this process at once."""

    def __init__(self, most: int) -> None:
        self._free = threading.BoundedSemaphore(most)

    def enter(self) -> bool:
        """Take a place; False when there is none."""
        return self._free.acquire(blocking=False)

    def leave(self) -> None:
        """Give the place back."""
        self._free.release()
