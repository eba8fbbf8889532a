"""Reports of sites that imitate the check: filed by anybody, answered by the association.

What somebody wants to be told by is encrypted. Nothing is fetched from the reported site.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit, secrecy
from app.errors import Refusal
from app.extensions import db
from app.models.checking import SiteReport
from app.models.people import User

OUTCOMES = ("imitation", "ours", "harmless")
SAME_WITHIN = timedelta(days=1)
CONTACT = ("site_report", "contact_sealed")


class AlreadyHandled(Refusal):
    """Somebody else answered it meanwhile."""

    def __init__(self) -> None:
        super().__init__(_("这条举报刚才已经由别人处理了，没有再改。"))


@dataclass(frozen=True)
class Told:
    """What somebody wrote."""

    site: str
    told: str
    contact: str


def file(told: Told, now: datetime) -> SiteReport:
    """Keep a report; the same site told in the same words within a day is one report."""
    site, words = _plain(told.site), _plain(told.told)
    before = db.session.scalar(
        select(SiteReport).where(
            SiteReport.site == site,
            SiteReport.told == words,
            SiteReport.created_at > now - SAME_WITHIN,
        )
    )
    if before is not None:
        return before
    row = SiteReport(site=site, told=words, created_at=now)
    db.session.add(row)
    db.session.flush()
    if told.contact.strip():
        row.contact_sealed = secrecy.seal(
            told.contact.strip(), table=CONTACT[0], column=CONTACT[1], row=row.id
        )
    audit.record("site_report.filed", row, actor=None, now=now)
    return row


def _plain(text: str) -> str:
    """Return a text without zero bytes, which no database of ours takes."""
    return text.replace("\0", "").strip()


def contact(row: SiteReport) -> str:
    """Return how to reach the reporter, or nothing."""
    if not row.contact_sealed:
        return ""
    return secrecy.unseal(row.contact_sealed, table=CONTACT[0], column=CONTACT[1], row=row.id)


def handle(row: SiteReport, outcome: str, note: str, *, actor: User, now: datetime) -> None:
    """Answer a report. Raises AlreadyHandled, KeyError for no outcome of ours."""
    if outcome not in OUTCOMES:
        raise KeyError(outcome)
    if row.outcome != "open":
        raise AlreadyHandled
    row.outcome, row.note = outcome, note.strip()
    row.handled_by_id, row.handled_at = actor.id, now
    audit.record("site_report.handled", row, actor=actor, now=now, outcome=outcome)


def host(site: str) -> str:
    """Return the host of an address as people write it; nothing where there is none."""
    try:
        return urlsplit(site if "://" in site else f"//{site}").netloc.lower()
    except ValueError:
        return ""


def is_ours(site: str, domains: Collection[str]) -> bool:
    """Tell whether a reported address lies on a domain of ours."""
    return host(site) in domains


def waiting() -> int:
    """Return how many reports nobody has answered."""
    return (
        db.session.scalar(
            select(func.count()).select_from(SiteReport).where(SiteReport.outcome == "open")
        )
        or 0
    )
