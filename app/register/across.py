"""What no one certificate shows: two live ones of one person, a counter behind, a grant without one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import lazyload

from app.clock import shanghai_date
from app.extensions import db
from app.models.awards import Certificate, CertificateSerial, Decision
from app.register.found import Finding, of

LIVE = ("valid", "suspended")
CODES = frozenset({"live_twice", "no_certificate", "serial_behind"})


def find(now: datetime) -> Iterator[Finding]:
    """Find what only the register as a whole shows."""
    yield from _twice_live(now)
    yield from _serials()
    yield from _granted_without()


def _twice_live(now: datetime) -> Iterator[Finding]:
    """Find people who hold two live certificates of one scheme; the newest stays."""
    today = shanghai_date(now)
    live = Certificate.status.in_(LIVE) & (
        Certificate.valid_until.is_(None) | (Certificate.valid_until >= today)
    )
    twice = (
        select(Certificate.user_id, Certificate.scheme_id)
        .where(live)
        .group_by(Certificate.user_id, Certificate.scheme_id)
        .having(func.count() > 1)
        .subquery()
    )
    rows = db.session.scalars(
        select(Certificate)
        .join(
            twice,
            (twice.c.user_id == Certificate.user_id) & (twice.c.scheme_id == Certificate.scheme_id),
        )
        .where(live)
        .options(lazyload(Certificate.user))
        .order_by(Certificate.user_id, Certificate.scheme_id, Certificate.issued_at, Certificate.id)
    ).all()
    for older, newer in pairwise(rows):
        if (older.user_id, older.scheme_id) == (newer.user_id, newer.scheme_id):
            yield of(
                older,
                "live_twice",
                _(
                    "同一个人、同一个方案有两张都有效的证书，另一张是 %(number)s。",
                    number=newer.printed["number_grouped"],
                ),
                _("把签发较早的这一张记为已更换。"),
            )


def _serials() -> Iterator[Finding]:
    """Find counters behind the numbers that were given: the next number would be one given already."""
    counters = {
        (row.year, row.district_code): row.last
        for row in db.session.scalars(select(CertificateSerial))
    }
    highest: dict[tuple[int, str], tuple[int, str]] = {}
    for number in db.session.scalars(select(Certificate.number)):
        place, serial = serial_of(number)
        if serial > highest.get(place, (0, ""))[0]:
            highest[place] = (serial, number)
    for (year, district), (serial, number) in highest.items():
        if counters.get((year, district), 0) < serial:
            yield Finding(
                "serial_behind",
                f"{year}-{district}",
                None,
                number,
                _("%(year)s 年这个区的编号计数落后了，下一张会撞号。", year=year),
                _("把计数改到已经用过的最大序号。"),
            )


def serial_of(number: str) -> tuple[tuple[int, str], int]:
    """Take a stored number apart: (year, district) and serial."""
    letters = len(number) - len(number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    rest = number[letters:]
    return (int(rest[:4]), rest[4:10]), int(rest[10:-1])


def _granted_without() -> Iterator[Finding]:
    """Find decisions that grant a certificate which is not there."""
    query = (
        select(Decision.id)
        .outerjoin(Certificate, Certificate.decision_id == Decision.id)
        .where(Decision.state == "granted", Certificate.id.is_(None))
    )
    for decision_id in db.session.scalars(query):
        yield Finding(
            "no_certificate",
            decision_id,
            None,
            "",
            _("决定了发证，却没有证书。"),
            _("把决定退回到“等待决定”，由发证决定人再决定一次。"),
        )
