"""Signing in and out of a half day: in its window only, one device one person, both to count.

The device is a random mark in the browser. Who signs on a device that another person signed on is
refused and noted, and the instructor may let them in with a reason. Signing out makes the minutes,
unless somebody has recorded them by hand already.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import audit, rulebook
from app.clock import shanghai_date
from app.errors import Refusal
from app.extensions import db
from app.formatting import show_moment
from app.models.classes import HeadCount, MeetingSign, SignDoubt
from app.models.people import User
from app.models.training import Attendance, ClassMeeting, Enrolment
from app.training import attendance
from app.training.codes import IN, OUT
from app.training.half_days import show_half_day
from app.training.presence import minutes_present

LONGEST_REASON = 200


class SignRefused(Refusal):
    """This person cannot sign now."""


class DeviceTaken(SignRefused):
    """Another person has signed on this device; `other` is that person's enrolment."""

    def __init__(self, sentence: str, other: str) -> None:
        super().__init__(sentence)
        self.other = other


def window(meeting: ClassMeeting, kind: str) -> tuple[datetime, datetime]:
    """Return from when until when a half day can be signed in to or out of."""
    on = shanghai_date(meeting.starts_at)
    around = timedelta(minutes=rulebook.value("training.sign_window_minutes", on))
    if kind == IN:
        return meeting.starts_at - around, meeting.over_at
    return meeting.starts_at, meeting.over_at + around


def refuse_outside(meeting: ClassMeeting, kind: str, now: datetime) -> None:
    """Raise SignRefused before and after the window."""
    opens, closes = window(meeting, kind)
    title = show_half_day(meeting.title)
    if now < opens:
        raise SignRefused(
            _("“%(title)s”%(when)s才开始签，请到时再扫。", title=title, when=show_moment(opens))
        )
    if now > closes:
        raise SignRefused(
            _(
                "“%(title)s”%(when)s就停止签了。请找老师补登。",
                title=title,
                when=show_moment(closes),
            )
        )


def find_enrolment(meeting: ClassMeeting, user: User) -> Enrolment:
    """Return a person's enrolment in the class of a half day. Raises SignRefused."""
    found = db.session.scalar(
        select(Enrolment).where(
            Enrolment.class_id == meeting.class_id,
            Enrolment.user_id == user.id,
            Enrolment.state == "enrolled",
        )
    )
    if found is None:
        raise SignRefused(_("你不在这个班里，不能签到。请核对是不是走错了教室，或先凭班级码进班。"))
    return found


def sign(
    meeting: ClassMeeting, enrolment: Enrolment, kind: str, device_hash: str, *, now: datetime
) -> tuple[MeetingSign, bool]:
    """Sign a person in or out. Returns the row and whether it is new.

    Raises SignRefused outside the window and for signing out without having signed in, DeviceTaken
    where another person has signed on this device.
    """
    refuse_outside(meeting, kind, now)
    _lock(meeting)
    own = signs_of(meeting, [enrolment.id]).get(enrolment.id, {})
    if kind in own:
        return own[kind], False
    other = db.session.scalar(
        select(MeetingSign.enrolment_id)
        .where(
            MeetingSign.meeting_id == meeting.id,
            MeetingSign.device_hash == device_hash,
            MeetingSign.enrolment_id != enrolment.id,
        )
        .limit(1)
    )
    if other is not None:
        raise DeviceTaken(
            _("这部手机已经给另一位学员签过，一部手机只签一个人。已经告诉老师，请当面找老师。"),
            other,
        )
    if kind == OUT and IN not in own:
        raise SignRefused(_("这半天你没有签到，不能签退。请找老师补登。"))
    row = MeetingSign(
        meeting_id=meeting.id, enrolment_id=enrolment.id, kind=kind, at=now, device_hash=device_hash
    )
    db.session.add(row)
    audit.record(f"presence.signed_{kind}", row, actor=enrolment.user, now=now, meeting=meeting.id)
    if kind == OUT:
        _count(meeting, enrolment, own[IN].at, now, actor=enrolment.user, now=now)
    return row, True


def note_doubt(
    meeting: ClassMeeting, enrolment: Enrolment, kind: str, other: str, *, now: datetime
) -> SignDoubt:
    """Note for the instructor that a second person tried on one device; once a half day and way."""
    _lock(meeting)
    found = db.session.scalar(
        select(SignDoubt).where(
            SignDoubt.meeting_id == meeting.id,
            SignDoubt.enrolment_id == enrolment.id,
            SignDoubt.kind == kind,
        )
    )
    if found is not None:
        return found
    row = SignDoubt(
        meeting_id=meeting.id,
        enrolment_id=enrolment.id,
        other_enrolment_id=other,
        kind=kind,
        seen_at=now,
    )
    db.session.add(row)
    audit.record("presence.doubted", row, actor=None, now=now, meeting=meeting.id)
    return row


def settle(
    row: SignDoubt, meeting: ClassMeeting, *, admit: bool, reason: str, actor: User, now: datetime
) -> None:
    """Let the person in, from the moment they tried, or keep the refusal. Twice changes nothing.

    Raises SignRefused without a reason for letting in.
    """
    _lock(meeting)
    if row.settled_at is not None:
        return
    if admit and not reason:
        raise SignRefused(_("请写明为什么放行，比如“手机没电，借同学的扫”。"))
    row.settled_at, row.settled_by_id = now, actor.id
    row.admitted, row.reason = admit, reason[:LONGEST_REASON]
    audit.record("presence.doubt_settled", row, actor=actor, now=now, admitted=admit, reason=reason)
    own = signs_of(meeting, [row.enrolment_id]).get(row.enrolment_id, {})
    if not admit or row.kind in own:
        return
    db.session.add(
        MeetingSign(
            meeting_id=meeting.id,
            enrolment_id=row.enrolment_id,
            kind=row.kind,
            at=row.seen_at,
            admitted_by_id=actor.id,
            reason=reason[:LONGEST_REASON],
        )
    )
    if row.kind == OUT and IN in own:
        _count(meeting, row.enrolment, own[IN].at, row.seen_at, actor=actor, now=now)


def count_heads(
    meeting: ClassMeeting, kind: str, people: int, *, actor: User, now: datetime
) -> HeadCount:
    """Keep how many heads were counted. Raises SignRefused for what cannot be a count."""
    if not 0 <= people <= 2000:
        raise SignRefused(_("人数是 0 到 2000 之间的整数，请再填一次。"))
    row = HeadCount(
        meeting_id=meeting.id, kind=kind, people=people, counted_by_id=actor.id, counted_at=now
    )
    db.session.add(row)
    audit.record("presence.heads_counted", row, actor=actor, now=now, kind=kind, people=people)
    return row


def heads(meeting: ClassMeeting) -> dict[str, HeadCount]:
    """Return the latest count of each direction."""
    rows = db.session.scalars(
        select(HeadCount)
        .where(HeadCount.meeting_id == meeting.id)
        .order_by(HeadCount.counted_at, HeadCount.id)
    )
    return {row.kind: row for row in rows}


def signs_of(
    meeting: ClassMeeting, enrolment_ids: list[str] | None = None
) -> dict[str, dict[str, MeetingSign]]:
    """Return who signed, by enrolment and direction."""
    query = select(MeetingSign).where(MeetingSign.meeting_id == meeting.id)
    if enrolment_ids is not None:
        query = query.where(MeetingSign.enrolment_id.in_(enrolment_ids))
    found: dict[str, dict[str, MeetingSign]] = {}
    for row in db.session.scalars(query):
        found.setdefault(row.enrolment_id, {})[row.kind] = row
    return found


def doubts(meeting: ClassMeeting) -> list[SignDoubt]:
    """Return the refused second people of a half day, the unsettled first."""
    rows = db.session.scalars(
        select(SignDoubt)
        .where(SignDoubt.meeting_id == meeting.id)
        .options(joinedload(SignDoubt.enrolment), joinedload(SignDoubt.other))
        .order_by(SignDoubt.settled_at.is_not(None), SignDoubt.seen_at)
    )
    return list(rows)


def _count(
    meeting: ClassMeeting,
    enrolment: Enrolment,
    came: datetime,
    went: datetime,
    *,
    actor: User,
    now: datetime,
) -> None:
    """Record the minutes of who came and went, where nobody has recorded them yet."""
    before = db.session.scalar(
        select(Attendance.id).where(
            Attendance.meeting_id == meeting.id,
            Attendance.enrolment_id == enrolment.id,
            Attendance.current.is_(True),
        )
    )
    if before is not None:
        return
    on = shanghai_date(meeting.starts_at)
    tolerance = timedelta(minutes=rulebook.value("training.sign_tolerance_minutes", on))
    minutes = minutes_present(
        meeting.minutes, meeting.starts_at, meeting.over_at, came, went, tolerance
    )
    attendance.put(
        meeting, enrolment, minutes, before=None, reason="", source="code", actor=actor, now=now
    )


def _lock(meeting: ClassMeeting) -> None:
    db.session.execute(
        select(ClassMeeting.id).where(ClassMeeting.id == meeting.id).with_for_update()
    )
