"""An attempt as a save and a heartbeat see it: one row of columns, found by a device's token.

Saves and heartbeats are nearly all that happens in a hall. Loading an attempt as an object, with
what hangs on it, and keeping a session for it, cost several times what storing the answer costs. So
they have a connection and a transaction of their own, statements made once, and a row with the names
that `Attempt` has, so that the same rules are asked about either. Whoever has to change the attempt
itself (handing in, time) takes the object and the session, after this transaction has ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

from flask_babel import gettext as _
from sqlalchemy import Connection, Table, and_, bindparam, select, update

from app.errors import Refusal
from app.extensions import db
from app.models.exams import Attempt, DeviceEpoch, PaperSlot
from app.secrecy import token_hash

NO_SLOT = -1

ATTEMPT, DEVICE, SLOT = (
    cast("Table", model.__table__) for model in (Attempt, DeviceEpoch, PaperSlot)
)
NAMES = (
    *("id", "sitting_id", "paper_id", "state", "deadline_at", "grace_seconds"),
    *("paused_at", "pause_reason", "sections", "epoch"),
)
FIND = (
    select(
        *(ATTEMPT.c[name] for name in NAMES),
        *(DEVICE.c.epoch, DEVICE.c.seen_at),
        *(SLOT.c.number, SLOT.c.version_id, SLOT.c.part, SLOT.c.option_order),
    )
    .join(DEVICE, DEVICE.c.attempt_id == ATTEMPT.c.id)
    .outerjoin(
        SLOT, and_(SLOT.c.paper_id == ATTEMPT.c.paper_id, SLOT.c.number == bindparam("slot"))
    )
    .where(ATTEMPT.c.id == bindparam("attempt"), DEVICE.c.device_hash == bindparam("token"))
)
LOCK = FIND.with_for_update(of=ATTEMPT)
SEEN = (
    update(DEVICE)
    .where(DEVICE.c.attempt_id == bindparam("attempt"), DEVICE.c.epoch == bindparam("of"))
    .values(seen_at=bindparam("now"))
)


class UnknownDevice(Refusal):
    """The token belongs to no device of this attempt."""

    status = 403

    def __init__(self, sentence: str = "") -> None:
        super().__init__(
            sentence or _("这部设备没有在考这场。请回到“考试”页重新进入，或请监考员放行。")
        )


class Touched(Protocol):
    """What an exchange asks of an attempt, be it the object or the row."""

    @property
    def id(self) -> str: ...
    @property
    def sitting_id(self) -> str: ...
    @property
    def paper_id(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def deadline_at(self) -> datetime: ...
    @property
    def grace_seconds(self) -> int: ...
    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def pause_reason(self) -> str: ...
    @property
    def sections(self) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """The columns of an attempt that an exchange needs, in the order of NAMES."""

    id: str
    sitting_id: str
    paper_id: str
    state: str
    deadline_at: datetime
    grace_seconds: int
    paused_at: datetime | None
    pause_reason: str
    sections: list[Any]
    epoch: int


@dataclass(frozen=True, slots=True)
class SlotRow:
    """What one slot of the paper asks, and the order of its options there."""

    number: int
    version_id: str
    part: str
    option_order: list[Any]


@dataclass(frozen=True, slots=True)
class QuickDevice:
    """A device of an attempt, and the connection on which it was found."""

    attempt: AttemptRow
    epoch: int
    seen_at: datetime | None
    """Its last sign of life on record; at most a minute behind."""
    slot: SlotRow | None
    connection: Connection

    @property
    def live(self) -> bool:
        """Tell whether this is the device that may go on."""
        return self.epoch == self.attempt.epoch


@contextmanager
def transaction() -> Iterator[Connection]:
    """Give a connection with a transaction of its own; committed when the block ends.

    On SQLite nothing inside may use `db.session`: it would wait for this very transaction.
    """
    with db.engine.begin() as connection:
        yield connection


def find(
    connection: Connection,
    attempt_id: str,
    token: str | None,
    *,
    slot: int = NO_SLOT,
    lock: bool = False,
) -> QuickDevice:
    """Return the device that a token belongs to, with what one slot of its paper asks.

    Raises UnknownDevice for a missing, forged or foreign token: the same answer for each.
    """
    values = {"attempt": attempt_id, "token": token_hash(token or ""), "slot": slot}
    found = connection.execute(LOCK if lock else FIND, values).first()
    if found is None:
        raise UnknownDevice
    row = tuple(found)
    asks = SlotRow(*row[12:]) if row[12] is not None else None
    return QuickDevice(AttemptRow(*row[:10]), row[10], row[11], asks, connection)


def note_seen(device: QuickDevice, now: datetime) -> None:
    """Write a device's sign of life, in a transaction of its own."""
    with transaction() as connection:
        values = {"attempt": device.attempt.id, "of": device.epoch, "now": now}
        connection.execute(SEEN, values)
