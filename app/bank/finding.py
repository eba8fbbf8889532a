"""Find questions by all filters together. Live questions are found only by who may open them.

Two queries a page, whatever is asked: how many there are in each status, and the page itself. What
the filters are called and which values they offer is in `filters.py`, what words mean in
`searching.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Row, Text, and_, cast, select

from app.bank.searching import matching
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionLabel
from question_bank.question import STATUSES

PER_PAGE = 25
SOON = timedelta(days=90)
LONGEST = 120  # characters of one filter's value, as long as the longest label
ME, FILES, ANY_FLAW = "me", "files", "any"
COLUMNS: dict[str, Any] = {
    "pool": QuestionEntry.pool,
    "domain": QuestionEntry.domain,
    "lesson": QuestionEntry.lesson_code,
    "kind": QuestionEntry.kind,
    "level": QuestionEntry.level,
    "difficulty": QuestionEntry.difficulty,
    "language": QuestionEntry.language,
    "writer": QuestionEntry.writer_kind,
}
LABELS = ("tag", "clause", "source")
ORDERS: dict[str, tuple[Any, ...]] = {
    "code": (QuestionEntry.code,),
    "changed": (QuestionEntry.changed_at.desc(), QuestionEntry.code),
    "review": (QuestionEntry.review_by.is_(None), QuestionEntry.review_by, QuestionEntry.code),
    "shown": (QuestionEntry.times_shown.desc(), QuestionEntry.code),
}


@dataclass(frozen=True)
class Wanted:
    """What is looked for, as it stands in the address; empty means any. Never a person's name."""

    words: str = ""
    status: str = ""
    pool: str = ""
    domain: str = ""
    lesson: str = ""
    kind: str = ""
    level: str = ""
    difficulty: str = ""
    tag: str = ""
    clause: str = ""
    source: str = ""
    language: str = ""
    author: str = ""
    """`me`, `files` (came with the product), or a person's id."""
    writer: str = ""
    flaw: str = ""
    """`any`, or the code of a writing rule."""
    review: str = ""
    """`past` (its date is over), `soon` (within ninety days), `none` (no date)."""
    shown: str = ""
    """`never`, or `often` (on a paper within the exposure window)."""
    sort: str = ""

    @classmethod
    def asked(cls, arguments: Mapping[str, str]) -> Wanted:
        """Read an address; whatever is not a filter is ignored."""
        names = [one.name for one in fields(cls)]
        # PostgreSQL takes no NUL in a text, and no question has one.
        told = {name: arguments.get(name, "").replace("\0", "") for name in names}
        return cls(**{name: value.strip()[:LONGEST] for name, value in told.items()})

    def given(self) -> dict[str, str]:
        """Return what is set, for an address that shows the same."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in values.items() if value}

    def without(self, name: str) -> dict[str, str]:
        """Return the address's values without one of them."""
        return replace(self, **{name: ""}).given()


@dataclass(frozen=True)
class Reader:
    """For whom and when a list is made."""

    user_id: str
    pools: Sequence[str]
    """Those whose words this person may see at all."""
    today: date


class Listed(Pagination):
    """One page of entries out of ids in order."""

    def _query_items(self) -> list[QuestionEntry]:
        ids = self._query_args["ids"][self._query_offset : self._query_offset + self.per_page]
        rows = db.session.scalars(select(QuestionEntry).where(QuestionEntry.id.in_(ids)))
        found = {entry.id: entry for entry in rows}
        return [found[one] for one in ids if one in found]

    def _query_count(self) -> int:
        return len(self._query_args["ids"])


def find_questions(wanted: Wanted, reader: Reader, page: int) -> tuple[Listed, dict[str, int]]:
    """Return one page in the order asked, and the number of questions in each status.

    The numbers are of all statuses, whichever of them the page shows. Words are looked for once
    for both: ids and statuses of twenty thousand questions cost less than a second search.
    """
    found = _found(replace(wanted, status=""), reader)
    numbers = Counter(status for _id, status in found)
    ids = [one for one, status in found if wanted.status in ("", status)]
    pages = Listed(page=page, per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False, ids=ids)
    return pages, {status: numbers[status] for status in STATUSES}


def ids_of(wanted: Wanted, reader: Reader) -> list[str]:
    """Return the ids of all questions that fit, in the order asked."""
    return [one for one, _status in _found(wanted, reader)]


def _found(wanted: Wanted, reader: Reader) -> Sequence[Row[str, str]]:
    query = select(QuestionEntry.id, QuestionEntry.status).where(*conditions(wanted, reader))
    query = query.order_by(*ORDERS.get(wanted.sort, ORDERS["code"]))
    return db.session.execute(query).all()


def conditions(wanted: Wanted, reader: Reader) -> list[ColumnElement[bool]]:
    """Return what a question has to fulfil to be listed."""
    found: list[ColumnElement[bool]] = [QuestionEntry.pool.in_(reader.pools)]
    found += [
        column == getattr(wanted, name) for name, column in COLUMNS.items() if getattr(wanted, name)
    ]
    if wanted.status:
        found.append(QuestionEntry.status == wanted.status)
    found += [_labelled(kind, getattr(wanted, kind)) for kind in LABELS if getattr(wanted, kind)]
    if wanted.author:
        found.append(_written_by(wanted.author, reader))
    if wanted.flaw:
        found.append(_flawed(wanted.flaw))
    if wanted.review:
        found.append(_to_review(wanted.review, reader.today))
    if wanted.shown:
        shown = QuestionEntry.times_shown
        found.append(shown == 0 if wanted.shown == "never" else shown > 0)
    words = matching(wanted.words)
    return found if words is None else [*found, words]


def _labelled(kind: str, value: str) -> ColumnElement[bool]:
    return QuestionEntry.id.in_(
        select(QuestionLabel.entry_id).where(
            QuestionLabel.kind == kind, QuestionLabel.value == value
        )
    )


def _written_by(author: str, reader: Reader) -> ColumnElement[bool]:
    if author == FILES:
        return QuestionEntry.author_id.is_(None)
    return QuestionEntry.author_id == (reader.user_id if author == ME else author)


def _flawed(code: str) -> ColumnElement[bool]:
    listed = cast(
        QuestionEntry.flaws, Text
    )  # codes are plain words: their JSON is searched as text
    if code == ANY_FLAW:
        return listed != "[]"
    return listed.contains(f'"{code}"', autoescape=True)


def _to_review(when: str, today: date) -> ColumnElement[bool]:
    day = QuestionEntry.review_by
    if when == "none":
        return day.is_(None)
    if when == "past":
        return day < today
    return and_(day >= today, day <= today + SOON)
