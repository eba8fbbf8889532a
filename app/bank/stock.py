"""The questions that may be drawn on a day, as the small facts a draw needs; no body is read.

Twenty thousand versions would take a second to read for every page. Each process therefore keeps
what it read: the facts of a version for ever, since it never changes, and the whole stock for as
long as the bank's mark is the same. The mark is one row of counts that every change of a status, a
version, a review date, an approval or an exposure moves. Publishing does not lean on it: what is
frozen is read anew (`fresh`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, cast

from flask import current_app
from sqlalchemy import ColumnElement, func, select

from app.bank.pool import ON_TRIAL, SCORED, usable
from app.bank.reviewers import counts_demonstration, domains_of
from app.extensions import db
from app.models.bank import Approval, QuestionEntry, QuestionVersion
from question_bank import (
    Blueprint,
    Pool,
    QuestionFacts,
    Supply,
    dump_blueprint,
    load_facts,
    supply,
)
from question_bank.facts import refiled

KEPT = "peizhen_stock"  # in app.extensions: one stock for each application of a process
FEW = 500  # facts fetched by id up to here, beyond all at once
MANY = 2000  # changed entries beyond which all are read again
LONGEST_ACT = timedelta(hours=1)
MOST_TABLES = 20


@dataclass(frozen=True, slots=True)
class Drawable:
    """A version that may be drawn: its row, and what a draw must know of it."""

    version_id: str
    entry_id: str
    body_hash: str
    facts: QuestionFacts


@dataclass(frozen=True)
class Stock:
    """What may be drawn on one day, by code, and what was worked out from it for each table."""

    live: tuple[Drawable, ...]
    practice: tuple[Drawable, ...]
    _proofs: dict[str, tuple[Supply, Supply]] = field(default_factory=dict)
    _pools: dict[str, Pool] = field(default_factory=dict)

    @property
    def facts(self) -> list[QuestionFacts]:
        """The facts of the live questions."""
        return [one.facts for one in self.live]

    @property
    def unfit(self) -> list[Drawable]:
        """The live questions that passed their review but can stand on no paper today."""
        return [one for one in self.live if not one.facts.examinable]

    @property
    def rehearsal(self) -> Stock:
        """The practice questions in the place of the live ones: what mock exams draw from."""
        return Stock(self.practice, ())

    def by_code(self, codes: Iterable[str]) -> dict[str, Drawable]:
        """Return the live questions of some codes."""
        wanted = set(codes)
        return {one.facts.id: one for one in self.live if one.facts.id in wanted}

    def proof(self, table: Blueprint) -> tuple[Supply, Supply]:
        """Return how far live and practice questions fill a table; the second for information."""
        name = _name(table)
        if name not in self._proofs:
            _make_room(self._proofs)
            practice = [one.facts for one in self.practice]
            self._proofs[name] = self.pool(table).supply, supply(table, practice)
        return self._proofs[name]

    def pool(self, table: Blueprint) -> Pool:
        """Return the live questions prepared for drawing papers of a table."""
        name = _name(table)
        if name not in self._pools:
            _make_room(self._pools)
            self._pools[name] = Pool(table, self.facts)
        return self._pools[name]


_Row = tuple[str, str, str, str, str, int, str, str]
"""Version id, entry id, body hash, pool, status, times shown, domain, difficulty band."""

_Usable = tuple[str, Drawable]
"""Pool, and the question as it is drawn."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """What differs as soon as something about drawing changed."""

    conditions: tuple[Any, ...]
    """The day and the rules: when they change, everything may."""
    shown: int
    """Sum of times shown: a recount touches any entry and no `changed_at`."""
    changed_at: datetime | None
    entries: int
    counts: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    mark: _Mark
    stock: Stock
    usable: dict[str, _Usable]  # by entry
    facts: dict[str, QuestionFacts]  # by version, as its text has them


def stock(on: date, *, fresh: bool = False) -> Stock:
    """Return what may be drawn on a day: one query while nothing changed, a few when it did.

    `fresh` reads every row again whatever the mark says.
    """
    before: _Kept | None = current_app.extensions.get(KEPT)
    mark = _mark(on)
    if before is not None and before.mark == mark and not fresh:
        return before.stock
    known = dict(before.facts) if before is not None else {}
    found = None if before is None or fresh else _patched(before, mark, on, known)
    if found is None:
        found = _made(_read(on), known, on)
    made = _stock(found.values())
    current_app.extensions[KEPT] = _Kept(mark, made, found, known)
    return made


def _patched(
    before: _Kept, mark: _Mark, on: date, known: dict[str, QuestionFacts]
) -> dict[str, _Usable] | None:
    """Return the rows of before with what changed since, or None where all must be read.

    Entries are never deleted; were one gone all the same, the counts would say so. Long acts write
    the moment they began, so that the last hour is looked through again.
    """
    then = before.mark
    if (then.conditions, then.shown) != (mark.conditions, mark.shown):
        return None
    if then.changed_at is None or mark.entries < then.entries:
        return None
    recent = QuestionEntry.changed_at >= then.changed_at - LONGEST_ACT
    changed = db.session.scalars(select(QuestionEntry.id).where(recent).limit(MANY)).all()
    if not changed or len(changed) == MANY:
        return None
    found = dict(before.usable)
    for entry_id in changed:
        found.pop(entry_id, None)
    return found | _made(_read(on, recent), known, on)


def _read(on: date, *conditions: ColumnElement[bool]) -> Sequence[_Row]:
    query = (
        select(
            QuestionVersion.id,
            QuestionVersion.entry_id,
            QuestionVersion.body_hash,
            QuestionEntry.pool,
            QuestionEntry.status,
            QuestionEntry.times_shown,
            QuestionEntry.domain,
            QuestionEntry.difficulty,
        )
        .join(QuestionVersion.entry)
        .where(usable(on), *conditions)
    )
    return cast("Sequence[_Row]", db.session.execute(query).all())


def _made(rows: Sequence[_Row], known: dict[str, QuestionFacts], on: date) -> dict[str, _Usable]:
    """Return the rows as questions to draw, by entry; facts that were missing become known."""
    _learn([row[0] for row in rows], known, on)
    found: dict[str, _Usable] = {}
    for version_id, entry_id, body_hash, pool, status, shown, domain, band in rows:
        # Where people here filed the question wins over what its text says (`filing`).
        facts = refiled(known[version_id], domain, band)
        if shown or status == ON_TRIAL:
            facts = replace(facts, exposure=shown, trial=status == ON_TRIAL)
        found[entry_id] = pool, Drawable(version_id, entry_id, body_hash, facts)
    return found


def _stock(found: Iterable[_Usable]) -> Stock:
    ordered = sorted(found, key=_code)
    return Stock(
        tuple(one for pool, one in ordered if pool == "live"),
        tuple(one for pool, one in ordered if pool != "live" and not one.facts.trial),
    )


def _code(one: _Usable) -> str:
    return one[1].facts.id


def _learn(version_ids: Sequence[str], known: dict[str, QuestionFacts], on: date) -> None:
    """Read the facts of the versions this process does not know yet."""
    missing = [one for one in version_ids if one not in known]
    if not missing:
        return
    query = select(QuestionVersion.id, QuestionVersion.facts)
    if len(missing) <= FEW:
        query = query.where(QuestionVersion.id.in_(missing))
    else:
        query = query.join(QuestionVersion.entry).where(usable(on))
    for version_id, body in db.session.execute(query):
        known[version_id] = load_facts(body)


def _mark(on: date) -> _Mark:
    entry = QuestionEntry
    approvals = select(func.count()).select_from(Approval).scalar_subquery()
    shown, changed_at, entries, *counts = db.session.execute(
        select(
            func.sum(entry.times_shown),
            func.max(entry.changed_at),
            func.count(),
            func.min(entry.id),
            func.max(entry.id),
            func.sum(entry.current_number),
            func.count().filter(entry.status == SCORED),
            func.count().filter(entry.status == ON_TRIAL),
            func.count(entry.review_by),
            func.min(entry.review_by),
            func.max(entry.review_by),
            approvals,
        )
    ).one()
    conditions = (on, counts_demonstration(), repr(domains_of(on)))
    return _Mark(conditions, shown or 0, changed_at, entries, tuple(counts))


def _name(table: Blueprint) -> str:
    return repr(sorted(dump_blueprint(table).items()))


def _make_room(kept: dict[str, Any]) -> None:
    while len(kept) >= MOST_TABLES:
        kept.pop(next(iter(kept)), None)
