"""Sittings as pages reach them: where one lies, the row inside somebody's scope, or 404."""

from __future__ import annotations

from flask import abort
from sqlalchemy import select

from app.extensions import db
from app.models.exams import Attempt, Booking, Sitting
from app.permissions import Scope, require


def sitting_scope(sitting: Sitting) -> Scope:
    """Return where a sitting lies."""
    return Scope(district=sitting.district_code, sitting=sitting.id)


def get_sitting(sitting_id: str, permission: str) -> Sitting:
    """Return a sitting inside the person's scope, or 404."""
    sitting = db.session.get(Sitting, sitting_id)
    if sitting is None or sitting.mock:
        abort(404)
    require(permission, sitting_scope(sitting))
    return sitting


def get_booking(sitting: Sitting, booking_id: str) -> Booking:
    """Return a booking of this sitting, or 404."""
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.sitting_id != sitting.id:
        abort(404)
    return booking


def open_attempts(sitting: Sitting) -> list[Attempt]:
    """Return a sitting's attempts that are still being written."""
    return list(
        db.session.scalars(
            select(Attempt).where(Attempt.sitting_id == sitting.id, Attempt.state == "open")
        )
    )
