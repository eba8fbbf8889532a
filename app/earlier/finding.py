"""How an earlier certificate stands: its line in the sheet, its dates, and what was entered since.

Reads only. The same pure function as for ours works the status out; only the grace is not counted,
because a certificate that was never issued here is not renewed here either.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.models.hospitals import EarlierCertificate, EarlierChange
from certificates import verdict as verdicts
from certificates.verdict import Standing, Verdict

_STANDINGS = {"valid": Standing.IN_FORCE}
_GROUPING = re.compile(r"[\s\-\u2010-\u2015\u2212\u00ad\u200b-\u200d\ufeff]+")
NUMBER_MOST = 40


@dataclass(frozen=True)
class Earlier:
    """An earlier certificate with how it stands at the moment it was read."""

    row: EarlierCertificate
    verdict: Verdict

    @property
    def printed(self) -> dict[str, Any]:
        """What a typed name is compared with."""
        return {"name": self.row.name, "name_latin": ""}


def stored_form(text: str) -> str:
    """Return a number as it is stored: capitals, no blanks, no dashes; never corrected."""
    return _GROUPING.sub("", unicodedata.normalize("NFKC", text)).upper()[:NUMBER_MOST]


def by_number(number: str, now: datetime) -> Earlier | None:
    """Return the earlier certificate with this number, typed in any grouping."""
    found = by_numbers([stored_form(number)], now)
    return found[0] if found else None


def by_numbers(wanted: list[str], now: datetime) -> list[Earlier]:
    """Return the earlier certificates with these stored numbers, in two queries."""
    rows = db.session.scalars(
        select(EarlierCertificate).where(EarlierCertificate.number.in_(wanted))
    ).all()
    lines = histories(rows) if rows else {}
    return [Earlier(row, verdict(row, lines[row.id], now)) for row in rows]


def histories(rows: Iterable[EarlierCertificate]) -> dict[str, list[EarlierChange]]:
    """Return what was entered since, by certificate id, oldest first, with one query."""
    found: dict[str, list[EarlierChange]] = {row.id: [] for row in rows}
    lines = select(EarlierChange).where(EarlierChange.certificate_id.in_(found))
    for line in db.session.scalars(lines.order_by(EarlierChange.number)):
        found[line.certificate_id].append(line)
    return found


def verdict(row: EarlierCertificate, lines: Iterable[EarlierChange], now: datetime) -> Verdict:
    """Return what an earlier certificate is at a moment."""
    changes = [
        verdicts.StatusChange(
            min(line.at, now), _STANDINGS.get(line.status) or Standing(line.status)
        )
        for line in lines
    ]
    return verdicts.verdict(
        changes,
        valid_from=row.issued_on,
        valid_until=row.valid_until,
        grace=timedelta(0),
        now=now,
    )
