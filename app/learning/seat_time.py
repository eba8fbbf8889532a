"""Seat time (A4): counted on the server, from signs of life of pages that somebody reads.

An open lesson page sends one every BEAT seconds while its reader is active; when nothing moved for a
while it stops by itself. What a sign of life earns is the time since the person's last one, by the
server's clock, and nothing after a longer silence. There is one clock for a person (the open
`StudyStretch`), so two tabs or devices earn together what one would. Each ticket earns once: one that
is forged, repeated, kept from another day or brought after the class ended earns nothing.

The usual sign of life is one statement (`app.learning.quick`). Whatever is out of the ordinary (the first one, a
second tab, a silence, a question to answer) takes the way through the session, with the rows locked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from app.extensions import db
from app.learning import presence, quick, tickets
from app.learning.tickets import Ticket
from app.models.studying import StudyStretch

BEAT = timedelta(seconds=30)
LONGEST_GAP = timedelta(seconds=95)
"""Three signs of life, and a little: a lost packet or a slow line stops nobody's clock."""
MOST_PAGES = 6
_PLACE = re.compile(r"[A-Za-z0-9_-]{0,40}:\d{1,3}")
_GAP_MS = LONGEST_GAP // timedelta(milliseconds=1)


@dataclass(frozen=True)
class Told:
    """What a page hears back: the next ticket, what was earned (ms), and perhaps a question."""

    ticket: Ticket
    earned: int = 0
    check: dict[str, Any] | None = None
    over: bool = False
    """The class has ended or the page is too old: nothing is counted any more."""


def beat(ticket: Ticket, place: object, now: datetime) -> Told | None:
    """Take a usual sign of life in a transaction of its own; None for one that needs care."""
    at = tickets.milliseconds(now)
    if at >= ticket.until:
        return Told(ticket, over=True)
    earned = at - ticket.last
    counted = ticket.counted + earned
    if not ticket.stretch or not 0 <= earned <= _GAP_MS or 0 < ticket.due <= counted:
        return None
    values = {
        "stretch": ticket.stretch,
        "page": ticket.page,
        "beat": ticket.beat,
        "counted": counted,
        "next_beat": ticket.beat + 1,
        "place": _known_place(place),
    }
    if quick.lengthen(tickets.moment(at), values):
        return Told(ticket.next(last=at, counted=counted), earned)
    return None


def beat_with_care(ticket: Ticket, place: object, now: datetime) -> Told:
    """Take any sign of life, with the person's stretches locked; the caller commits."""
    now = tickets.moment(tickets.milliseconds(now))  # as tickets know it
    current, own = rows_of(ticket)
    if current is not None and current.asked_at is not None and _same_lesson(current, ticket):
        _register(current, ticket)
        return Told(_ticket_for(current, ticket), check=presence.waiting(current))
    if current is None or not is_alive(current, now):
        return Told(_ticket_for(_begin(ticket, current, now), ticket))
    if own is not None and is_next(own, ticket) and is_alive(own, now):
        earned = now - current.last_at
        _open_instead(own, current)
        told = lengthen(own, ticket, earned, now)
        own.place = _known_place(place) or own.place
        if 0 < own.due_ms <= own.counted_ms:
            return replace(told, check=presence.ask(own, now))
        return told
    if _same_lesson(current, ticket):  # a second page, or a ticket that has earned already
        _register(current, ticket)
        return Told(_ticket_for(current, ticket))
    return Told(_ticket_for(_begin(ticket, current, now), ticket))


def rows_of(ticket: Ticket) -> tuple[StudyStretch | None, StudyStretch | None]:
    """Return the person's open stretch and the ticket's own, both locked; often they are one."""
    found = db.session.scalars(
        select(StudyStretch)
        .where(
            StudyStretch.user_id == ticket.user_id,
            or_(StudyStretch.open.is_(True), StudyStretch.id == ticket.stretch),
        )
        .order_by(StudyStretch.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    current = next((row for row in found if row.open), None)
    return current, next((row for row in found if row.id == ticket.stretch), None)


def is_alive(row: StudyStretch, now: datetime) -> bool:
    """Tell whether a stretch may still be lengthened."""
    return timedelta() <= now - row.last_at <= LONGEST_GAP


def is_next(row: StudyStretch, ticket: Ticket) -> bool:
    """Tell whether a ticket is the one this page has to bring next, and not a repetition."""
    expected = row.beat if row.page == ticket.page else row.other_pages.get(ticket.page)
    return expected == ticket.beat


def lengthen(row: StudyStretch, ticket: Ticket, earned: timedelta, now: datetime) -> Told:
    """Count time to a stretch, and let its page bring the next ticket."""
    _hand_over(row, ticket.page, ticket.beat + 1)
    milliseconds = earned // timedelta(milliseconds=1)
    row.counted_ms += milliseconds
    row.last_at = now
    return Told(_ticket_for(row, ticket), milliseconds)


def _known_place(place: object) -> str:
    return place if isinstance(place, str) and _PLACE.fullmatch(place) else ""


def _same_lesson(row: StudyStretch, ticket: Ticket) -> bool:
    return (row.edition_id, row.code) == (ticket.edition_id, ticket.code)


def _begin(ticket: Ticket, before: StudyStretch | None, now: datetime) -> StudyStretch:
    """Open a stretch that has earned nothing yet; what is due to be asked goes on from the last."""
    due = presence.due_after(before, now)
    if before is not None:
        before.open = False
        db.session.flush()
    row = StudyStretch(
        user_id=ticket.user_id,
        edition_id=ticket.edition_id,
        code=ticket.code,
        kind="page",
        began_at=now,
        last_at=now,
        counted_ms=0,
        open=True,
        page=ticket.page,
        beat=0,
        other_pages={},
        due_ms=due,
        place="",
    )
    db.session.add(row)
    db.session.flush()
    return row


def _open_instead(row: StudyStretch, current: StudyStretch) -> None:
    if row is not current:
        current.open = False
        db.session.flush()  # the index allows one open stretch at any moment
        row.open = True


def _hand_over(row: StudyStretch, page: str, beat: int) -> None:
    if row.page != page:
        others = {row.page: row.beat, **row.other_pages}
        others.pop(page, None)
        row.other_pages = dict(list(others.items())[:MOST_PAGES])
        row.page = page
    row.beat = beat


def _register(row: StudyStretch, ticket: Ticket) -> None:
    """Let one more page bring tickets for a stretch. It has earned nothing by that."""
    if row.page != ticket.page and ticket.page not in row.other_pages:
        row.other_pages = dict([(ticket.page, 0), *row.other_pages.items()][:MOST_PAGES])


def _ticket_for(row: StudyStretch, ticket: Ticket) -> Ticket:
    expected = row.beat if row.page == ticket.page else row.other_pages[ticket.page]
    return replace(
        ticket,
        stretch=row.id,
        beat=expected,
        last=tickets.milliseconds(row.last_at),
        counted=row.counted_ms,
        due=row.due_ms,
    )


def counted(user_ids: list[str], edition_id: str) -> dict[tuple[str, str], int]:
    """Return the milliseconds that count, by person and lesson code. One query."""
    rows = db.session.execute(
        select(StudyStretch.user_id, StudyStretch.code, func.sum(StudyStretch.counted_ms))
        .where(StudyStretch.edition_id == edition_id, StudyStretch.user_id.in_(user_ids))
        .group_by(StudyStretch.user_id, StudyStretch.code)
    )
    return {(user_id, code): int(total) for user_id, code, total in rows}


def counted_in(user_id: str, edition_id: str, code: str) -> timedelta:
    """Return the time that counts of one person and one lesson."""
    total = db.session.scalar(
        select(func.sum(StudyStretch.counted_ms)).where(
            StudyStretch.edition_id == edition_id,
            StudyStretch.user_id == user_id,
            StudyStretch.code == code,
        )
    )
    return timedelta(milliseconds=int(total or 0))


def place_of(user_id: str, edition_id: str, code: str) -> str:
    """Return where somebody stopped reading a lesson; empty when that is not known."""
    return (
        db.session.scalar(
            select(StudyStretch.place)
            .where(
                StudyStretch.edition_id == edition_id,
                StudyStretch.user_id == user_id,
                StudyStretch.code == code,
                StudyStretch.place != "",
            )
            .order_by(StudyStretch.last_at.desc())
            .limit(1)
        )
        or ""
    )
