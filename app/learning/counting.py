"""What a person is told and may do about the time that counts: the page's data, a check, a button."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import or_, select

from app import rulebook
from app.clock import SHANGHAI, shanghai_date
from app.errors import Refusal
from app.extensions import db
from app.learning import presence, reading, seat_time, tickets
from app.learning.progress import CourseProgress
from app.learning.seat_time import Told
from app.models.learning import LessonVersion
from app.models.people import User
from app.models.studying import StudyStretch
from app.models.training import TrainingClass
from curricula import Lesson

LEAST_PRESSED = timedelta(seconds=5)


class NothingToCount(Refusal):
    """No time can be counted here: the class has ended, or nothing was asked."""


@dataclass(frozen=True)
class Counting:
    """What a lesson page shows of its time. `ticket` is empty when nothing is counted."""

    ticket: str
    counted: timedelta
    needed: int
    """Minutes the lesson asks for; 0: none."""
    ends_at: datetime | None
    idle_minutes: int
    presence_minutes: int
    offline_minutes: int
    place: str

    @property
    def minutes(self) -> int:
        """Whole minutes that count."""
        return self.counted // timedelta(minutes=1)


def of_page(user: User, at: CourseProgress, lesson: Lesson, *, now: datetime) -> Counting:
    """Return what the page of a lesson needs to count and to say."""
    on = shanghai_date(now)
    ends_at = end_of(at.training_class)
    open_still = ends_at is None or now < ends_at
    ticket = tickets.issue(user.id, at.edition.id, lesson.id, now=now, ends_at=ends_at)
    return Counting(
        ticket=tickets.write(ticket) if open_still else "",
        counted=seat_time.counted_in(user.id, at.edition.id, lesson.id),
        needed=reading.rule_of(lesson, on).minimum_minutes or 0,
        ends_at=ends_at,
        idle_minutes=rulebook.value("lesson.idle_minutes", on),
        presence_minutes=rulebook.value(presence.RULE, on),
        offline_minutes=rulebook.value("lesson.offline_minutes", on),
        place=seat_time.place_of(user.id, at.edition.id, lesson.id),
    )


def end_of(training_class: TrainingClass | None) -> datetime | None:
    """Return the moment from which a class earns no study time: the end of its last day in Shanghai,
    or of the last of the days that the rule of that day allows after it."""
    if training_class is None:
        return None
    more = rulebook.value("lesson.days_after_class", training_class.ends_on)
    after = training_class.ends_on + timedelta(days=1 + more)
    return datetime.combine(after, time(), SHANGHAI)


def answer_check(written: object, chosen: object, now: datetime) -> Told:
    """Take an answer to a presence check. Raises UnknownTicket, NothingToCount.

    Who answers as soon as a page may be silent is counted through; else the clock starts anew.
    """
    ticket = tickets.read(written)
    now = tickets.moment(tickets.milliseconds(now))
    if tickets.milliseconds(now) >= ticket.until:
        return Told(ticket, over=True)
    current, _own = seat_time.rows_of(ticket)
    if current is None or current.asked_at is None or current.code != ticket.code:
        raise NothingToCount(_("现在没有要答的问题，可以接着读。"))
    if not presence.answer(current, chosen, now):
        db.session.flush()
        return Told(ticket, check=presence.waiting(current))
    away = now - current.last_at
    earned = away if away <= seat_time.LONGEST_GAP else timedelta()
    known = replace(ticket, beat=current.beat)
    return seat_time.lengthen(current, known, max(earned, timedelta()), now)


def press(
    user: User, at: CourseProgress, version: LessonVersion, *, now: datetime
) -> StudyStretch | None:
    """Count the time since a lesson was opened or last counted, up to what a reader may be still.

    For browsers without script. None, and nothing is written, for a few seconds: a second press, or
    one right after opening. Raises NothingToCount when the class has ended or the lesson was
    never opened.
    """
    ends_at = end_of(at.training_class)
    if ends_at is not None and now >= ends_at:
        raise NothingToCount(_("这个班已经结束，不再计学习时间。"))
    record = reading.find_record(user, at.edition, version.code)
    if record is None:
        raise NothingToCount(_("还没有打开过这一课，所以没有时间可记。请先打开课文。"))
    before = db.session.scalars(
        select(StudyStretch)
        .where(
            StudyStretch.user_id == user.id,
            or_(StudyStretch.open.is_(True), StudyStretch.last_at > record.last_opened_at),
        )
        .with_for_update()
    ).all()
    since = max([record.last_opened_at, *(row.last_at for row in before)])
    most = timedelta(minutes=rulebook.value("lesson.idle_minutes", shanghai_date(now)))
    counted = min(max(now - since, timedelta()), most)
    if counted < LEAST_PRESSED:
        return None
    row = StudyStretch(
        user_id=user.id,
        edition_id=at.edition.id,
        code=version.code,
        kind="pressed",
        began_at=now - counted,
        last_at=now,
        counted_ms=counted // timedelta(milliseconds=1),
        open=False,
        other_pages={},
    )
    for other in before:
        if other.open and other.last_at < now:
            # What the button counted is not counted again: the open page's ticket knows an older
            # last sign of life, so it is not taken either and the page gets the next one.
            other.last_at, other.beat = now, other.beat + 1
    db.session.add(row)
    return row
