"""Reading one certificate for whoever checks it: everything that its page shows, in one statement.

The statement always gives a row: what stands on every page of the check (how to complain, how a
number looks) comes with it, whether there is such a certificate or not. So an address that nobody
has costs the database what a real one costs. Nothing is written, and no object of the session made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    bindparam,
    exists,
    literal,
    select,
)

from app import rulebook
from app.awards import standing
from app.clock import shanghai_date
from app.direct import Direct
from app.extensions import db
from app.models.awards import Certificate, StatusChange
from app.models.people import Consent
from app.models.scheme import DatedSetting, Scheme
from app.proposals import PROPOSALS
from certificates.verdict import NOT_FOUND, Status, Verdict

CERTIFICATE, LINE, CONSENT, SETTING, SCHEME = (
    cast("Table", model.__table__)
    for model in (Certificate, StatusChange, Consent, DatedSetting, Scheme)
)
GRACE, COMPLAINTS, FORMAT = (
    "certificate.grace_days",
    "certificate.complaints",
    "certificate.number_format",
)
RULES = (GRACE, COMPLAINTS, FORMAT)
PHOTO_STATES = frozenset({Status.VALID, Status.DUE, Status.SUSPENDED})
"""While the person may still turn up at somebody's door. Later there is no purpose for a face."""
FACTS = (
    "id",
    "user_id",
    "number",
    "token",
    "printed",
    "photo_blob_id",
    "pdf_sha256",
    "valid_from",
    "valid_until",
    "issued_at",
)
LINE_NAMES = tuple(column.key for column in LINE.c)
TODAY = bindparam("today", type_=SETTING.c.from_date.type)
Row = tuple[Any, ...]
Readers = Sequence[tuple[int, Callable[[Any], Any]]]


@dataclass(frozen=True, slots=True)
class Found:
    """A certificate as its page needs it, and how it stands at the moment it was read."""

    id: str
    user_id: str
    number: str
    token: str
    printed: dict[str, Any]
    photo_blob_id: str | None
    pdf_sha256: str
    valid_until: date | None
    verdict: Verdict
    photo_is_public: bool
    """Consent to show it to whoever scans stands today."""
    may: Sequence[Mapping[str, str]]
    may_not: Sequence[Mapping[str, str]]

    @property
    def shows_photo(self) -> bool:
        """Tell whether the photo may be seen by the printed address now."""
        return self.has_photo and self.photo_is_public

    @property
    def has_photo(self) -> bool:
        """Tell whether a photo was printed and there is still a purpose for it."""
        return self.photo_blob_id is not None and self.verdict.code in PHOTO_STATES


@dataclass(frozen=True, slots=True)
class Reading:
    """What one statement told: the certificate, if there is one in force, and today's rules."""

    found: Found | None
    rules: dict[str, Any]


def by_token(token: str | None, now: datetime) -> Reading:
    """Read the certificate with this address; what cannot be one costs the same."""
    return _read(_BY_TOKEN, token or "", now)


def by_number(number: str, now: datetime) -> Reading:
    """Read the certificate with this number, whoever holds it."""
    return _read(_BY_NUMBER, number, now)


def by_file(sha256: str, now: datetime) -> Reading:
    """Read the certificate whose file has this hash."""
    return _read(_BY_FILE, sha256, now)


def rules_now(now: datetime) -> dict[str, Any]:
    """Read only what stands on every page."""
    return _read(_BY_TOKEN, "", now).rules


def _setting(name: str) -> ColumnElement[Any]:
    return (
        select(SETTING.c.value)
        .where(SETTING.c.name == name, SETTING.c.from_date <= TODAY)
        .order_by(SETTING.c.from_date.desc(), SETTING.c.set_at.desc())
        .limit(1)
        .scalar_subquery()
    )


def _statement(asked: ColumnElement[Any]) -> Select[Any]:
    consented = exists().where(
        CONSENT.c.user_id == CERTIFICATE.c.user_id,
        CONSENT.c.kind == "photo_public",
        CONSENT.c.withdrawn_at.is_(None),
    )
    always = select(literal(1, Integer()).label("one")).subquery()
    return (
        select(
            *(_setting(name).label(name.partition(".")[2]) for name in RULES),
            consented.label("consented"),
            SCHEME.c.body["may"].label("may"),
            SCHEME.c.body["may_not"].label("may_not"),
            *(CERTIFICATE.c[name] for name in FACTS),
            *(column.label(f"line_{column.name}") for column in LINE.c),
        )
        .select_from(
            always.outerjoin(CERTIFICATE, asked)
            .outerjoin(SCHEME, SCHEME.c.id == CERTIFICATE.c.scheme_id)
            .outerjoin(LINE, LINE.c.certificate_id == CERTIFICATE.c.id)
        )
        .order_by(LINE.c.number)
    )


_BY_TOKEN, _BY_NUMBER, _BY_FILE = (
    _statement(CERTIFICATE.c[name] == bindparam("asked"))
    for name in ("token", "number", "pdf_sha256")
)
_FIRST_FACT = len(RULES) + 3
_FIRST_OF_LINE = _FIRST_FACT + len(FACTS)


@dataclass(frozen=True)
class _Said:
    """A statement as it is said to a database: what is the same each time, and how to read it."""

    direct: Direct
    given: dict[str, Any]
    readers: Readers
    """Where the driver's value of a column has to be turned into ours, and by what."""


@cache
def _said(statement: Select[Any], dialect: str) -> _Said:
    spoken = db.engine.dialect
    assert spoken.name == dialect  # noqa: S101 — the name only makes the cache's key
    values = statement.compile(dialect=spoken).params
    return _Said(
        Direct(statement),
        {name: value for name, value in values.items() if value is not None},
        tuple(
            (place, reader)
            for place, column in enumerate(statement.selected_columns)
            if (reader := column.type.dialect_impl(spoken).result_processor(spoken, None))
        ),
    )


def _read(statement: Select[Any], asked: str, now: datetime) -> Reading:
    today = shanghai_date(now)
    said = _said(statement, db.engine.dialect.name)
    rows, readers = said.direct.all({**said.given, "asked": asked, "today": today}), said.readers
    first = _values(rows[0], readers, 0, _FIRST_OF_LINE)
    rules = {
        name: PROPOSALS[name].value if value is None else value
        for name, value in zip(RULES, first, strict=False)
    }
    facts = dict(zip(FACTS, first[_FIRST_FACT:], strict=True))
    if facts["id"] is None:
        return Reading(None, rules)
    lines = [_line(row, readers) for row in rows if row[_FIRST_OF_LINE] is not None]
    verdict = _verdict(facts, lines, rules[GRACE], now)
    if verdict.code is NOT_FOUND.code:
        return Reading(None, rules)  # not in force yet: not published
    consented, may, may_not = first[len(RULES) : _FIRST_FACT]
    return Reading(
        Found(
            id=facts["id"],
            user_id=facts["user_id"],
            number=facts["number"],
            token=facts["token"],
            printed=facts["printed"],
            photo_blob_id=facts["photo_blob_id"],
            pdf_sha256=facts["pdf_sha256"],
            valid_until=facts["valid_until"],
            verdict=verdict,
            photo_is_public=bool(consented),
            may=may or (),
            may_not=may_not or (),
        ),
        rules,
    )


def _values(row: Row, readers: Readers, first: int, last: int) -> list[Any]:
    values = list(row[:last])
    for place, read in readers:
        if first <= place < last and values[place] is not None:
            values[place] = read(values[place])
    return values[first:]


def _line(row: Row, readers: Readers) -> StatusChange:
    """Return a line of the ledger with the names of its row, without the cost of making an object."""
    values = _values(row, readers, _FIRST_OF_LINE, len(row))
    return cast("StatusChange", SimpleNamespace(**dict(zip(LINE_NAMES, values, strict=True))))


def _verdict(
    facts: Mapping[str, Any], lines: Sequence[StatusChange], grace: int, now: datetime
) -> Verdict:
    dated = cast("Certificate", SimpleNamespace(**facts))
    with rulebook.read_once({(GRACE, shanghai_date(now)): grace}):
        return standing.verdict(dated, lines, now)
