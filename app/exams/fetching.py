"""Fetch a paper's pictures and sounds before the clock starts: how many, how heavy, from when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy import func, select

from app.bank.media import PURPOSE
from app.extensions import db
from app.models.exams import Booking
from app.models.journal import Blob

BEFORE = timedelta(minutes=5)
"""So long before the opening they may be fetched: pictures, without their questions."""


@dataclass(frozen=True)
class Heavy:
    """What the waiting room fetches. `address` wants a number, from 1 to `count`, after it."""

    count: int
    bytes: int
    wait: int
    """Seconds until fetching may begin."""
    address: str


def may_wait(booking: Booking, now: datetime) -> bool:
    """Tell whether a candidate who has not started may fetch the media of their paper."""
    sitting = booking.sitting
    return sitting.opens_at - BEFORE <= now <= sitting.last_start_at


def weigh(booking: Booking, now: datetime) -> Heavy:
    """Return what there is to fetch for a booking; nothing before its paper is drawn."""
    hashes = booking.paper.media if booking.paper else []
    # The same bytes may be kept twice, when two people stored them at one moment.
    each = (
        select(Blob.sha256, func.max(Blob.size).label("size"))
        .where(Blob.sha256.in_(hashes), Blob.purpose == PURPOSE)
        .group_by(Blob.sha256)
        .subquery()
    )
    size = db.session.scalar(select(func.sum(each.c.size))) if hashes else 0
    wait = (booking.sitting.opens_at - BEFORE - now).total_seconds()
    first = url_for("exams.medium", booking_id=booking.id, number=0)
    return Heavy(len(hashes), int(size or 0), max(0, int(wait) + 1), first.removesuffix("0"))
