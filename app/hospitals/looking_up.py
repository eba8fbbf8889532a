"""The status of many certificates by number, at a constant number of queries.

Reads only. Certificates issued before this system are among the answers, marked as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app import rulebook
from app.checking import names
from app.checking.numbers_typed import number_format
from app.checking.register import FORMAT
from app.clock import shanghai_date
from app.earlier import finding as earlier
from app.extensions import db
from app.hospitals.reading import Asked
from app.models.awards import Certificate
from app.models.scheme import DatedSetting
from app.proposals import PROPOSALS
from app.register import ledger
from certificates import numbers
from certificates.numbers import NumberError, NumberFormat
from certificates.verdict import NOT_FOUND, Verdict


@dataclass(frozen=True)
class Line:
    """The answer to one line."""

    typed: str
    number: str
    """As stored; as typed where it is no number of any format."""
    verdict: Verdict
    valid_until: date | None
    name_fits: bool | None
    """None when no name was sent along, or there is no certificate to compare it with."""
    earlier: bool
    fault: str
    """What is wrong with the number itself, in the words of the check page; else empty."""


@dataclass(frozen=True)
class _Known:
    verdict: Verdict
    valid_until: date | None
    printed: dict[str, Any]
    earlier: bool = False


def look_up(asked: Sequence[Asked], now: datetime) -> list[Line]:
    """Answer every line in its order."""
    formats = _formats(shanghai_date(now))
    read = [_read(one.number, formats) for one in asked]
    with rulebook.read_once():
        known = _ours({number for number, _fault in read}, now)
        others = {number for number, _fault in read if number not in known}
        known.update(_earlier(others, now))
    return [
        _line(one, number, fault, known.get(number))
        for one, (number, fault) in zip(asked, read, strict=True)
    ]


def _line(asked: Asked, number: str, fault: NumberError | None, known: _Known | None) -> Line:
    fits = names.is_surname(known.printed, asked.name) if known and asked.name else None
    words = (fault.en if ledger.reads_english() else fault.zh) if fault and not known else ""
    return Line(
        typed=asked.number,
        number=number,
        verdict=known.verdict if known else NOT_FOUND,
        valid_until=known.valid_until if known else None,
        name_fits=fits,
        earlier=known.earlier if known else False,
        fault=words,
    )


def _ours(wanted: Iterable[str], now: datetime) -> dict[str, _Known]:
    rows = db.session.scalars(
        select(Certificate)
        .where(Certificate.number.in_(list(wanted)))
        .options(lazyload(Certificate.user))
    ).all()
    lines = ledger.histories(rows)
    found = {
        row.number: _Known(ledger.verdict(row, lines[row.id], now), row.valid_until, row.printed)
        for row in rows
    }
    return {number: one for number, one in found.items() if one.verdict.code != NOT_FOUND.code}


def _earlier(wanted: Iterable[str], now: datetime) -> dict[str, _Known]:
    return {
        one.row.number: _Known(one.verdict, one.row.valid_until, one.printed, earlier=True)
        for one in earlier.by_numbers(list(wanted), now)
    }


def _formats(on: date) -> list[NumberFormat]:
    former = db.session.scalars(select(DatedSetting.value).where(DatedSetting.name == FORMAT)).all()
    rules = [rulebook.value(FORMAT, on), *former, PROPOSALS[FORMAT].value]
    return list(dict.fromkeys(number_format(rule) for rule in rules))


def _read(text: str, formats: list[NumberFormat]) -> tuple[str, NumberError | None]:
    """Return the stored form of a number; one of no format of ours may be an earlier one."""
    trouble: NumberError | None = None
    for one in formats:
        try:
            return str(numbers.parse(text, one)), None
        except NumberError as error:
            trouble = trouble or error
    return earlier.stored_form(text), trouble
