"""The register of a training body's rooms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import audit
from app.errors import Refusal
from app.extensions import db
from app.models.classes import TrainingRoom
from app.models.people import User
from app.models.training import ClassMeeting, TrainingClass


class RoomRefused(Refusal):
    """The room cannot be registered or taken off like this."""


@dataclass(frozen=True)
class RoomFacts:
    """What somebody states of a room."""

    name: str
    address: str
    seats: int


def register(organisation_id: str, facts: RoomFacts, *, actor: User, now: datetime) -> TrainingRoom:
    """Register a room; a name that was taken off comes back. Raises RoomRefused."""
    row = _named(organisation_id, facts.name)
    if row is not None and row.active:
        raise RoomRefused(
            _("这个单位已经有一间“%(name)s”了，没有再登记一间。请换一个名称。", name=facts.name)
        )
    if row is None:
        row = TrainingRoom(organisation_id=organisation_id, name=facts.name, created_at=now)
        db.session.add(row)
    row.active, row.address, row.seats = True, facts.address, facts.seats
    audit.record("room.registered", row, actor=actor, now=now, organisation=organisation_id)
    return row


def take_off(row: TrainingRoom, *, actor: User, now: datetime) -> None:
    """Offer a room no longer. Raises RoomRefused while a coming half day lies in it."""
    coming = select(ClassMeeting.id).where(
        ClassMeeting.room_id == row.id, ClassMeeting.starts_at > now
    )
    if db.session.scalar(coming.limit(1)) is not None:
        raise RoomRefused(
            _("%(name)s还排着课，不能停用。请先把那些半天换到别的教室。", name=row.name)
        )
    row.active = False
    audit.record("room.taken_off", row, actor=actor, now=now)


def _named(organisation_id: str, name: str) -> TrainingRoom | None:
    return db.session.scalar(
        select(TrainingRoom).where(
            TrainingRoom.organisation_id == organisation_id, TrainingRoom.name == name
        )
    )


def rooms_of(organisation_ids: Iterable[str]) -> list[TrainingRoom]:
    """Return the rooms in use of some bodies, by name."""
    found = db.session.scalars(
        select(TrainingRoom)
        .where(TrainingRoom.organisation_id.in_(set(organisation_ids)), TrainingRoom.active)
        .options(joinedload(TrainingRoom.organisation))
        .order_by(TrainingRoom.name)
    )
    return list(found)


def room_names(training_class: TrainingClass) -> dict[str, TrainingRoom]:
    """Return the rooms that a class's half days lie in, by id, at one query."""
    ids = {meeting.room_id for meeting in training_class.meetings if meeting.room_id}
    rows = db.session.scalars(select(TrainingRoom).where(TrainingRoom.id.in_(ids)))
    return {room.id: room for room in rows}
