"""The alarm when the wall clock steps: noticed by the worker, kept as a row, acknowledged by name.

Exam time is counted by the wall clock, so a step silently gives or takes minutes. This module
notices and tells; what happens to a sitting is decided in `app/exams`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, clock, jobs
from app.errors import Refusal
from app.extensions import db
from app.models.journal import ClockAlarm
from app.models.people import User

log = structlog.get_logger()
SAME_STEP = timedelta(seconds=10)
"""Several workers on one machine see the same step within this time."""
DOUBT = 30.0
"""Seconds, more than a busy worker needs for its round, in which a process that serves requests holds no time for over, after it saw a step."""
_watch = clock.StepWatch()
Listener = Callable[[ClockAlarm, datetime], None]
_listeners: list[Listener] = []


class Doubt:
    """What a process that serves requests makes of a step: for a moment it holds nothing for over.

    The worker keeps the alarm and moves every deadline, but a request may come before it. Until then
    the new clock would hand in a whole room.
    """

    def __init__(self) -> None:
        self._watch = clock.StepWatch()
        self._until = 0.0

    def look(self) -> None:
        """Compare the clocks; asked before each request of an exam."""
        if self._watch.step() is not None:
            self._until = time.monotonic() + DOUBT

    @property
    def raised(self) -> bool:
        """Tell whether the wall clock is in doubt now."""
        return time.monotonic() < self._until


doubt = Doubt()


def when_stepped(listener: Listener) -> Listener:
    """Register what acts on a new alarm in the transaction that keeps it."""
    _listeners.append(listener)
    return listener


class AlreadyAcknowledgedError(Refusal):
    """Somebody else was first."""


def note_step(moved: timedelta, now: datetime) -> ClockAlarm | None:
    """Keep an alarm about a step; None when another worker has just kept the same one.

    Two steps are the same when they are within ten seconds and two seconds of size.
    """
    moved_ms = round(moved.total_seconds() * 1000)
    recent = select(ClockAlarm).where(
        ClockAlarm.seen_at.between(now - SAME_STEP, now + SAME_STEP),
        ClockAlarm.moved_ms.between(moved_ms - 2000, moved_ms + 2000),
    )
    if db.session.scalars(recent.limit(1)).first() is not None:
        return None
    alarm = ClockAlarm(seen_at=now, moved_ms=moved_ms)
    db.session.add(alarm)
    audit.record("clock.stepped", alarm, actor=None, now=now, moved_ms=moved_ms)
    return alarm


def open_alarms() -> list[ClockAlarm]:
    """Return the alarms nobody has acknowledged, the newest first: one query, few rows."""
    unseen = select(ClockAlarm).where(ClockAlarm.acknowledged_at.is_(None))
    return list(db.session.scalars(unseen.order_by(ClockAlarm.seen_at.desc()).limit(20)))


def acknowledge(alarm: ClockAlarm, *, actor: User, now: datetime) -> None:
    """Note who has taken note of an alarm. Raises AlreadyAcknowledgedError."""
    if alarm.acknowledged_at is not None:
        raise AlreadyAcknowledgedError(_("这次时钟跳变已经有人确认过了，不用再确认。"))
    alarm.acknowledged_by_id, alarm.acknowledged_at = actor.id, now
    audit.record("clock.acknowledged", alarm, actor=actor, now=now)


@jobs.every(0, "clock.watch")  # each round, and before the duties that go by the clock
def watch(now: datetime) -> None:
    """Compare the wall clock with the monotonic one. A step that could not be kept is seen again."""
    moved = _watch.look()
    if moved is None:
        _watch.settle()
        return
    log.error("clock stepped", moved_ms=round(moved.total_seconds() * 1000))
    alarm = note_step(moved, now)
    if alarm is not None:
        for listener in _listeners:
            listener(alarm, now)
    db.session.commit()
    _watch.settle()
