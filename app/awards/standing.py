"""How a certificate stands at a moment: the register's lines and the dates, put into words.

Never stored: `certificates.verdict` works it out each time somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from flask_babel import get_locale
from sqlalchemy import select

from app import rulebook
from app.clock import shanghai_date
from app.extensions import db
from app.models.awards import Certificate, StatusChange
from certificates import verdict as verdicts
from certificates.verdict import Standing, Status, Verdict

# The register says `valid` for a certificate that nobody has touched; dates are not its business.
STANDINGS = {"valid": Standing.IN_FORCE}


def history(certificate: Certificate) -> list[StatusChange]:
    """Return the register's lines of a certificate, oldest first."""
    return histories([certificate])[certificate.id]


def histories(certificates: Iterable[Certificate]) -> dict[str, list[StatusChange]]:
    """Return the lines of many certificates, by certificate id, with one query."""
    found: dict[str, list[StatusChange]] = {row.id: [] for row in certificates}
    lines = select(StatusChange).where(StatusChange.certificate_id.in_(found))
    for line in db.session.scalars(lines.order_by(StatusChange.number)):
        found[line.certificate_id].append(line)
    return found


def verdict(certificate: Certificate, lines: Sequence[StatusChange], now: datetime) -> Verdict:
    """Return what a certificate is at a moment, by its lines in order, its dates and today's grace."""
    grace = rulebook.value("certificate.grace_days", shanghai_date(now))
    changes, effective = [], None
    for line in lines:
        # The numbers give the order: a clock that stepped back between two lines must not let
        # the issue overrule the withdrawal after it. No line is dated ahead.
        effective = min(line.at if effective is None else max(effective, line.at), now)
        stands = STANDINGS.get(line.status) or Standing(line.status)
        changes.append(verdicts.StatusChange(effective, stands))
    return verdicts.verdict(
        changes,
        valid_from=certificate.valid_from,
        valid_until=certificate.valid_until,
        grace=timedelta(days=grace),
        now=now,
    )


def verdict_now(certificate: Certificate, now: datetime) -> Verdict:
    """Return what one certificate is at a moment."""
    return verdict(certificate, history(certificate), now)


def reads_english() -> bool:
    """Tell whether this answer is in English."""
    locale = get_locale()
    return locale is not None and locale.language == "en"


def word(status: str) -> str:
    """Return the word of a status (已撤销, Withdrawn) in the reader's language."""
    wording = verdicts.wording(Status(status))
    return wording.en if reads_english() else wording.word_zh


def sentence(shown: Verdict) -> str:
    """Return what a verdict means and what to do, in the reader's language."""
    return shown.sentence_en if reads_english() else shown.sentence_zh
