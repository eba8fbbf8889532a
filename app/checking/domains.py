"""Which domains are ours: the one in use, those the installation names, and those ever printed.

Paper lasts longer than a domain, so one that was printed once is never taken off the list.
"""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from sqlalchemy import select

from app.config import Settings
from app.extensions import db
from app.models.awards import Certificate
from app.models.checking import PrintedDomain
from certificates import qr


def current() -> str:
    """Return host, and port where there is one, of the address in use."""
    settings: Settings = current_app.config["PEIZHEN"]
    return qr.domain(settings.public_url).lower()


def ours() -> list[str]:
    """Return all domains of ours, the one in use first."""
    settings: Settings = current_app.config["PEIZHEN"]
    kept = db.session.scalars(select(PrintedDomain.domain).order_by(PrintedDomain.first_used_at))
    named = (name.lower() for name in sorted(settings.own_domains))
    return list(dict.fromkeys([current(), *named, *kept]))


def note(now: datetime) -> bool:
    """Keep the domain in use for good once certificates carry it; tell whether it was new.

    The caller commits.
    """
    domain = current()
    if db.session.get(PrintedDomain, domain) is not None:
        return False
    if db.session.scalar(select(Certificate.id).limit(1)) is None:
        return False  # nothing is printed yet
    db.session.add(PrintedDomain(domain=domain, first_used_at=now))
    db.session.flush()
    return True
