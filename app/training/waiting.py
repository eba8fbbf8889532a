"""The waiting list of a full class: in order of asking, and up by itself when a place is free.

Every place that becomes free is given at once by whoever freed it (`move_up`), under the lock of
the class: nobody who comes later can pass somebody who waits.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from app import audit
from app.clock import shanghai_date
from app.extensions import db
from app.models.classes import ClassInvitation, WaitingPlace
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from app.training import telling

WAITING, MOVED_UP, LEFT = "waiting", "moved_up", "left"


def lock(training_class: TrainingClass) -> None:
    """Let one person at a time give or take places of a class."""
    db.session.execute(
        select(TrainingClass.id).where(TrainingClass.id == training_class.id).with_for_update()
    )


def waiting_in(training_class: TrainingClass) -> list[WaitingPlace]:
    """Return who waits for a class, the earliest first."""
    rows = select(WaitingPlace).where(
        WaitingPlace.class_id == training_class.id, WaitingPlace.state == WAITING
    )
    return list(db.session.scalars(rows.order_by(WaitingPlace.since, WaitingPlace.id)))


def own_places(user: User) -> list[tuple[WaitingPlace, int]]:
    """Return the places a person waits at, each with its number in the order."""
    mine = db.session.scalars(
        select(WaitingPlace)
        .where(WaitingPlace.user_id == user.id, WaitingPlace.state == WAITING)
        .order_by(WaitingPlace.since)
    )
    return [(row, place_of(row)) for row in mine]


def place_of(row: WaitingPlace) -> int:
    """Return the number of a waiting place: 1 is next."""
    before = (
        select(func.count())
        .select_from(WaitingPlace)
        .where(
            WaitingPlace.class_id == row.class_id,
            WaitingPlace.state == WAITING,
            (WaitingPlace.since < row.since)
            | ((WaitingPlace.since == row.since) & (WaitingPlace.id < row.id)),
        )
    )
    return (db.session.scalar(before) or 0) + 1


def wait(
    user: User, training_class: TrainingClass, category: str, *, now: datetime
) -> tuple[WaitingPlace, bool]:
    """Put a person at the end of the list. Returns the place and whether it is new."""
    lock(training_class)
    found = db.session.scalar(
        select(WaitingPlace).where(
            WaitingPlace.class_id == training_class.id,
            WaitingPlace.user_id == user.id,
            WaitingPlace.state == WAITING,
        )
    )
    if found is not None:
        return found, False
    row = WaitingPlace(
        class_id=training_class.id, user_id=user.id, category=category, since=now, state=WAITING
    )
    db.session.add(row)
    db.session.flush()
    audit.record("class.waiting", row, actor=user, now=now, training_class=training_class.id)
    return row, True


def stop_waiting(row: WaitingPlace, *, actor: User, now: datetime) -> None:
    """Give a waiting place up. Twice changes nothing."""
    if row.state == WAITING:
        row.state, row.ended_at = LEFT, now
        audit.record("class.waiting_ended", row, actor=actor, now=now)


def move_up(training_class: TrainingClass, *, now: datetime) -> list[Enrolment]:
    """Give free places to whoever waits longest, and tell them. A class that is over gives none.

    Closing a class to new people does not keep out who was promised the next free place.
    """
    lock(training_class)
    db.session.flush()
    if training_class.ends_on < shanghai_date(now):
        return []
    taken = count_enrolled(training_class.id) + count_promised(training_class.id, now)
    free = training_class.capacity - taken
    moved = []
    for row in waiting_in(training_class)[: max(0, free)]:
        moved.append(_move(row, training_class, now))
    return moved


def _move(row: WaitingPlace, training_class: TrainingClass, now: datetime) -> Enrolment:
    row.state, row.ended_at = MOVED_UP, now
    found = db.session.scalar(
        select(Enrolment).where(
            Enrolment.class_id == training_class.id, Enrolment.user_id == row.user_id
        )
    )
    if found is None:
        found = Enrolment(
            class_id=training_class.id,
            user_id=row.user_id,
            category=row.category,
            enrolled_at=now,
        )
        db.session.add(found)
    found.state, found.category = "enrolled", row.category
    audit.record("class.moved_up", found, actor=None, now=now, training_class=training_class.id)
    telling.moved_up(row.user, training_class, now=now)
    return found


def usable_links(class_id: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Say which invitations keep a place in a class: neither used nor revoked nor run out."""
    return (
        ClassInvitation.class_id == class_id,
        ClassInvitation.used_at.is_(None),
        ClassInvitation.revoked_at.is_(None),
        ClassInvitation.expires_at > now,
    )


def count_promised(class_id: str, now: datetime) -> int:
    """Return how many places of a class are kept for people who have not opened their link yet."""
    counted = select(func.count()).select_from(ClassInvitation).where(*usable_links(class_id, now))
    return db.session.scalar(counted) or 0


def count_enrolled(class_id: str) -> int:
    """Return how many people are enrolled in a class."""
    counted = select(func.count()).select_from(Enrolment)
    found = counted.where(Enrolment.class_id == class_id, Enrolment.state == "enrolled")
    return db.session.scalar(found) or 0
