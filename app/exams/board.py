"""The room as the server knows it: one row per candidate, those who need somebody first.

Only what was received is shown. A phone that lost its line is not known to be lost: what can be
said is when it was last heard of. Leaving the page is information, never a verdict. A row holds
plain values, so that it may be kept and shown to several boards (`watching.py`).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.exams.starting import TAKEOVER_LASTS
from app.extensions import db
from app.models.exams import (
    AnswerEvent,
    Attempt,
    AttemptEvent,
    Booking,
    DeviceEpoch,
    Paper,
    PaperSlot,
    Sitting,
)
from app.models.room import Incident

SILENT_AFTER = timedelta(minutes=2)
"""So long without a sign of life: the page asks every 20 seconds, and a sign is kept each minute."""
QUIET_AFTER = timedelta(minutes=5)
"""So long without a new answer is told; reading a case takes two or three minutes."""
MANY_LEAVES, LONG_AWAY = 4, 60
NEED_LOOK = frozenset({"no_paper", "rejected", "silent", "moving", "time_up"})
GROUPS = {
    "no_paper": "waiting",
    "expected": "waiting",
    "confirmed": "checked",
    "rejected": "waiting",
    "absent": "waiting",
    "writing": "writing",
    "quiet": "writing",
    "silent": "writing",
    "moving": "writing",
    "time_up": "writing",
    "paused": "paused",
    "handed_in": "done",
    "void": "done",
}
"""State -> the filter of the board under which it is found."""


@dataclass(frozen=True)
class Row:
    """One candidate of the room."""

    booking_id: str
    seat: int
    name: str
    ticket: str
    room: str
    has_photo: bool
    check_in: str
    extra_time: bool
    total: int
    """Questions on the paper; 0 before it is drawn."""
    state: str
    """See `GROUPS`."""
    attempt_id: str = ""
    attempt_state: str = ""
    answered: int = 0
    last_saved: datetime | None = None
    last_seen: datetime | None = None
    deadline: datetime | None = None
    paused_at: datetime | None = None
    pause_reason: str = ""
    handed_in_at: datetime | None = None
    leaves: int = 0
    seconds_away: int = 0
    incidents: int = 0

    @property
    def group(self) -> str:
        """The filter under which the row is found."""
        return GROUPS[self.state]

    @property
    def often_away(self) -> bool:
        """Tell whether the page was left often or long; a call of some seconds is neither."""
        return self.leaves >= MANY_LEAVES or self.seconds_away >= LONG_AWAY

    @property
    def wrongly_in(self) -> bool:
        """Tell whether somebody writes whom the door refused."""
        return self.check_in == "rejected" and self.attempt_state == "open"

    @property
    def needs_look(self) -> bool:
        """Tell whether somebody should look at this seat."""
        if self.attempt_state in {"handed_in", "void"}:
            return False
        return self.state in NEED_LOOK or self.wrongly_in or self.often_away

    @property
    def mark(self) -> str:
        """A short sign of everything that is shown: the same sign, the same row."""
        return hashlib.blake2b(repr(astuple(self)).encode(), digest_size=6).hexdigest()

    def seconds_left(self, now: datetime) -> int:
        """Return the time left; while it is paused, what was left then."""
        if self.deadline is None or self.attempt_state != "open":
            return 0
        return max(0, int((self.deadline - (self.paused_at or now)).total_seconds()))


def rows(sitting: Sitting, now: datetime) -> list[Row]:
    """Return the room's rows at a constant number of queries: needing a look first, then by seat."""
    bookings = db.session.scalars(
        select(Booking)
        .where(Booking.sitting_id == sitting.id)
        .options(selectinload(Booking.attempt), joinedload(Booking.room))
        .order_by(Booking.seat)
    ).all()
    ids = [booking.attempt.id for booking in bookings if booking.attempt]
    totals, progress, away = _totals(sitting), _progress(ids), _leaves(ids)
    seen, incidents = _seen(sitting), _incidents(sitting)
    found = []
    for booking in bookings:
        row = _before(booking, sitting, totals.get(booking.id, 0), now)
        if booking.attempt is not None:
            row = _with_attempt(row, booking.attempt, progress, seen, now)
            leaves, seconds = away.get(row.attempt_id, (0, 0))
            count = incidents.get(row.attempt_id, 0)
            row = replace(row, leaves=leaves, seconds_away=seconds, incidents=count)
        found.append(row)
    return sorted(found, key=lambda row: not row.needs_look)


def counts(found: list[Row]) -> dict[str, int]:
    """Return how many stand under each filter of the board."""
    counted = dict.fromkeys(("all", "look", "waiting", "checked", "writing", "paused", "done"), 0)
    for row in found:
        counted["all"] += 1
        counted["look"] += row.needs_look
        counted[row.group] += 1
    return counted


def _before(booking: Booking, sitting: Sitting, total: int, now: datetime) -> Row:
    state = "expected" if total else "no_paper"
    if booking.check_in == "rejected":
        state = "rejected"
    elif booking.check_in == "absent" or now > sitting.last_start_at:
        state = "absent"
    elif booking.check_in and total:
        state = "confirmed"
    return Row(
        booking_id=booking.id,
        seat=booking.seat,
        name=booking.user.name,
        ticket=booking.ticket_number,
        room=booking.room.name if booking.room else "",
        has_photo=booking.user.photo_blob_id is not None,
        check_in=booking.check_in,
        extra_time=booking.time_factor_percent > 100,
        total=total,
        state=state,
    )


Progress = dict[str, tuple[int, datetime | None]]


def _with_attempt(
    row: Row, attempt: Attempt, progress: Progress, seen: dict[str, datetime], now: datetime
) -> Row:
    answered, last = progress.get(attempt.id, (0, None))
    heard = max(filter(None, (last, seen.get(attempt.id), attempt.started_at)))
    return replace(
        row,
        state=_state(attempt, last or attempt.started_at, heard, now),
        attempt_id=attempt.id,
        attempt_state=attempt.state,
        answered=answered,
        last_saved=last,
        last_seen=heard,
        deadline=attempt.deadline_at,
        paused_at=attempt.paused_at,
        pause_reason=attempt.pause_reason,
        handed_in_at=attempt.handed_in_at,
    )


def _state(attempt: Attempt, last: datetime, heard: datetime, now: datetime) -> str:
    if attempt.state != "open":
        return attempt.state
    if attempt.paused_at is not None:
        return "paused"
    if now > attempt.deadline_at:
        return "time_up"
    allowed = attempt.takeover_allowed_at
    if allowed is not None and now - allowed <= TAKEOVER_LASTS:
        return "moving"
    if now - heard >= SILENT_AFTER:
        return "silent"
    return "quiet" if now - last > QUIET_AFTER else "writing"


def _seen(sitting: Sitting) -> dict[str, datetime]:
    """Return attempt id -> when its live device was last heard of, opening it included."""
    heard = db.session.execute(
        select(Attempt.id, DeviceEpoch.seen_at, DeviceEpoch.opened_at)
        .join(
            DeviceEpoch,
            (DeviceEpoch.attempt_id == Attempt.id) & (DeviceEpoch.epoch == Attempt.epoch),
        )
        .where(Attempt.sitting_id == sitting.id)
    )
    return {attempt_id: seen or opened for attempt_id, seen, opened in heard}


def _incidents(sitting: Sitting) -> dict[str, int]:
    counted = db.session.execute(
        select(Incident.attempt_id, func.count())
        .where(Incident.sitting_id == sitting.id, Incident.attempt_id.is_not(None))
        .group_by(Incident.attempt_id)
    )
    return {attempt_id: number for attempt_id, number in counted if attempt_id}


def _totals(sitting: Sitting) -> dict[str, int]:
    counted = db.session.execute(
        select(Paper.booking_id, func.count())
        .join(PaperSlot, PaperSlot.paper_id == Paper.id)
        .join(Booking, Booking.id == Paper.booking_id)
        .where(Booking.sitting_id == sitting.id)
        .group_by(Paper.booking_id)
    )
    return dict(counted.all())


def _progress(attempt_ids: list[str]) -> dict[str, tuple[int, datetime | None]]:
    """Return attempt id -> (questions answered, time of the last change)."""
    last_of_slot = (
        select(
            AnswerEvent.attempt_id,
            AnswerEvent.value,
            AnswerEvent.server_at,
            func.row_number()
            .over(
                partition_by=(AnswerEvent.attempt_id, AnswerEvent.slot),
                order_by=(AnswerEvent.epoch.desc(), AnswerEvent.sequence.desc()),
            )
            .label("place"),
        )
        .where(AnswerEvent.attempt_id.in_(attempt_ids), AnswerEvent.late.is_(False))
        .subquery()
    )
    counted = db.session.execute(
        select(
            last_of_slot.c.attempt_id,
            func.count().filter((last_of_slot.c.place == 1) & (last_of_slot.c.value != "null")),
            func.max(last_of_slot.c.server_at),
        ).group_by(last_of_slot.c.attempt_id)
    )
    return {attempt_id: (number, last) for attempt_id, number, last in counted}


def _leaves(attempt_ids: list[str]) -> dict[str, tuple[int, int]]:
    """Return attempt id -> (how often the page was left, seconds in all)."""
    noted = db.session.execute(
        select(AttemptEvent.attempt_id, AttemptEvent.details).where(
            AttemptEvent.attempt_id.in_(attempt_ids), AttemptEvent.kind == "left_page"
        )
    )
    away: dict[str, list[int]] = defaultdict(list)
    for attempt_id, details in noted:
        away[attempt_id].append(int(details["ms"]))
    return {attempt_id: (len(ms), sum(ms) // 1000) for attempt_id, ms in away.items()}
