"""The documents of a sitting by name: what each is called, and its bytes.

The facts are read in the caller's transaction, which ends before anything is drawn: a list with three
hundred photos takes many seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.clock import SHANGHAI
from app.exams.documents import PRESS, contents
from app.exams.documents.contents import RoomSheet
from app.exams.documents.papers import is_paper, paper_file
from app.extensions import db, outside_transaction, reading_only
from app.models.exams import Attempt, Booking, Sitting
from app.models.room import Incident
from certificates.joining import joined

PART = 50
"""So many tickets are drawn at once: a thousand together would take 1.6 GB."""


@dataclass(frozen=True)
class Kind:
    """A printed document: its name, what it is for, its file's name."""

    title: Any
    purpose: Any
    file: str
    photos: bool = False


KINDS = {
    "tickets": Kind(
        _l("准考证"), _l("每人一页，有照片、座位和进场扫的二维码"), "准考证", photos=True
    ),
    "door-list": Kind(
        _l("门口核对单"), _l("按考场和座位，有照片，门口核对时打勾"), "门口核对单", photos=True
    ),
    "seat-list": Kind(_l("座位表"), _l("贴在考场门口，没有证件号"), "座位表"),
    "sign-in": Kind(_l("考生签到表"), _l("考生进场和离场签名"), "考生签到表"),
    "staff-sign-in": Kind(_l("监考员签到表"), _l("监考员到岗和离岗签名"), "监考员签到表"),
    "room-record": Kind(_l("考场记录表"), _l("每间考场一张，考后签名存档"), "考场记录表"),
}


def printed(sitting: Sitting, kind: str, now: datetime) -> bytes:
    """Return a document of a sitting as PDF. Raises KeyError for a name that is none, NotPrinted."""
    if is_paper(kind):
        return paper_file(sitting, kind, now)
    layout = kind.replace("-", "_")
    if kind == "tickets":
        return all_tickets(sitting, now)
    known = contents.read(sitting, now, photos=KINDS[kind].photos)
    facts = {
        "head": known.head,
        "rooms": known.rooms,
        "anywhere": known.anywhere,
        "over": now > sitting.last_start_at,
        "incidents": _incidents(sitting, known.rooms) if kind == "room-record" else {},
    }
    outside_transaction()
    return PRESS.draw(layout, facts, known.assets)


def all_tickets(
    sitting: Sitting, now: datetime, told: Callable[[int, int], None] = lambda done, total: None
) -> bytes:
    """Return the tickets of a whole sitting as PDF, drawn in parts. Raises NotPrinted.

    `told` hears after each part how many of how many are done; no transaction is open then.
    """
    with reading_only():
        ids = contents.booking_ids(sitting)
        db.session.rollback()
    parts = []
    for start in range(0, max(1, len(ids)), PART):
        with reading_only():
            some = contents.bookings_of(ids[start : start + PART])
            facts, assets = contents.tickets_of(some, now)
            db.session.rollback()
        parts.append(PRESS.draw("tickets", facts, assets))
        told(min(start + PART, len(ids)), len(ids))
    return joined(parts)


def ticket_file(bookings: Sequence[Booking], now: datetime) -> bytes:
    """Return the tickets of some bookings as PDF, one a page. Raises NotPrinted."""
    facts, assets = contents.tickets_of(bookings, now)
    outside_transaction()
    return PRESS.draw("tickets", facts, assets)


def _incidents(
    sitting: Sitting, rooms: Sequence[RoomSheet]
) -> defaultdict[str, list[dict[str, Any]]]:
    """Return what was reported, by room; what names neither seat nor room stands in the first."""
    rows = db.session.scalars(
        select(Incident)
        .where(Incident.sitting_id == sitting.id)
        .options(joinedload(Incident.attempt).joinedload(Attempt.booking))
        .order_by(Incident.happened_at)
    )
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        seat = row.attempt.booking.seat if row.attempt else None
        room = next((one for one in rooms if one.name == row.place or _holds(one, seat)), rooms[0])
        found[room.name].append(
            {
                "time": f"{row.happened_at.astimezone(SHANGHAI):%H:%M}",
                "seat": "" if seat is None else seat,
                "text": row.text,
            }
        )
    return found


def _holds(room: RoomSheet, seat: int | None) -> bool:
    return seat is not None and room.first <= seat <= room.last
