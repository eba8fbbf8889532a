"""The holder's own page, to be shown to an employer: made, looked at, ended by the holder alone.

The address holds 80 random bits and ends by itself. What it shows is read anew each time, so that
whoever keeps the address sees a suspension as soon as everybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.clock import DOUBLE_CLICK
from app.directory.refusing import DirectoryRefused
from app.extensions import db
from app.models.awards import Certificate
from app.models.base import new_id
from app.models.directory import EmployerLink
from app.models.people import User
from app.register import ledger
from app.renewal import progress
from app.renewal.progress import Progress
from certificates.verdict import NOT_FOUND, Verdict

DAYS = 30
MOST_LINKS = 10


@dataclass(frozen=True)
class Shown:
    """What stands on the page."""

    name: str
    link: EmployerLink
    certificates: list[tuple[Certificate, Verdict]]
    learning: Progress | None


def make(user: User, *, shows_learning: bool, now: datetime) -> EmployerLink:
    """Make a link to one's own page; the same asked for again at once is the same link.

    Raises DirectoryRefused without a certificate, or for too many.
    """
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())
    if not _certificates(user, now):
        raise DirectoryRefused(_("你还没有证书，没有可以给单位看的。"))
    standing = links(user, now)
    for link in standing:
        if link.shows_learning == shows_learning and now - link.made_at < DOUBLE_CLICK:
            return link
    if len(standing) >= MOST_LINKS:
        raise DirectoryRefused(_("有 %(n)d 个链接还在用，请先收回不用的。", n=MOST_LINKS))
    row = EmployerLink(
        user_id=user.id,
        token=new_id(),
        shows_learning=shows_learning,
        made_at=now,
        expires_at=now + timedelta(days=DAYS),
    )
    db.session.add(row)
    audit.record("employer_link.made", row, actor=user, now=now, learning=shows_learning)
    return row


def revoke(row: EmployerLink, *, actor: User, now: datetime) -> None:
    """End a link: its page is gone at once."""
    if row.revoked_at is None:
        row.revoked_at = now
        audit.record("employer_link.revoked", row, actor=actor, now=now)


def links(user: User, now: datetime) -> list[EmployerLink]:
    """Return one's own links that still lead somewhere, the newest first."""
    rows = select(EmployerLink).where(
        EmployerLink.user_id == user.id,
        EmployerLink.revoked_at.is_(None),
        EmployerLink.expires_at > now,
    )
    return list(db.session.scalars(rows.order_by(EmployerLink.made_at.desc())))


def find(token: str, now: datetime) -> Shown | None:
    """Return what a link shows now; None for unknown, ended and revoked ones alike."""
    link = db.session.scalar(
        select(EmployerLink).where(
            EmployerLink.token == token,
            EmployerLink.revoked_at.is_(None),
            EmployerLink.expires_at > now,
        )
    )
    if link is None:
        return None
    user = db.session.get_one(User, link.user_id)
    held = _certificates(user, now)
    renewable = [row for row, verdict in held if verdict.code in progress.RENEWABLE]
    learning = progress.of(renewable[0], now) if link.shows_learning and renewable else None
    return Shown(user.name, link, held, learning)


def _certificates(user: User, now: datetime) -> list[tuple[Certificate, Verdict]]:
    rows = db.session.scalars(
        select(Certificate)
        .where(Certificate.user_id == user.id)
        .order_by(Certificate.issued_at.desc())
    ).all()
    lines = ledger.histories(rows)
    judged = [(row, ledger.verdict(row, lines[row.id], now)) for row in rows]
    return [(row, verdict) for row, verdict in judged if verdict.code != NOT_FOUND.code]
