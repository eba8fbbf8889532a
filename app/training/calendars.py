"""A person's timetable as a private calendar address: those of the classes they learn or teach in.

Whoever has the address reads the timetable, as with any calendar subscription; it names nobody.
Only its hash is kept. A new one makes the former worthless.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import or_, select, update
from sqlalchemy.orm import selectinload

from app import audit
from app.config import Settings
from app.extensions import db
from app.models.classes import CalendarLink, TrainingRoom
from app.models.people import User
from app.models.training import ClassInstructor, Enrolment, TrainingClass
from app.secrecy import token_hash
from app.training.half_days import show_half_day
from app.training.icalendar import Event, write
from app.training.outline import lessons


def make_link(user: User, *, now: datetime) -> str:
    """Return the token of a new address; it takes the row of the former one, which ends."""
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())
    token = secrets.token_urlsafe(24)
    row = link_of(user) or CalendarLink(user_id=user.id)
    row.token_hash, row.made_at = token_hash(token), now
    db.session.add(row)
    audit.record("calendar.linked", row, actor=user, now=now)
    return token


def end_link(user: User, *, now: datetime) -> None:
    """End a person's address."""
    db.session.execute(
        update(CalendarLink)
        .where(CalendarLink.user_id == user.id, CalendarLink.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def link_of(user: User) -> CalendarLink | None:
    """Return the standing address of a person."""
    return db.session.scalar(
        select(CalendarLink).where(
            CalendarLink.user_id == user.id, CalendarLink.revoked_at.is_(None)
        )
    )


def find_user(token: str) -> User | None:
    """Return whose calendar stands behind a token; None when it ended or the account did."""
    return db.session.scalar(
        select(User)
        .join(CalendarLink, CalendarLink.user_id == User.id)
        .where(
            CalendarLink.token_hash == token_hash(token),
            CalendarLink.revoked_at.is_(None),
            User.active.is_(True),
        )
    )


def calendar_of(user: User, *, now: datetime) -> str:
    """Return the calendar of all classes a person learns or teaches in."""
    learns = select(Enrolment.class_id).where(
        Enrolment.user_id == user.id, Enrolment.state == "enrolled"
    )
    teaches = select(ClassInstructor.class_id).where(
        ClassInstructor.user_id == user.id, ClassInstructor.until.is_(None)
    )
    found = db.session.scalars(
        select(TrainingClass)
        .where(or_(TrainingClass.id.in_(learns), TrainingClass.id.in_(teaches)))
        .options(selectinload(TrainingClass.meetings))
        .order_by(TrainingClass.starts_on, TrainingClass.id)
    ).all()
    return write(_("陪诊培训"), events_of(found, now))


def events_of(classes: Sequence[TrainingClass], now: datetime) -> list[Event]:
    """Return the half days of classes as events, at one query for all their rooms."""
    settings: Settings = current_app.config["PEIZHEN"]
    host = urlsplit(settings.public_url).hostname or "localhost"
    ids = {meeting.room_id for one in classes for meeting in one.meetings if meeting.room_id}
    rooms = {
        room.id: room
        for room in db.session.scalars(select(TrainingRoom).where(TrainingRoom.id.in_(ids)))
    }
    events = []
    for one in classes:
        titles = {lesson.code: lesson.title for lesson in lessons(one.edition.outline)}
        for meeting in one.meetings:
            room = rooms.get(meeting.room_id or "")
            taught = [f"{code} {titles.get(code, '')}".strip() for code in meeting.lessons]
            events.append(
                Event(
                    uid=f"{meeting.id}@{host}",
                    title=f"{one.title} {show_half_day(meeting.title)}",
                    starts_at=meeting.starts_at,
                    ends_at=meeting.over_at,
                    changed_at=now,
                    place=" ".join(filter(None, (room.name, room.address))) if room else "",
                    text="\n".join(taught),
                )
            )
    return events
