"""The timetable of a class: made from the course's outline by one click, then edited by hand.

A half day has a beginning, an end, teaching minutes and, once known, a room and lessons. A room is
held by one class at a time; the rows of rooms are locked, so that two managers cannot both win.
What has been signed or recorded for a half day fixes its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, rulebook
from app.clock import SHANGHAI, shanghai_date
from app.errors import Refusal
from app.extensions import db
from app.formatting import show_moment
from app.models.classes import MeetingSign, RollMark, TrainingRoom
from app.models.people import User
from app.models.training import Attendance, ClassMeeting, TrainingClass
from app.training import telling
from app.training.half_days import show_half_day
from app.training.outline import lessons

MINUTES_PER_CLASS_HOUR = 45
MORNING, AFTERNOON = time(9, 0), time(13, 30)
LONGEST_DAY = timedelta(hours=12)


class TimetableRefused(Refusal):
    """The half day cannot lie like this; nothing was changed."""


@dataclass(frozen=True)
class HalfDay:
    """What somebody states of one half day."""

    title: str
    starts_at: datetime
    ends_at: datetime
    minutes: int
    room: TrainingRoom | None
    lessons: tuple[str, ...] = ()


def timetable_days(starts_on: date, ends_on: date, wanted: int = 5) -> list[date]:
    """Return the first days that can hold classes: working days where there are enough.

    Fewer days between the two dates give a shorter list.
    """
    length = (ends_on - starts_on).days + 1
    days = [starts_on + timedelta(days=n) for n in range(length)]
    working = [day for day in days if day.weekday() < 5]
    return (working if len(working) >= wanted else days)[:wanted]


def dealt_lessons(outline: dict[str, Any], halves: int) -> list[list[str]]:
    """Deal an outline's lessons in course order onto so many half days, by their minutes.

    A lesson lies in the half day in which it begins when all minutes are spread evenly.
    """
    course = lessons(outline)
    total = sum(lesson.minutes for lesson in course)
    dealt: list[list[str]] = [[] for _half in range(halves)]
    begins = 0
    for lesson in course:
        dealt[begins * halves // total].append(lesson.code)
        begins += lesson.minutes
    return dealt


def make_timetable(
    training_class: TrainingClass, *, actor: User, now: datetime, room: TrainingRoom | None = None
) -> list[ClassMeeting]:
    """Make the half days of the hours that the rules ask for: 36 class hours are nine, in 4.5 days.

    Raises TimetableRefused when there are meetings already, the dates hold too few days, or the
    room is taken.
    """
    if training_class.meetings:
        raise TimetableRefused(_("这个班的时间表已经排好了，没有再排一次。"))
    on = training_class.starts_on
    minutes = rulebook.value("training.hours", on) * MINUTES_PER_CLASS_HOUR
    each = rulebook.value("training.half_day_hours", on) * MINUTES_PER_CLASS_HOUR
    rest = timedelta(minutes=rulebook.value("training.half_day_break_minutes", on))
    halves = -(-minutes // each)
    wanted = -(-halves // 2)
    days = timetable_days(training_class.starts_on, training_class.ends_on, wanted)
    if len(days) < wanted:
        raise TimetableRefused(
            _(
                "%(halves)s 个半天要占 %(wanted)s 天，这个班从开始到结束只有 %(days)s 天。",
                halves=halves,
                wanted=wanted,
                days=len(days),
            )
        )
    dealt = dealt_lessons(training_class.edition.outline, halves)
    for n in range(halves):
        start = AFTERNOON if n % 2 else MORNING
        teaching = min(each, minutes - n * each)
        begins = datetime.combine(days[n // 2], start, SHANGHAI)
        half = HalfDay(
            title=f"第{n // 2 + 1}天{'下午' if n % 2 else '上午'}",
            starts_at=begins,
            ends_at=begins + timedelta(minutes=teaching) + rest,
            minutes=teaching,
            room=room,
            lessons=tuple(dealt[n]),
        )
        _check_room(training_class, None, half)
        training_class.meetings.append(_row(training_class, half))
    audit.record("class.timetable", training_class, actor=actor, now=now, meetings=halves)
    return training_class.meetings


def add(
    training_class: TrainingClass, half: HalfDay, *, actor: User, now: datetime
) -> ClassMeeting:
    """Add one half day; people of the class hear of it. Raises TimetableRefused."""
    _check(training_class, None, half)
    row = _row(training_class, half)
    db.session.add(row)
    audit.record("meeting.added", row, actor=actor, now=now, training_class=training_class.id)
    _tell(training_class, half, now)
    return row


def change(
    meeting: ClassMeeting,
    training_class: TrainingClass,
    half: HalfDay,
    *,
    actor: User,
    now: datetime,
) -> bool:
    """Change one half day; people of the class hear of another time or room. False: nothing new.

    Raises TimetableRefused, also when its time would change after somebody signed in.
    """
    _check(training_class, meeting, half)
    room_id = half.room.id if half.room else None
    timed = (meeting.starts_at, meeting.over_at) != (half.starts_at, half.ends_at)
    moved = timed or meeting.room_id != room_id
    before = (meeting.title, meeting.minutes, meeting.lessons)
    if not moved and before == (half.title, half.minutes, list(half.lessons)):
        return False
    if (timed or meeting.minutes != half.minutes) and is_recorded(meeting):
        raise TimetableRefused(
            _(
                "“%(title)s”已经有人签到或登记了出勤，时间和课时不能再改。要改的是出勤，请去更正出勤。",
                title=show_half_day(meeting.title),
            )
        )
    meeting.title, meeting.minutes = half.title, half.minutes
    meeting.starts_at, meeting.ends_at, meeting.room_id = half.starts_at, half.ends_at, room_id
    meeting.lessons = list(half.lessons)
    audit.record("meeting.changed", meeting, actor=actor, now=now, moved=moved)
    if moved:
        _tell(training_class, half, now)
    return True


def remove(meeting: ClassMeeting, *, actor: User, now: datetime) -> None:
    """Take a half day out of the timetable. Raises TimetableRefused once anything is recorded."""
    if is_recorded(meeting):
        raise TimetableRefused(
            _(
                "“%(title)s”已经有人签到或登记了出勤，不能删除。",
                title=show_half_day(meeting.title),
            )
        )
    audit.record("meeting.removed", meeting, actor=actor, now=now, training_class=meeting.class_id)
    if meeting.starts_at > now:
        found = db.session.get_one(TrainingClass, meeting.class_id)
        telling.half_day_falls_out(found, meeting.title, meeting.starts_at, now=now)
    db.session.delete(meeting)


def is_recorded(meeting: ClassMeeting) -> bool:
    """Tell whether anybody's presence is recorded for a half day."""
    return any(
        db.session.scalar(select(model.id).where(model.meeting_id == meeting.id).limit(1))
        for model in (Attendance, MeetingSign, RollMark)
    )


def _row(training_class: TrainingClass, half: HalfDay) -> ClassMeeting:
    return ClassMeeting(
        class_id=training_class.id,
        title=half.title,
        starts_at=half.starts_at,
        ends_at=half.ends_at,
        minutes=half.minutes,
        room_id=half.room.id if half.room else None,
        lessons=list(half.lessons),
    )


def _check(training_class: TrainingClass, meeting: ClassMeeting | None, half: HalfDay) -> None:
    length = half.ends_at - half.starts_at
    if not timedelta(0) < length <= LONGEST_DAY:
        raise TimetableRefused(_("结束时间要晚于开始时间，且在同一天里。请改其中一个。"))
    if not 0 < half.minutes <= length.total_seconds() // 60:
        raise TimetableRefused(
            _(
                "从开始到结束有 %(length)s 分钟，放不下 %(minutes)s 分钟的课。请改时间或课时。",
                length=int(length.total_seconds() // 60),
                minutes=half.minutes,
            )
        )
    if not training_class.starts_on <= shanghai_date(half.starts_at) <= training_class.ends_on:
        raise TimetableRefused(
            _("这一天不在班级的开始和结束日期之内。请改日期，或先改班级的起止日期。")
        )
    _check_own(training_class, meeting, half)
    _check_room(training_class, meeting, half)


def _check_own(training_class: TrainingClass, meeting: ClassMeeting | None, half: HalfDay) -> None:
    for other in training_class.meetings:
        if other is not meeting and _overlap(other, half):
            raise TimetableRefused(
                _(
                    "和这个班的“%(title)s”（%(when)s）时间重叠，请改时间。",
                    title=show_half_day(other.title),
                    when=_span(other.starts_at, other.over_at),
                )
            )


def _check_room(training_class: TrainingClass, meeting: ClassMeeting | None, half: HalfDay) -> None:
    """Refuse a room that another half day holds, naming both classes; waits for who is first."""
    if half.room is None:
        return
    room_id = half.room.id
    db.session.execute(select(TrainingRoom.id).where(TrainingRoom.id == room_id).with_for_update())
    with db.session.no_autoflush:
        near = db.session.execute(
            select(ClassMeeting, TrainingClass.title)
            .join(TrainingClass, TrainingClass.id == ClassMeeting.class_id)
            .where(
                ClassMeeting.room_id == room_id,
                ClassMeeting.starts_at < half.ends_at,
                ClassMeeting.starts_at > half.starts_at - LONGEST_DAY,
            )
            .order_by(ClassMeeting.starts_at)
        ).all()
    for other, title in near:
        if other is not meeting and _overlap(other, half):
            raise TimetableRefused(
                _(
                    "%(room)s在%(when)s由“%(other)s”的%(half)s用着，“%(title)s”不能同时用。"
                    "请换教室或改时间。",
                    room=half.room.name,
                    when=_span(other.starts_at, other.over_at),
                    other=title,
                    half=show_half_day(other.title),
                    title=training_class.title,
                )
            )


def _overlap(other: ClassMeeting, half: HalfDay) -> bool:
    return other.starts_at < half.ends_at and half.starts_at < other.over_at


def _span(start: datetime, end: datetime) -> str:
    return f"{show_moment(start)}–{end.astimezone(SHANGHAI):%H:%M}"


def _tell(training_class: TrainingClass, half: HalfDay, now: datetime) -> None:
    if half.starts_at > now:
        room = half.room.name if half.room else ""
        telling.half_day_stands(
            training_class, half.title, half.starts_at, half.ends_at, room, now=now
        )
