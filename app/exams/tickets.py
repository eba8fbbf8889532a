"""The admission ticket (准考证): its number, and the address in its code that the door scans.

The address holds the ticket's number, which says nothing of the person; what is behind it is shown
only to whoever invigilates the sitting. The number is read out, too: it is no secret, opens nothing.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from datetime import date, datetime

from flask import current_app
from sqlalchemy import select

from app import clock
from app.config import Settings
from app.extensions import db
from app.models.exams import Booking, Sitting

DOOR = "/exams/door/"
_NUMBER = re.compile(r"[0-9A-Z]{3,20}")


def new_numbers(sitting: Sitting) -> Iterator[str]:
    """Yield numbers that no ticket of the sitting's day has: the day, then six random digits."""
    day = f"{clock.shanghai_date(sitting.opens_at):%y%m%d}"
    used = set(
        db.session.scalars(
            select(Booking.ticket_number).where(Booking.ticket_number.startswith(day))
        )
    )
    while True:
        number = f"{day}{secrets.randbelow(1_000_000):06d}"
        if number not in used:
            used.add(number)
            yield number


def number_in(text: str) -> str:
    """Return the ticket number in what was scanned or typed; nothing when there is none.

    A code holds an address that ends in it, whichever host of ours had printed it.
    """
    whole = "".join(text.split())
    number = whole.rpartition(DOOR)[2].replace("-", "").upper()
    return number if _NUMBER.fullmatch(number) else ""


def day_of(number: str) -> date | None:
    """Return the day that a ticket number begins with; None for one that tells none."""
    try:
        return datetime.strptime(number[:6], "%y%m%d").date()  # noqa: DTZ007 — a day, no moment
    except ValueError:
        return None


def door_address(booking: Booking) -> str:
    """Return what the code on a ticket says: a public address with its number."""
    settings: Settings = current_app.config["PEIZHEN"]
    return f"{settings.public_url}{DOOR}{booking.ticket_number}"
