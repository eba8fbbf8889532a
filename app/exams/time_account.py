"""The time account: append-only lines whose sum is the deadline.

The deadline is cached on the attempt in the same transaction as the line that changes it.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.orm import lazyload

from app import audit
from app.errors import Refusal
from app.exams import rules
from app.exams.places import Place
from app.exams.quick import Touched
from app.extensions import db
from app.formatting import iso
from app.models.base import new_id
from app.models.exams import Attempt, Booking, Sitting, TimeEntry
from app.models.people import User

DOUBLE_CLICK = timedelta(seconds=30)
BY_HAND = ("person", "room")
NEW_LINE = insert(TimeEntry)


class TimeRefused(Refusal):
    """Time cannot be added so."""


def reason(kind: str, booking: Booking | Place) -> str:
    """Say in words why an opening line stands in the account."""
    if kind == "base":
        return str(_("规定时间"))
    if kind == "window":
        return str(_("场次结束时间到，进场晚的部分不补"))
    return str(_("合理便利：%(why)s", why=booking.time_factor_reason or _("已批准")))


def open_account(
    on: Connection, attempt_id: str, place: Place, lines: list[rules.Line], now: datetime
) -> None:
    """Write the opening lines of an attempt that begins now."""
    rows = [
        {
            "id": new_id(),
            "attempt_id": attempt_id,
            "kind": line.kind,
            "seconds": line.seconds,
            "reason": reason(line.kind, place),
            "by_id": place.time_factor_by_id if line.kind == "factor" else None,
            "at": now,
        }
        for line in lines
    ]
    on.execute(NEW_LINE, rows if len(rows) > 1 else rows[0])


def newest_added(attempts: list[Attempt]) -> str:
    """Return which line was the last that somebody added to these attempts; empty for none.

    A page that asks for minutes gives it back as `seen`, see `add_time`.
    """
    line = _newest_added(attempts)
    return line.id if line is not None else ""


def _newest_added(attempts: list[Attempt]) -> TimeEntry | None:
    ids = [attempt.id for attempt in attempts]
    lines = select(TimeEntry).where(TimeEntry.attempt_id.in_(ids), TimeEntry.kind.in_(BY_HAND))
    return db.session.scalar(lines.order_by(TimeEntry.at.desc(), TimeEntry.id.desc()).limit(1))


def add_time(
    attempts: list[Attempt],
    kind: str,
    minutes: int,
    why: str,
    *,
    actor: User,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Add minutes for one attempt (`person`) or for all open ones of a room (`room`).

    `seen` is `newest_added` as the person saw it. Raises TimeRefused for a length outside 1..120
    minutes, for no reason, for nobody, for the same once more within half a minute, which is a
    double click, and when somebody has added time since `seen`: two invigilators may have meant the
    same minutes, and minutes cannot be taken back.
    """
    if not 1 <= minutes <= 120:
        raise TimeRefused(_("补时请填 1 到 120 分钟。收回时间要走违纪或更正流程，不能填负数。"))
    if not why.strip():
        raise TimeRefused(_("请写补时的原因，考生会在时间账里看到。"))
    if not attempts:
        raise TimeRefused(_("现在没有正在作答的考生。"))
    # Locked in one order, so that two invigilators who tick the same people never wait in a ring.
    held = [lock(one) for one in sorted(attempts, key=lambda one: one.id)]
    for locked in held:
        if locked.state != "open":
            raise TimeRefused(_("有考生已经交卷，没有补时。请刷新名单再试。"))
        if _added_just_now(locked, kind, minutes, why.strip()[:200], actor, now):
            raise TimeRefused(
                _("半分钟内刚补过同样的时间，没有再补一次。确实要再补，请过半分钟再按。")
            )
    _refuse_unseen(held, seen)
    for locked in held:
        write(locked, kind, minutes * 60, why.strip()[:200], actor=actor, now=now)
        audit.record("attempt.time_added", locked, actor=actor, now=now, minutes=minutes)


def _refuse_unseen(attempts: list[Attempt], seen: str | None) -> None:
    """Raise TimeRefused with what was added since the page was shown."""
    newest = _newest_added(attempts)
    if seen is None or newest is None or newest.id == seen:
        return
    before = db.session.get(TimeEntry, seen) if seen else None
    if before is not None and before.at >= newest.at:
        return  # whose time was the last has handed in
    by = db.session.get(User, newest.by_id) if newest.by_id else None
    raise TimeRefused(
        _(
            "打开这一页以后，%(name)s已经补了 %(n)d 分钟（%(why)s），这一次没有再补。确实要再补，请再按一次。",
            name=by.name if by else "",
            n=newest.seconds // 60,
            why=newest.reason,
        )
    )


def add_room_time(
    sitting: Sitting,
    attempts: list[Attempt],
    minutes: int,
    why: str,
    *,
    actor: User,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Add minutes for everybody who writes, and move the sitting's end by as much.

    Else whoever starts after this would have the minutes cut off by the end of the sitting.
    Raises TimeRefused like `add_time`.
    """
    add_time(attempts, "room", minutes, why, actor=actor, now=now, seen=seen)
    locked = db.session.scalars(
        select(Sitting)
        .where(Sitting.id == sitting.id)
        .with_for_update(of=Sitting)
        .execution_options(populate_existing=True)
    ).one()
    locked.closes_at += timedelta(minutes=minutes)
    audit.record("sitting.time_added", locked, actor=actor, now=now, minutes=minutes)


def lock(attempt: Attempt) -> Attempt:
    """Return the attempt as it stands now, held until the transaction ends."""
    return db.session.scalars(
        select(Attempt)
        .where(Attempt.id == attempt.id)
        .options(lazyload(Attempt.booking))  # behind it lies the revision with its whole pool
        .with_for_update(of=Attempt)
        .execution_options(populate_existing=True)
    ).one()


def write(
    attempt: Attempt, kind: str, seconds: int, why: str, *, actor: User | None, now: datetime
) -> None:
    """Add one line to a locked attempt's account and cache the deadline that follows."""
    entry = TimeEntry(
        attempt_id=attempt.id,
        kind=kind,
        seconds=seconds,
        reason=why,
        by_id=actor.id if actor else None,
        at=now,
    )
    db.session.add(entry)
    db.session.flush()
    lines = [rules.Line(e.kind, e.seconds) for e in _entries(attempt)]
    attempt.deadline_at = rules.deadline(attempt.started_at, lines)


def end_pause(attempt: Attempt, *, actor: User | None, now: datetime) -> int:
    """Let a locked attempt's clock run on: a `pause` line of the seconds it stood, which it returns.

    Rounded up to whole seconds: a pause never costs the candidate a part of one.
    """
    if attempt.paused_at is None:
        return 0
    seconds = max(0, math.ceil((now - attempt.paused_at).total_seconds()))
    why = _("暂停：%(why)s", why=attempt.pause_reason)[:200]
    attempt.paused_at, attempt.pause_reason = None, ""
    write(attempt, "pause", seconds, why, actor=actor, now=now)
    return seconds


def _added_just_now(
    attempt: Attempt, kind: str, minutes: int, why: str, actor: User, now: datetime
) -> bool:
    same = select(TimeEntry.id).where(
        TimeEntry.attempt_id == attempt.id,
        TimeEntry.kind == kind,
        TimeEntry.seconds == minutes * 60,
        TimeEntry.reason == why,
        TimeEntry.by_id == actor.id,
        TimeEntry.at > now - DOUBLE_CLICK,
    )
    return db.session.scalar(same.limit(1)) is not None


def _entries(attempt: Attempt) -> list[TimeEntry]:
    return list(
        db.session.scalars(
            select(TimeEntry)
            .where(TimeEntry.attempt_id == attempt.id)
            .order_by(TimeEntry.at, TimeEntry.id)
        )
    )


ORDER = {"base": 0, "window": 1, "factor": 2}


LINES = select(TimeEntry.kind, TimeEntry.reason, TimeEntry.seconds, TimeEntry.at).where(
    TimeEntry.attempt_id == bindparam("attempt")
)


def account(attempt: Touched, on: Connection | None = None) -> list[dict[str, Any]]:
    """Return the account as the candidate reads it: what for, how many seconds, since when.

    `on`: the connection of an exchange that goes without the session.
    """
    found = (on or db.session.connection()).execute(LINES, {"attempt": attempt.id})
    lines = sorted(found, key=lambda e: (e.at, ORDER.get(e.kind, 9)))
    return [{"why": e.reason, "seconds": e.seconds, "at": iso(e.at)} for e in lines]
