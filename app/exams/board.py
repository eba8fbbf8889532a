"""The room as the server knows it: one row per candidate, those who need somebody first.

Only what was received is shown. A phone that lost its line is not known to be lost: what can be
said is when its last answer came in. Leaving the page is information, never a verdict.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.exams.starting import TAKEOVER_LASTS
from app.extensions import db
from app.models.exams import AnswerEvent, Attempt, AttemptEvent, Booking, Paper, PaperSlot, Sitting

QUIET_AFTER = timedelta(minutes=5)
"""So long without a new answer is worth a look; reading a case takes two or three."""


@dataclass(frozen=True)
class Row:
    """One candidate of the room."""

    booking: Booking
    state: str
    """`no_paper`, `expected`, `absent`, `writing`, `quiet`, `moving`, `time_up`, `handed_in`, `void`."""
    total: int
    """Questions on the paper; 0 before it is drawn."""
    answered: int = 0
    last_saved: datetime | None = None
    seconds_left: int = 0
    leaves: int = 0
    seconds_away: int = 0

    @property
    def attempt(self) -> Attempt | None:
        """The candidate's attempt, once started."""
        return self.booking.attempt

    @property
    def needs_look(self) -> bool:
        """Tell whether somebody should look at this seat."""
        return self.state in {"no_paper", "quiet", "moving", "time_up"}


def rows(sitting: Sitting, now: datetime) -> list[Row]:
    """Return the room's rows at a constant number of queries: needing a look first, then by seat."""
    bookings = db.session.scalars(
        select(Booking)
        .where(Booking.sitting_id == sitting.id)
        .options(selectinload(Booking.attempt))
        .order_by(Booking.seat)
    ).all()
    ids = [booking.attempt.id for booking in bookings if booking.attempt]
    totals, progress, away = _totals(sitting), _progress(ids), _leaves(ids)
    found = []
    for booking in bookings:
        attempt, total = booking.attempt, totals.get(booking.id, 0)
        if attempt is None:
            found.append(Row(booking, _before(sitting, total, now), total))
            continue
        answered, last = progress.get(attempt.id, (0, None))
        left = int((attempt.deadline_at - now).total_seconds()) if attempt.state == "open" else 0
        state = _state(attempt, last or attempt.started_at, now)
        found.append(
            Row(booking, state, total, answered, last, max(0, left), *away.get(attempt.id, (0, 0)))
        )
    return sorted(found, key=lambda row: not row.needs_look)


def _before(sitting: Sitting, total: int, now: datetime) -> str:
    if now > sitting.last_start_at:
        return "absent"
    return "expected" if total else "no_paper"


def _state(attempt: Attempt, last: datetime, now: datetime) -> str:
    if attempt.state != "open":
        return attempt.state
    if now > attempt.deadline_at:
        return "time_up"
    allowed = attempt.takeover_allowed_at
    if allowed is not None and now - allowed <= TAKEOVER_LASTS:
        return "moving"
    return "quiet" if now - last > QUIET_AFTER else "writing"


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
