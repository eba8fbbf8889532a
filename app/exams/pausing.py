"""Pause and resume: one candidate, those ticked, or the room; and every room when the clock steps.

While an attempt is paused its clock stands: nothing is over, what arrives is taken. Resuming writes
the seconds stood into the time account. Who is paused may still hand in; that ends the pause.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, clock_alarms
from app.errors import Refusal
from app.exams import handing_in, time_account
from app.extensions import db
from app.models.exams import Attempt, AttemptEvent, Sitting
from app.models.journal import ClockAlarm
from app.models.people import User


class PauseRefused(Refusal):
    """Nobody here can be paused, or resumed, so."""


def pause(attempts: Sequence[Attempt], why: str, *, actor: User, now: datetime) -> int:
    """Stop the clock of those who are writing. Returns how many it stopped.

    Who is paused already stays so, since then and for that reason; who handed in meanwhile is
    passed over. Raises PauseRefused without a reason, or when there was nobody left to pause.
    """
    why = why.strip()[:200]
    if not why:
        raise PauseRefused(_("请写暂停的原因，考生会看到。"))
    done = 0
    for locked in _locked(attempts):
        if handing_in.close_if_over(locked, now) or locked.state != "open":
            continue
        if locked.paused_at is None:
            _stop(locked, why, actor=actor, now=now)
            done += 1
    if not done:
        raise PauseRefused(_("没有可以暂停的考生：已经交卷，或已经在暂停中。"))
    return done


def resume(attempts: Sequence[Attempt], *, actor: User, now: datetime) -> int:
    """Let the clock run on for those who are paused. Returns how many.

    Raises PauseRefused when none of them is paused: another invigilator may have been quicker.
    """
    done = 0
    for locked in _locked(attempts):
        if locked.state != "open" or locked.paused_at is None:
            continue
        seconds = time_account.end_pause(locked, actor=actor, now=now)
        _note(locked, "resumed", {"seconds": seconds}, now)
        audit.record("attempt.resumed", locked, actor=actor, now=now, seconds=seconds)
        done += 1
    if not done:
        raise PauseRefused(_("没有正在暂停的考生，可能别的监考员已经恢复了。"))
    return done


@clock_alarms.when_stepped
def hold_everybody(alarm: ClockAlarm, now: datetime) -> None:
    """Keep everybody's remaining time when the server's clock steps, and pause them all.

    Exam time is counted by that clock: a step gives or takes it silently. The account therefore
    moves by the step, and an invigilator looks before the clocks run on.
    """
    step = timedelta(milliseconds=alarm.moved_ms)
    seconds = round(step.total_seconds())
    writing = db.session.scalars(
        select(Attempt)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(Attempt.state == "open", Sitting.mock.is_(False))  # no room would resume a try
        .order_by(Attempt.id)
    ).all()
    with force_locale("zh"):
        why = _("服务器的钟跳变，剩余时间不变")
    for locked in _locked(writing):
        if locked.state != "open":
            continue
        time_account.write(locked, "clock", seconds, why, actor=None, now=now)
        if locked.paused_at is None:
            _stop(locked, why, actor=None, now=now)
        else:  # the pause goes on, counted by the new clock
            locked.paused_at += timedelta(seconds=seconds)


def _locked(attempts: Sequence[Attempt]) -> list[Attempt]:
    """Lock in one order, so that two invigilators who act at once never wait in a ring."""
    return [time_account.lock(one) for one in sorted(attempts, key=lambda one: one.id)]


def _stop(locked: Attempt, why: str, *, actor: User | None, now: datetime) -> None:
    locked.paused_at, locked.pause_reason = now, why
    _note(locked, "paused", {"reason": why}, now)
    audit.record("attempt.paused", locked, actor=actor, now=now, reason=why)


def _note(attempt: Attempt, kind: str, details: dict[str, str | int], now: datetime) -> None:
    db.session.add(AttemptEvent(attempt_id=attempt.id, kind=kind, details=details, at=now))
