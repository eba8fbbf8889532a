"""Numbers that name no certificate, and why: what a register with gaps owes whoever reads it.

A number is missing because its proposal still waits, was closed without a certificate, or was
granted under another number (in another year, say); or because it was taken before this system
wrote down what for. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, exists, func, select

from app.awards.serials import number_format
from app.extensions import db
from app.models.awards import Certificate, CertificateSerial, Decision
from app.models.bulk import TakenNumber
from app.models.people import District, User
from certificates.numbers import compose

A_PAGE = 50
# The states of decisions, those that renewals and corrections rest on among them.
_WAITING = frozenset({"proposed", "renewing", "replacing"})
_ISSUED = frozenset({"granted", "renewed", "replaced"})


@dataclass(frozen=True)
class Counter:
    """The counter of one year and district: how far it is, and how many numbers are in use."""

    year: int
    district: District
    last: int
    used: int
    unused: int
    """Taken with a reason on record."""

    @property
    def unexplained(self) -> int:
        """Numbers that were counted and of which nothing was written down."""
        return max(self.last - self.used - self.unused, 0)


@dataclass(frozen=True)
class Gap:
    """One number that names no certificate."""

    number: str
    at: datetime
    by: str
    why: str


def counters(on: date) -> list[Counter]:
    """Return all counters, the newest year first."""
    rows = db.session.execute(
        select(CertificateSerial, District)
        .join(District, District.code == CertificateSerial.district_code)
        .order_by(CertificateSerial.year.desc(), CertificateSerial.district_code)
    ).all()
    form = number_format(on)

    def counter(row: CertificateSerial, district: District) -> Counter:
        start = str(compose(row.year, district.code, 1, form))[: len(form.prefix) + 10]
        used = select(func.count(Certificate.id)).where(Certificate.number.startswith(start))
        free = select(func.count()).select_from(
            _unused().where(TakenNumber.number.startswith(start)).subquery()
        )
        return Counter(
            row.year,
            district,
            row.last,
            db.session.scalar(used) or 0,
            db.session.scalar(free) or 0,
        )

    return [counter(*row) for row in rows]


def unused() -> tuple[list[Gap], Pagination]:
    """Return the numbers taken that name no certificate, page by page, newest first."""
    pages = db.paginate(
        _unused().order_by(TakenNumber.at.desc(), TakenNumber.number),
        per_page=A_PAGE,
        error_out=False,
    )
    rows: Iterable[TakenNumber] = pages.items
    ids = [row.decision_id for row in rows]
    states = dict(
        db.session.execute(select(Decision.id, Decision.state).where(Decision.id.in_(ids))).all()
    )
    people = [row.by_id for row in rows]
    names = dict(db.session.execute(select(User.id, User.name).where(User.id.in_(people))).all())
    return [
        Gap(row.number, row.at, names[row.by_id], _why(states[row.decision_id])) for row in rows
    ], pages


def _unused() -> Select[TakenNumber]:
    return select(TakenNumber).where(~exists().where(Certificate.number == TakenNumber.number))


def _why(state: str) -> str:
    if state in _WAITING:
        return str(_("取了号，还没有签发成。提议仍在等待，下次签发用的还是这个号。"))
    if state in _ISSUED:
        return str(_("这项提议后来用另一个号签发了（例如跨了年，或改了编号格式）。"))
    return str(_("取了号，后来决定不发证或退回。这个号不再用。"))
