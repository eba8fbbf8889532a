"""What trainees are told of their class, each in their own language. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app import messages
from app.clock import SHANGHAI
from app.extensions import db
from app.formatting import show_date, show_moment
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from app.training.half_days import show_half_day


def enrolled(to: User, found: TrainingClass, *, now: datetime) -> None:
    """Tell somebody with an account that they were enrolled from a list."""
    with force_locale(to.locale or "zh"):
        text = _(
            "你已被报名进“%(title)s”，%(day)s开班。时间表在“我的班级”里；不是你本人同意的，请在那里退出。",
            title=found.title,
            day=show_date(found.starts_on),
        )
        messages.send(to, "class.enrolled", _("你被报名进班了"), text, now=now)


def moved_up(to: User, found: TrainingClass, *, now: datetime) -> None:
    """Tell who waited longest that a place is theirs."""
    with force_locale(to.locale or "zh"):
        text = _(
            "“%(title)s”空出了名额，你已经进班。时间表在“我的班级”里；不来了，请在那里退出，让给后面的人。",
            title=found.title,
        )
        messages.send(to, "class.moved_up", _("轮到你进班了"), text, now=now)


def taken_out(to: User, found: TrainingClass, reason: str, *, now: datetime) -> None:
    """Tell somebody that the body took them out, and why."""
    with force_locale(to.locale or "zh"):
        text = _(
            "你已不在“%(title)s”。原因：%(reason)s。有疑问请联系培训单位。",
            title=found.title,
            reason=reason,
        )
        messages.send(to, "class.left", _("你已被移出班级"), text, now=now)


def half_day_stands(
    found: TrainingClass, title: str, begins: datetime, ends: datetime, room: str, *, now: datetime
) -> None:
    """Tell everyone in a class when and where a half day is, because it is new or has changed."""
    for to in _people(found):
        with force_locale(to.locale or "zh"):
            text = _(
                "“%(title)s”的%(half)s现在是%(when)s，%(where)s。",
                title=found.title,
                half=show_half_day(title),
                when=f"{show_moment(begins)}–{ends.astimezone(SHANGHAI):%H:%M}",
                where=room or _("教室待定"),
            )
            messages.send(to, "class.timetable", _("上课时间有变化"), text, now=now)


def half_day_falls_out(
    found: TrainingClass, title: str, begins: datetime, *, now: datetime
) -> None:
    """Tell everyone in a class that a half day does not take place."""
    for to in _people(found):
        with force_locale(to.locale or "zh"):
            text = _(
                "“%(title)s”的%(half)s（%(when)s）取消了，那时不用来。",
                title=found.title,
                half=show_half_day(title),
                when=show_moment(begins),
            )
            messages.send(to, "class.timetable", _("上课时间有变化"), text, now=now)


def _people(found: TrainingClass) -> Iterable[User]:
    return db.session.scalars(
        select(User)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.class_id == found.id, Enrolment.state == "enrolled")
    ).unique()
