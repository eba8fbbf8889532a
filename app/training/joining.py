"""Joining a class by its code: once, while it is open; into a full one by its waiting list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, throttle
from app.clock import shanghai_date
from app.errors import Refusal
from app.extensions import db
from app.models.classes import WaitingPlace
from app.models.people import User
from app.models.training import ClassInstructor, Enrolment, TrainingClass
from app.training import waiting

WRONG_CODES = 10
PERIOD = timedelta(minutes=15)


class CannotJoin(Refusal):
    """This person cannot join this class now."""


class ClassFull(CannotJoin):
    """Every place is taken, or promised to somebody who waits."""


class UnknownCode(CannotJoin):
    """No class has this code. The caller counts the try."""


class TooManyCodes(CannotJoin):
    """Too many wrong codes in a short time, from one person or one address."""

    status = 429


@dataclass(frozen=True)
class Joined:
    """What came of asking for a place: one in the class, or one on its waiting list."""

    new: bool
    enrolment: Enrolment | None = None
    waiting: WaitingPlace | None = None


def plain_code(typed: str) -> str:
    """Return a code as stored: capitals, without the spaces and strokes people type."""
    return "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())


def find_class(typed: str) -> TrainingClass:
    """Return the class of a code, locked against a second person taking the last place.

    Raises UnknownCode.
    """
    code = plain_code(typed)
    found = db.session.scalar(
        select(TrainingClass)
        .where(TrainingClass.join_code == code)
        .with_for_update(of=TrainingClass)
    )
    if found is None:
        raise UnknownCode(_("没有这个班级码。请对照老师给的 8 位码再输一次，或问一问老师。"))
    return found


def check_tries(user: User, address: str, now: datetime) -> None:
    """Refuse when the person, or their address, tried too many wrong codes.

    An address has many people behind it (a whole class on one line), so it is let try more.
    Raises TooManyCodes.
    """
    if (
        throttle.tries("join.user", user.id, PERIOD, now) >= WRONG_CODES
        or throttle.tries("join.address", address, PERIOD, now) >= WRONG_CODES * 5
    ):
        raise TooManyCodes(_("班级码输错太多次了。请过 15 分钟再试，或请老师把码发给你。"))


def count_wrong(user: User, address: str, now: datetime) -> None:
    """Count a wrong code against the person and the address."""
    throttle.count_try("join.user", user.id, PERIOD, now)
    throttle.count_try("join.address", address, PERIOD, now)


def join_or_wait(
    user: User,
    training_class: TrainingClass,
    category: str,
    *,
    now: datetime,
    kept: bool = False,
) -> Joined:
    """Enrol a person, or put them at the end of the waiting list of a full class.

    With `kept` a place was kept for them, so that whoever waits is not before them.
    Raises CannotJoin when the class is closed or over, or the person teaches it.
    """
    try:
        enrolment, new = join(user, training_class, category, now=now, kept=kept)
    except ClassFull:
        row, new = waiting.wait(user, training_class, category, now=now)
        return Joined(new, waiting=row)
    for row, _number in waiting.own_places(user):
        if row.class_id == training_class.id:  # asked by code before the own link came
            waiting.stop_waiting(row, actor=user, now=now)
    return Joined(new, enrolment=enrolment)


def join(
    user: User,
    training_class: TrainingClass,
    category: str,
    *,
    now: datetime,
    actor: User | None = None,
    via: str = "code",
    kept: bool = False,
) -> tuple[Enrolment, bool]:
    """Enrol a person. Returns the enrolment and whether it is new: a second click changes nothing.

    Who left comes back to the same enrolment, with what was recorded. `actor` is who enrols somebody
    else. Raises ClassFull, and CannotJoin when the class is closed or over or the person teaches it.
    """
    found = db.session.scalar(
        select(Enrolment).where(
            Enrolment.class_id == training_class.id, Enrolment.user_id == user.id
        )
    )
    if found is not None and found.state == "enrolled":
        return found, False
    check_open(training_class, now)
    _check_person(user, training_class)
    _check_room(training_class, now, kept=kept)
    if found is None:
        found = Enrolment(
            class_id=training_class.id, user_id=user.id, category=category, enrolled_at=now
        )
        db.session.add(found)
    found.state, found.category, found.via = "enrolled", category, via
    audit.record(
        "class.joined",
        found,
        actor=actor or user,
        now=now,
        training_class=training_class.id,
        via=via,
    )
    return found, True


def check_open(training_class: TrainingClass, now: datetime) -> None:
    """Raise CannotJoin for a class that takes nobody any more."""
    if not training_class.open or training_class.ends_on < shanghai_date(now):
        raise CannotJoin(
            _("“%(title)s”已经不再收学员。请问老师下一个班的码。", title=training_class.title)
        )


def free_places(training_class: TrainingClass, now: datetime) -> int:
    """Return how many places are neither taken nor kept for a link or for somebody who waits."""
    return _places_left(training_class, now) - len(waiting.waiting_in(training_class))


def _places_left(training_class: TrainingClass, now: datetime) -> int:
    taken = waiting.count_enrolled(training_class.id)
    return training_class.capacity - taken - waiting.count_promised(training_class.id, now)


def _check_person(user: User, training_class: TrainingClass) -> None:
    teaches = select(ClassInstructor.id).where(
        ClassInstructor.class_id == training_class.id, ClassInstructor.user_id == user.id
    )
    if db.session.scalar(teaches) is not None:
        raise CannotJoin(
            _("你是“%(title)s”的任课教师，不能做这个班的学员。", title=training_class.title)
        )


def _check_room(training_class: TrainingClass, now: datetime, *, kept: bool) -> None:
    left = _places_left(training_class, now) if kept else free_places(training_class, now)
    if left <= 0:
        raise ClassFull(
            _(
                "“%(title)s”的 %(places)s 个名额满了。请问老师下一个班的码。",
                title=training_class.title,
                places=training_class.capacity,
            )
        )
