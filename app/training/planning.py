"""Changing what a class was opened with: name, dates, capacity, the plan trainees read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.clock import shanghai_date
from app.extensions import db
from app.models.people import User
from app.models.training import TrainingClass
from app.training import waiting
from app.training.classes import ClassRefused
from app.training.half_days import show_half_day


@dataclass(frozen=True)
class Change:
    """What a class shall be from now on."""

    title: str
    starts_on: date
    ends_on: date
    capacity: int
    plan: str


def change(training_class: TrainingClass, new: Change, *, actor: User, now: datetime) -> int:
    """Change a class; returns how many moved up from the waiting list.

    Raises ClassRefused for fewer places than people, dates that leave a half day outside, or the
    name and first day of another class of the body.
    """
    waiting.lock(training_class)
    _check(training_class, new)
    training_class.title, training_class.plan = new.title, new.plan
    training_class.starts_on, training_class.ends_on = new.starts_on, new.ends_on
    training_class.capacity = new.capacity
    audit.record("class.changed", training_class, actor=actor, now=now, capacity=new.capacity)
    return len(waiting.move_up(training_class, now=now))


def _check(training_class: TrainingClass, new: Change) -> None:
    if new.ends_on < new.starts_on:
        raise ClassRefused(_("结束日期早于开始日期，请改其中一个。"))
    people = waiting.count_enrolled(training_class.id)
    if new.capacity < people:
        raise ClassRefused(_("已经有 %(people)s 人在班，名额不能少于这个数。", people=people))
    for meeting in training_class.meetings:
        if not new.starts_on <= shanghai_date(meeting.starts_at) <= new.ends_on:
            raise ClassRefused(
                _(
                    "“%(half)s”会落在起止日期之外。请先改时间表，再改日期。",
                    half=show_half_day(meeting.title),
                )
            )
    same = select(TrainingClass.id).where(
        TrainingClass.title == new.title,
        TrainingClass.organisation_id == training_class.organisation_id,
        TrainingClass.starts_on == new.starts_on,
        TrainingClass.id != training_class.id,
    )
    if db.session.scalar(same) is not None:
        raise ClassRefused(
            _("“%(title)s”已经有了，开始日期也一样。请换一个班名。", title=new.title)
        )
