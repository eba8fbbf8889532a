"""What this process knows of an attempt, and how the database confirms it while it acts on it.

Nearly every save and heartbeat finds the attempt as the last one left it. So a process keeps what it
read, asks the rules about that, and tells the database in one statement what to do if the attempt
still stands so. When it does not (time was added, somebody paused, another device took over, it was
handed in), the statement does nothing and the caller reads anew (`app.exams.quick`). What is kept
decides nothing by itself, and no reply is made from it that the database has not just confirmed.

Only what never changes is kept unconfirmed: a device's token and epoch, a paper's slots.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Integer, Table, and_, bindparam, func, or_, select, update

from app.direct import Direct
from app.exams.questions import asked, is_loaded
from app.exams.quick import ATTEMPT, DEVICE, SLOT, AttemptRow, QuickDevice, transaction
from app.extensions import reading_only
from app.models.exams import TimeEntry
from app.models.room import RoomMessage
from app.secrecy import token_hash
from question_bank import Question

MOST = 4000
"""Devices kept by a process; the one that came first goes first."""
SEEN_EVERY = timedelta(seconds=60)
LINE, MESSAGE = (cast("Table", model.__table__) for model in (TimeEntry, RoomMessage))
Slot = tuple[str, str, tuple[str, ...]]
"""What one slot of a paper asks: version, part of a case, order of the options."""

STANDS = and_(
    ATTEMPT.c.id == bindparam("attempt"),
    ATTEMPT.c.state == bindparam("state"),
    ATTEMPT.c.deadline_at == bindparam("deadline"),
    ATTEMPT.c.paused_at.is_not_distinct_from(bindparam("paused")),
    ATTEMPT.c.epoch == bindparam("live_epoch"),
)
"""The attempt is as it was read. Its other columns that an exchange tells never change, or with these."""
LINES = select(func.count()).where(LINE.c.attempt_id == bindparam("attempt")).scalar_subquery()
MESSAGES = (
    select(func.count())
    .where(
        MESSAGE.c.sitting_id == bindparam("sitting"),
        or_(MESSAGE.c.attempt_id.is_(None), MESSAGE.c.attempt_id == bindparam("attempt")),
    )
    .scalar_subquery()
)
# Lines and messages are only ever added: as many as were read are those that were read.
TOLD = and_(
    STANDS,
    bindparam("lines", type_=Integer()) == LINES,
    bindparam("messages", type_=Integer()) == MESSAGES,
)
OF = and_(DEVICE.c.attempt_id == bindparam("attempt"), DEVICE.c.epoch == bindparam("of"))
STILL = Direct(select(DEVICE.c.epoch).select_from(ATTEMPT).join(DEVICE, OF).where(TOLD))
SEEN = Direct(
    update(DEVICE)
    .where(OF, select(ATTEMPT.c.id).where(TOLD).exists())
    .values(seen_at=bindparam("now", type_=DEVICE.c.seen_at.type))
)
SLOTS = select(SLOT.c.number, SLOT.c.version_id, SLOT.c.part, SLOT.c.option_order).where(
    SLOT.c.paper_id == bindparam("paper")
)


@dataclass(slots=True)
class Known:
    """A device as it was read. Has the names of `QuickDevice`, so that an exchange tells either.

    Replaced as a whole when it is read again: threads that hold it decide and confirm by the same.
    """

    attempt: AttemptRow
    epoch: int
    seen_at: datetime | None
    account: list[dict[str, Any]] | None
    """The time account as a heartbeat tells it, or None: only a save has met this device."""
    messages: list[dict[str, Any]]
    slots: dict[int, Slot] | None

    @property
    def live(self) -> bool:
        """Tell whether this is the device that may go on."""
        return self.epoch == self.attempt.epoch

    def standing(self) -> dict[str, Any]:
        """Return what the database is to find unchanged."""
        attempt = self.attempt
        return {
            "attempt": attempt.id,
            "state": attempt.state,
            "deadline": attempt.deadline_at,
            "paused": attempt.paused_at,
            "live_epoch": attempt.epoch,
        }


_known: dict[tuple[str, str], Known] = {}
_slots: dict[Slot, Slot] = {}
_keeping = threading.Lock()


def find(attempt_id: str, token: str | None) -> Known | None:
    """Return what is kept of a device; None of one that this process has not met."""
    return _known.get((attempt_id, token_hash(token or "")))


def keep(
    device: QuickDevice,
    token: str | None,
    account: list[dict[str, Any]] | None = None,
    messages: list[dict[str, Any]] | None = None,
) -> Known:
    """Keep what was just read of a device, in the place of what was known before."""
    key = (device.attempt.id, token_hash(token or ""))
    with _keeping:
        before = _known.get(key)
        if before is None and len(_known) >= MOST:
            del _known[next(iter(_known))]
        known = Known(
            device.attempt,
            device.epoch,
            device.seen_at,
            account,
            messages or [],
            before.slots if before else None,
        )
        _known[key] = known
    return known


def asks(known: Known, number: int) -> tuple[Question, tuple[str, ...]] | None:
    """Return what a slot of the paper asks and the order of its options; None: it is not there.

    A paper's slots are read once, all together, and each question once by each process.
    """
    slots = known.slots
    if slots is None:
        with reading_only(), transaction() as connection:
            rows = connection.execute(SLOTS, {"paper": known.attempt.paper_id}).all()
        known.slots = slots = _shared(rows)
    slot = slots.get(number)
    if slot is None:
        return None
    version_id, part, order = slot
    if not is_loaded(version_id):
        with reading_only(), transaction() as connection:
            return asked(version_id, part, connection), order
    return asked(version_id, part), order


def _shared(rows: Iterable[Any]) -> dict[int, Slot]:
    """Return a paper's slots by number: papers share questions, so a hall has few different ones."""
    found = {}
    with _keeping:
        if len(_slots) > 50 * MOST:
            _slots.clear()
        for number, version_id, part, order in rows:
            slot = (version_id, part, tuple(order))
            found[number] = _slots.setdefault(slot, slot)
    return found


def is_seen_due(known: Known, now: datetime) -> bool:
    """Tell whether a device's sign of life is to be written again: once a minute is enough."""
    return known.seen_at is None or now - known.seen_at >= SEEN_EVERY


def confirm(known: Known, now: datetime) -> bool:
    """Tell whether what a heartbeat tells still stands, and write the sign of life when it is due."""
    if known.account is None:
        return False
    values = {
        **known.standing(),
        "of": known.epoch,
        "sitting": known.attempt.sitting_id,
        "lines": len(known.account),
        "messages": len(known.messages),
    }
    if not is_seen_due(known, now):
        return STILL.first(values) is not None
    if SEEN.rows({**values, "now": now}) != 1:
        return False
    known.seen_at = now
    return True
