"""How far each answer sheet of a sitting is, at a constant number of queries. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased, selectinload

from app.exams.on_paper import THIRD
from app.extensions import db
from app.models.exams import Booking, Paper, Sitting
from app.models.room import PaperEntry


@dataclass(frozen=True)
class Row:
    """One candidate's answer sheet."""

    booking: Booking
    state: str
    """`on_screen`, `handed_in`, `no_paper`, `none`, `once`, `differs`, `agreed`."""
    differing: int
    """How many questions wait for the third look."""


def rows(sitting: Sitting) -> list[Row]:
    """Return the answer sheets of a sitting by seat."""
    typed: dict[str, int] = dict(
        db.session.execute(
            select(PaperEntry.booking_id, func.max(PaperEntry.typing))
            .join(Booking, Booking.id == PaperEntry.booking_id)
            .where(Booking.sitting_id == sitting.id, PaperEntry.typing < THIRD)
            .group_by(PaperEntry.booking_id)
        ).all()
    )
    waiting = _unsettled(sitting)
    bookings = db.session.scalars(
        select(Booking)
        .where(Booking.sitting_id == sitting.id)
        .options(
            selectinload(Booking.paper).load_only(Paper.id, Paper.booking_id),
            selectinload(Booking.attempt),
            selectinload(Booking.room),
        )
        .order_by(Booking.seat)
    )
    return [
        Row(one, _state(one, typed.get(one.id, 0), waiting.get(one.id, 0)), waiting.get(one.id, 0))
        for one in bookings
    ]


def unfinished(sitting: Sitting) -> int:
    """Return how many sheets were begun to be typed in and are not handed in."""
    begun = (
        select(PaperEntry.booking_id)
        .join(Booking, Booking.id == PaperEntry.booking_id)
        .where(Booking.sitting_id == sitting.id, ~Booking.attempt.has())
        .distinct()
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(begun)) or 0


def _state(booking: Booking, typed: int, waiting: int) -> str:
    if booking.attempt is not None:
        return "handed_in" if booking.attempt.handed_in_how == "on_paper" else "on_screen"
    if booking.paper is None:
        return "no_paper"
    return {0: "none", 1: "once"}.get(typed) or ("differs" if waiting else "agreed")


def _unsettled(sitting: Sitting) -> dict[str, int]:
    """Return how many questions of each sheet differ and are not decided."""
    first, second, third = aliased(PaperEntry), aliased(PaperEntry), aliased(PaperEntry)

    def same(other: type[PaperEntry], typing: int) -> ColumnElement[bool]:
        return and_(
            other.booking_id == first.booking_id, other.slot == first.slot, other.typing == typing
        )

    found = db.session.execute(
        select(first.booking_id, func.count())
        .join(Booking, Booking.id == first.booking_id)
        .join(second, same(second, 2))
        .outerjoin(third, same(third, THIRD))
        .where(
            Booking.sitting_id == sitting.id,
            first.typing == 1,
            first.value != second.value,
            third.id.is_(None),
        )
        .group_by(first.booking_id)
    )
    return dict(found.all())
