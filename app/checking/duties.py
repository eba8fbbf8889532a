"""What the worker does for the check: once an hour, keep the domain that is being printed."""

from __future__ import annotations

from datetime import datetime

from app import jobs
from app.checking import domains
from app.extensions import db


@jobs.every(3600, "note_printed_domain")
def note_printed_domain(now: datetime) -> None:
    """Keep the domain in use among ours for good."""
    domains.note(now)
    db.session.commit()
