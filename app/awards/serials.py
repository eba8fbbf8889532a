"""Serial numbers: one counter for each year and district, counted up in the database.

A number once taken is spent, whatever becomes of the certificate: gaps are harmless, a number that
names two certificates is not. A proposal keeps the number taken for it, so that whoever tries again
after a fault or a crash goes on with the same one; `gaps.py` explains those that were never used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.dialects import postgresql, sqlite

from app import rulebook
from app.credentials import keeping
from app.credentials.keeping import Place
from app.extensions import db, insert_rows
from app.models.awards import Certificate, CertificateSerial, Decision
from app.models.bulk import TakenNumber
from certificates.numbers import CertificateNumber, NumberError, NumberFormat, compose, parse


@dataclass(frozen=True)
class Taken:
    """A number taken for a proposal."""

    number: CertificateNumber
    place: Place
    """In the status list, for its credential."""
    left_behind: str = ""
    """The file that a try before may have left: no certificate names it."""


def number_format(on: date) -> NumberFormat:
    """Return the format of numbers given on a day. Raises NumberError for an unusable one."""
    rule = rulebook.value("certificate.number_format", on)
    return NumberFormat(prefix=rule["prefix"], serial_digits=rule["serial_digits"])


def take(
    districts: Mapping[str, str],
    on: date,
    *,
    actor_id: str,
    now: datetime,
    batch_id: str | None = None,
    blob_ids: Mapping[str, str] | None = None,
) -> dict[str, Taken]:
    """Take a number for each proposal (id -> district); the caller commits.

    The counters' rows are locked until then. Proposals that have a number from a try before keep
    it. `blob_ids` notes where their files will be. Raises NumberError when the serials of the
    format are used up.
    """
    # Whoever asks for the same proposals at once waits here, and then finds these numbers.
    ids = sorted(districts)
    db.session.execute(
        select(Decision.id).where(Decision.id.in_(ids)).order_by(Decision.id).with_for_update()
    )
    found = _taken_before(districts, on, blob_ids or {})
    rows: list[dict[str, Any]] = []
    wanted: dict[str, list[str]] = defaultdict(list)
    for decision_id in districts:  # in the caller's order: that of the list
        if decision_id not in found:
            wanted[districts[decision_id]].append(decision_id)
    form = number_format(on)
    places = iter(keeping.take_places(len(districts) - len(found)))
    for district, some in wanted.items():
        last = _count_up(on.year, district, len(some))
        for serial, decision_id in enumerate(some, last - len(some) + 1):
            number = compose(on.year, district, serial, form)
            found[decision_id] = Taken(number, at := next(places))
            rows.append(
                {
                    "number": str(number),
                    "decision_id": decision_id,
                    "batch_id": batch_id,
                    "blob_id": blob_ids[decision_id] if blob_ids else "",
                    "list_number": at.list_number,
                    "place": at.place,
                    "by_id": actor_id,
                    "at": now,
                }
            )
    insert_rows(TakenNumber, rows)
    return found


def _taken_before(
    districts: Mapping[str, str], on: date, blob_ids: Mapping[str, str]
) -> dict[str, Taken]:
    """Return the unused numbers of these proposals that would be given today as well."""
    used = exists().where(Certificate.number == TakenNumber.number)
    rows = db.session.scalars(
        select(TakenNumber).where(TakenNumber.decision_id.in_(districts), ~used)
    )
    form = number_format(on)
    found: dict[str, Taken] = {}
    for row in rows:
        try:
            number = parse(row.number, form)
        except NumberError:  # of a format that is not in force any more
            continue
        if (number.year, number.district) == (on.year, districts[row.decision_id]):
            found[row.decision_id] = Taken(number, _place(row), row.blob_id)
            row.blob_id = blob_ids.get(row.decision_id, row.blob_id)
    return found


def _place(row: TakenNumber) -> Place:
    """Return the place taken with a number; numbers of before had none."""
    if row.list_number is None or row.place is None:
        (at,) = keeping.take_places(1)
        row.list_number, row.place = at.list_number, at.place
        return at
    return Place(row.list_number, row.place)


def _count_up(year: int, district_code: str, many: int) -> int:
    """Count a counter up and return where it stands.

    Counting and reading are one statement, so two who ask at once cannot be given the same one.
    """
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(CertificateSerial).values(year=year, district_code=district_code, last=many)
    counted = statement.on_conflict_do_update(
        index_elements=["year", "district_code"], set_={"last": CertificateSerial.last + many}
    ).returning(CertificateSerial.last)
    return db.session.scalars(counted).one()
