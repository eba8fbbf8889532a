"""Ties that people declared themselves (利益冲突登记): to a person, or to everybody of an organisation.

Where a declaration names a person without a telephone that finds them, everybody of that name is
meant: refusing one too many costs a colleague's time, refusing one too few costs the certificate.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app.extensions import db
from app.models.conflicts import ConflictDeclaration
from app.models.people import Affiliation, User


@dataclass(frozen=True)
class Tie:
    """One reason why a person must not act.

    `self`, `taught`, `assessed`, `invigilated`, `employs`, `declared`.
    """

    kind: str
    name: str
    """The class, the organisation, the place or the person that makes it; empty for oneself."""


Ties = dict[str, list[Tie]]
"""By the id of the person acted upon; who is not in it is tied by nothing."""


def gathered(kind: str, rows: Iterable[Any]) -> Ties:
    """Return rows of (person's id, name) as ties of one kind."""
    found: Ties = {}
    for subject_id, name in rows:
        found.setdefault(subject_id, []).append(Tie(kind, name))
    return found


def ties_of_many(person: User, subjects: Sequence[User], on: date) -> Ties:
    """Find the declarations of a person that stand on a day and meet any of the subjects."""
    rows = db.session.scalars(
        select(ConflictDeclaration).where(
            ConflictDeclaration.user_id == person.id,
            ConflictDeclaration.since <= on,
            or_(ConflictDeclaration.until.is_(None), ConflictDeclaration.until >= on),
        )
    ).all()
    if not rows:
        return {}
    organisations = {row.organisation_id for row in rows if row.organisation_id}
    works = _works_for([subject.id for subject in subjects], organisations, on)
    found: Ties = {}
    for row in rows:
        for subject in subjects:
            if _meets(row, subject, works):
                named = row.organisation.name if row.organisation else row.subject_name
                found.setdefault(subject.id, []).append(Tie("declared", named))
    return found


def plain(name: str) -> str:
    """Return a name as names are compared: width, spaces, dots and capitals make no difference."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def running(on: date) -> tuple[ColumnElement[bool], ...]:
    """Return what holds for an affiliation that stands on a day."""
    return (
        Affiliation.starts_on <= on,
        or_(Affiliation.ends_on.is_(None), Affiliation.ends_on >= on),
    )


def _meets(row: ConflictDeclaration, subject: User, works: set[tuple[str, str]]) -> bool:
    if row.organisation_id is not None:
        return (subject.id, row.organisation_id) in works
    if row.subject_id is not None:
        return row.subject_id == subject.id
    return plain(row.subject_name) == plain(subject.name)


def _works_for(ids: Sequence[str], organisations: set[str | Any], on: date) -> set[tuple[str, str]]:
    if not organisations:
        return set()
    rows = db.session.execute(
        select(Affiliation.user_id, Affiliation.organisation_id).where(
            Affiliation.user_id.in_(ids),
            Affiliation.organisation_id.in_(organisations),
            *running(on),
        )
    )
    return {(user_id, organisation_id) for user_id, organisation_id in rows}
