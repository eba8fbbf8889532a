"""Check-in at the door: who came, whether face and document agree, undone only with a reason.

The ticket's QR code leads here, and so does its number, typed. Nothing here opens the exam: that is
the start gate's business, which turns away whom the door refused.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit, clock
from app.errors import Refusal
from app.exams import tickets
from app.extensions import db
from app.formatting import show_date
from app.models.exams import Booking, Sitting
from app.models.people import User

RESULTS = ("confirmed", "late", "rejected", "absent")
WITH_NOTE = frozenset({"rejected"})


class CheckInRefused(Refusal):
    """The door cannot note this."""


class NotAtThisDoor(Refusal):
    """Nobody of this sitting is named by what was scanned or typed."""

    status = 404


def by_ticket(typed: str) -> Booking | None:
    """Return the booking that a ticket number names."""
    number = "".join(typed.split()).replace("-", "").upper()
    found = select(Booking).where(func.upper(Booking.ticket_number) == number)
    return db.session.scalars(found).first() if number else None


def at_door(sitting: Sitting, text: str) -> Booking:
    """Return whom a scanned code, or a typed number, names at the door of a sitting.

    Raises NotAtThisDoor for what is no ticket, and for a ticket of another sitting, another day or
    nobody. Of another sitting's ticket only that is said: whose it is stays behind its own door.
    """
    number = tickets.number_in(text)
    if not number:
        raise NotAtThisDoor(_("这不是准考证上的二维码。请扫准考证，或输准考证号。"))
    booking = by_ticket(number)
    if booking is not None and booking.sitting_id == sitting.id:
        return booking
    day = tickets.day_of(number)
    if day is not None and day != clock.shanghai_date(sitting.opens_at):
        raise NotAtThisDoor(
            _(
                "准考证 %(number)s 是 %(day)s 的，不是这一场的。请看准考证上的日期。",
                number=number,
                day=show_date(day),
            )
        )
    if booking is not None:
        raise NotAtThisDoor(
            _(
                "准考证 %(number)s 是同一天另一场的。请看准考证上的地点和开考时间。",
                number=number,
            )
        )
    raise NotAtThisDoor(_("这一场没有准考证号 %(number)s，请再看一遍号码。", number=number))


def check_in(booking: Booking, result: str, note: str, *, actor: User, now: datetime) -> None:
    """Note what the door found. The same again by a second click changes nothing.

    Raises CheckInRefused for an unknown result, a refusal without a note, or when something else
    is noted already: that has to be undone first, so that two at the door do not overrule each other.
    """
    locked = _lock(booking)
    note = note.strip()[:200]
    if result not in RESULTS:
        raise CheckInRefused(_("请选核对的结果：一致、迟到入场、不一致或缺考。"))
    if result in WITH_NOTE and not note:
        raise CheckInRefused(_("身份不一致要写明哪里不一致。"))
    if locked.check_in == result:
        return
    if locked.check_in:
        raise CheckInRefused(
            _("%(n)s 座已经登记过核对结果。要改，请先撤销并写原因。", n=locked.seat)
        )
    if result == "absent" and locked.attempt is not None:
        raise CheckInRefused(_("%(n)s 座已经开始答题，不能登记缺考。", n=locked.seat))
    locked.check_in, locked.check_in_note = result, note
    locked.checked_in_at, locked.checked_in_by_id = now, actor.id
    audit.record("booking.checked_in", locked, actor=actor, now=now, result=result, note=note)


def undo(booking: Booking, why: str, *, actor: User, now: datetime) -> None:
    """Take back what the door noted. Raises CheckInRefused without a reason or nothing to undo."""
    locked = _lock(booking)
    if not why.strip():
        raise CheckInRefused(_("撤销核对要写原因。"))
    if not locked.check_in:
        raise CheckInRefused(_("%(n)s 座没有登记过核对结果，不用撤销。", n=locked.seat))
    former, locked.check_in, locked.check_in_note = locked.check_in, "", ""
    locked.checked_in_at, locked.checked_in_by_id = None, None
    audit.record(
        "booking.check_in_undone",
        locked,
        actor=actor,
        now=now,
        former=former,
        reason=why.strip()[:200],
    )


def counts(sitting: Sitting, room_id: str | None = None) -> dict[str, int]:
    """Return how many were noted as what, of all rooms or one; the empty word: not come yet."""
    found = select(Booking.check_in, func.count()).where(Booking.sitting_id == sitting.id)
    if room_id is not None:
        found = found.where(Booking.room_id == room_id)
    counted = db.session.execute(found.group_by(Booking.check_in))
    return {**dict.fromkeys(("", *RESULTS), 0), **dict(counted.all())}


def _lock(booking: Booking) -> Booking:
    return db.session.scalars(
        select(Booking)
        .where(Booking.id == booking.id)
        .with_for_update(of=Booking)
        .execution_options(populate_existing=True)
    ).one()
