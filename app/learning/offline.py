"""Time read without a line, handed in afterwards: what of it counts.

A page kept on the device carries the ticket under which the server gave it out, so the server knows
since when it can have been read. What the device says of its clock only places the stretches; they are
cut to the time between giving out and now and to the class's end, and whatever was counted in that
time already is taken away. A lesson earns only so many minutes in this way (a dated setting), because
nobody was asked whether they were there. Handing in twice earns once: the first time is in the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app import rulebook
from app.clock import shanghai_date
from app.extensions import db
from app.learning import counting, tickets
from app.learning.tickets import Ticket, UnknownTicket
from app.models.people import User
from app.models.studying import StudyStretch
from app.models.training import Enrolment, TrainingClass

MOST_NOTES = 400
SHORTEST = timedelta(seconds=5)
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Merged:
    """What became of a delivery: seconds counted, and stretches that counted nothing."""

    seconds: int
    taken: int
    nothing: int


def merge(body: object, now: datetime) -> Merged:
    """Count what a device read offline. Raises UnknownTicket when no note bears a ticket of ours."""
    notes = _notes(body, now)
    seconds, taken = 0.0, 0
    for ticket, span in notes:
        counted = _merge_one(ticket, span, now)
        seconds += counted.total_seconds()
        taken += counted > timedelta()
    return Merged(int(seconds), taken, len(notes) - taken)


def _notes(body: object, now: datetime) -> list[tuple[Ticket, Span]]:
    """Read what arrived; what is no note, or is older than a copy may be, is passed over."""
    given = body if isinstance(body, dict) else {}
    said_now, listed = given.get("now"), given.get("notes")
    if not isinstance(said_now, int) or not isinstance(listed, list):
        raise UnknownTicket
    skew = tickets.milliseconds(now) - said_now
    found = []
    for one in listed[:MOST_NOTES]:
        read = _note(one, skew, now)
        if read is not None:
            found.append(read)
    return found


def _note(one: Any, skew: int, now: datetime) -> tuple[Ticket, Span] | None:
    if not isinstance(one, dict):
        return None
    began, ended = one.get("from"), one.get("to")
    if type(began) is not int or type(ended) is not int:
        return None
    ticket = tickets.read(one.get("ticket"))
    issued = tickets.moment(ticket.issued)
    if now - issued > tickets.KEPT_OFFLINE:
        return None
    first, last = tickets.milliseconds(issued), tickets.milliseconds(now)
    since = tickets.moment(min(max(began + skew, first), last))
    until = tickets.moment(min(max(ended + skew, first), last))
    return (ticket, (since, until)) if until - since >= SHORTEST else None


def _merge_one(ticket: Ticket, span: Span, now: datetime) -> timedelta:
    # Two deliveries at once: the second waits here and then finds what the first has counted.
    db.session.execute(select(User.id).where(User.id == ticket.user_id).with_for_update())
    ends_at = _end_of_study(ticket)
    if ends_at is None or span[0] >= ends_at:
        return timedelta()
    rows = db.session.scalars(
        select(StudyStretch)
        .where(
            StudyStretch.user_id == ticket.user_id,
            (StudyStretch.last_at > span[0]) | StudyStretch.open.is_(True),
        )
        .order_by(StudyStretch.began_at)
        .with_for_update()
    ).all()
    free = without((span[0], min(span[1], ends_at)), [(row.began_at, row.last_at) for row in rows])
    left = _left(ticket, shanghai_date(now))
    total = timedelta()
    for began, ended in free:
        counted = min(ended - began, left - total)
        if counted < SHORTEST:
            continue
        total += counted
        db.session.add(
            StudyStretch(
                user_id=ticket.user_id,
                edition_id=ticket.edition_id,
                code=ticket.code,
                kind="offline",
                began_at=began,
                last_at=ended,
                counted_ms=counted // timedelta(milliseconds=1),
                open=False,
                other_pages={},
            )
        )
        for row in rows:
            if row.open and row.last_at < ended:
                row.last_at, row.beat = ended, row.beat + 1  # its page does not count this again
    db.session.flush()
    return total


def without(span: Span, taken: list[Span]) -> list[Span]:
    """Return what is left of a span when others are taken away; `taken` by its beginning."""
    found, at = [], span[0]
    for began, ended in sorted(taken):
        if began > at:
            found.append((at, min(began, span[1])))
        at = max(at, ended)
        if at >= span[1]:
            return [one for one in found if one[1] > one[0]]
    found.append((at, span[1]))
    return [one for one in found if one[1] > one[0]]


def _left(ticket: Ticket, on: date) -> timedelta:
    most = timedelta(minutes=rulebook.value("lesson.offline_minutes", on))
    had = db.session.scalar(
        select(func.sum(StudyStretch.counted_ms)).where(
            StudyStretch.user_id == ticket.user_id,
            StudyStretch.edition_id == ticket.edition_id,
            StudyStretch.code == ticket.code,
            StudyStretch.kind == "offline",
        )
    )
    return most - timedelta(milliseconds=int(had or 0))


def _end_of_study(ticket: Ticket) -> datetime | None:
    """Return when the person's last class on this edition ends; None for somebody in no class."""
    found = db.session.scalars(
        select(TrainingClass)
        .join(Enrolment, Enrolment.class_id == TrainingClass.id)
        .where(
            Enrolment.user_id == ticket.user_id,
            Enrolment.state == "enrolled",
            TrainingClass.edition_id == ticket.edition_id,
        )
        .order_by(TrainingClass.ends_on.desc())
        .limit(1)
    ).first()
    return counting.end_of(found)
