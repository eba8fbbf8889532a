"""Minutes for each person and half day, by hand or by others' word. A correction keeps the old row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.errors import Refusal
from app.extensions import db
from app.models.people import User
from app.models.training import Attendance, ClassMeeting, Enrolment
from app.training.half_days import show_half_day


class AttendanceRefused(Refusal):
    """The minutes cannot be recorded like this; nothing was."""


def standing(meeting: ClassMeeting) -> dict[str, Attendance]:
    """Return the standing rows of a meeting by enrolment."""
    rows = db.session.scalars(
        select(Attendance).where(Attendance.meeting_id == meeting.id, Attendance.current.is_(True))
    )
    return {row.enrolment_id: row for row in rows}


def locked(meeting: ClassMeeting) -> dict[str, Attendance]:
    """Return the standing rows of a meeting by enrolment, locked against a second recorder."""
    db.session.execute(
        select(ClassMeeting.id).where(ClassMeeting.id == meeting.id).with_for_update()
    )
    return standing(meeting)


def record(
    meeting: ClassMeeting,
    minutes: Mapping[Enrolment, int],
    *,
    reason: str,
    actor: User,
    now: datetime,
) -> int:
    """Record many people's minutes at one meeting; all or nothing. Returns how many changed.

    What is recorded already and differs is a correction: it needs a reason, and the old row stays
    with `current` False. Raises AttendanceRefused before the meeting, for minutes below zero or
    beyond the meeting's, for one's own attendance, and for a correction without reason.
    """
    if now < meeting.starts_at:
        raise AttendanceRefused(
            _("“%(title)s”还没有开始，开始以后才能登记出勤。", title=show_half_day(meeting.title))
        )
    before = locked(meeting)
    changed = {
        enrolment: number
        for enrolment, number in minutes.items()
        if enrolment.id not in before or before[enrolment.id].minutes != number
    }
    for enrolment, number in changed.items():
        _check(meeting, enrolment, number, actor)
        if enrolment.id in before and not reason:
            raise AttendanceRefused(
                _(
                    "%(name)s的出勤已经登记为 %(old)s 分钟。要改成 %(new)s 分钟，请写明更正的原因。",
                    name=enrolment.user.name,
                    old=before[enrolment.id].minutes,
                    new=number,
                )
            )
    for enrolment in changed:
        if enrolment.id in before:
            before[enrolment.id].current = False
    db.session.flush()  # the old rows step aside before the new ones meet the index
    for enrolment, number in changed.items():
        put(
            meeting,
            enrolment,
            number,
            before=before.get(enrolment.id),
            reason=reason,
            source="hand",
            actor=actor,
            now=now,
        )
    return len(changed)


def _check(meeting: ClassMeeting, enrolment: Enrolment, number: int, actor: User) -> None:
    name = enrolment.user.name
    if not 0 <= number <= meeting.minutes:
        raise AttendanceRefused(
            _(
                "%(name)s填了 %(number)s 分钟，“%(title)s”最多 %(most)s 分钟。请填 0 到 %(most)s。",
                name=name,
                number=number,
                title=show_half_day(meeting.title),
                most=meeting.minutes,
            )
        )
    if enrolment.user_id == actor.id:
        raise AttendanceRefused(_("%(name)s，你自己的出勤要由别人登记。", name=name))


def put(
    meeting: ClassMeeting,
    enrolment: Enrolment,
    number: int,
    *,
    before: Attendance | None,
    reason: str,
    source: str,
    actor: User,
    now: datetime,
) -> Attendance:
    """Write one row of attendance that replaces the one before. Checks nothing."""
    if before is not None and before.current:
        before.current = False
        db.session.flush()  # it steps aside before the new one meets the index
    row = Attendance(
        meeting_id=meeting.id,
        enrolment_id=enrolment.id,
        minutes=number,
        reason=reason if before else "",
        recorded_by_id=actor.id,
        recorded_at=now,
        source=source,
    )
    db.session.add(row)
    action = "attendance.corrected" if before else "attendance.recorded"
    audit.record(
        action, row, actor=actor, now=now, minutes=number, replaces=before.id if before else None
    )
    return row


def earlier(meeting: ClassMeeting) -> dict[str, list[tuple[Attendance, str]]]:
    """Return the replaced rows of a meeting with who wrote them, by enrolment, oldest first."""
    found: dict[str, list[tuple[Attendance, str]]] = {}
    rows = db.session.execute(
        select(Attendance, User.name)
        .join(User, User.id == Attendance.recorded_by_id)
        .where(Attendance.meeting_id == meeting.id, Attendance.current.is_(False))
        .order_by(Attendance.recorded_at, Attendance.id)
    )
    for row, name in rows:
        found.setdefault(row.enrolment_id, []).append((row, name))
    return found
