"""The alarm when the wall clock steps: noticed by the worker, kept as a row, acknowledged by name.

Exam time is counted by the wall clock, so a step silently gives or takes minutes. This module
notices and tells; what happens to a sitting is decided in `app/exams`.

What a machine's clocks last showed is kept beside the alarms. So of several workers there one alone
finds that they have moved, and a worker that is started finds what happened while none ran.
"""

from __future__ import annotations

import functools
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, clock, jobs
from app.errors import Refusal
from app.extensions import db
from app.models.journal import ClockAlarm, ClockReading
from app.models.people import User

log = structlog.get_logger()
COMPARED_EVERY = 60.0
"""Seconds after which a worker looks at what is kept although it saw no step itself."""
REMEMBERED = 3600
"""Seconds: so old may be what is kept; meanwhile a clock that is only being corrected drifts less than a step."""
BOOT = Path("/proc/sys/kernel/random/boot_id")
DOUBT = 30.0
"""Seconds, more than a busy worker needs for its round, in which a process that serves requests holds no time for over, after it saw a step."""
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
    """Register who acts on a new alarm in the transaction that keeps it."""
    _listeners.append(listener)
    return listener


class AlreadyAcknowledgedError(Refusal):
    """Somebody else was first."""


def note_step(moved: timedelta, now: datetime) -> ClockAlarm:
    """Keep an alarm about a step, and let everybody act on it who registered."""
    moved_ms = round(moved.total_seconds() * 1000)
    alarm = ClockAlarm(seen_at=now, moved_ms=moved_ms)
    db.session.add(alarm)
    audit.record("clock.stepped", alarm, actor=None, now=now, moved_ms=moved_ms)
    for listener in _listeners:
        listener(alarm, now)
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


class Watch:
    """How a worker finds steps: by its own two clocks, and by what this machine's last showed."""

    def __init__(self) -> None:
        self._own = clock.StepWatch()
        self._asked = self._compared = float("-inf")

    def look(self, now: datetime) -> timedelta | None:
        """Return a step that nobody has kept yet, after writing down what the clocks show.

        The caller commits, and then calls `settle`: what could not be kept is seen again.
        """
        moved, monotonic = self._own.look(), time.monotonic()
        if moved is None and monotonic - self._compared < COMPARED_EVERY:
            self._own.settle()
            return None
        self._asked = monotonic
        apart_ms, read_ms = round(clock.apart() * 1000), round(monotonic * 1000)
        kept = db.session.get(ClockReading, machine(), with_for_update=True)
        if kept is None:
            kept = ClockReading(machine=machine())
            db.session.add(kept)
        elif 0 <= read_ms - kept.read_ms <= REMEMBERED * 1000:
            found = timedelta(milliseconds=apart_ms - kept.apart_ms)
            moved = found if abs(found) > self._own.tolerance else None
        kept.apart_ms, kept.read_ms, kept.read_at = apart_ms, read_ms, now
        return moved

    def settle(self) -> None:
        """Count from what was last seen: it is kept."""
        self._own.settle()
        self._compared = self._asked


_watch = Watch()


@functools.cache
def machine() -> str:
    """Return what is the same for all processes of this machine until it is started again.

    Where the system does not say, something of this process alone: what it kept helps no other.
    """
    try:
        return BOOT.read_text("ascii").strip()
    except OSError:
        return secrets.token_hex(16)


@jobs.every(0, "clock.watch")  # each round, and before the duties that go by the clock
def watch(now: datetime) -> None:
    """Compare the wall clock with the monotonic one. A step that could not be kept is seen again."""
    moved = _watch.look(now)
    if moved is not None:
        log.error("clock stepped", moved_ms=round(moved.total_seconds() * 1000))
        note_step(moved, now)
    db.session.commit()
    _watch.settle()
