"""Today, asked for when it is needed: a run that begins before midnight ends on another day."""

from __future__ import annotations

from datetime import date

from app import clock


def today() -> date:
    """Return the calendar day in Shanghai now."""
    return clock.shanghai_date(clock.now())
