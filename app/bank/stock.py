"""The questions that may be drawn on a day, as the small facts a draw needs; no body is read.

Twenty thousand versions would take a second to read for every page. Each process therefore keeps
what it read: the facts of a version for ever, since it never changes, and the whole stock for as
long as the bank's mark is the same. The mark is one row of counts that every change of a status, a
version, a review date, an approval or an exposure moves. Publishing does not lean on it: what is
frozen is read anew (`fresh`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import Row, func, select

from app.bank.pool import ON_TRIAL, usable
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
    practice: tuple[QuestionFacts, ...]
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

    def by_code(self, codes: Iterable[str]) -> dict[str, Drawable]:
        """Return the live questions of some codes."""
        wanted = set(codes)
        return {one.facts.id: one for one in self.live if one.facts.id in wanted}

    def proof(self, table: Blueprint) -> tuple[Supply, Supply]:
        """Return how far live and practice questions fill a table; the second for information."""
        name = _name(table)
        if name not in self._proofs:
            _make_room(self._proofs)
            self._proofs[name] = supply(table, self.facts), supply(table, self.practice)
        return self._proofs[name]

    def pool(self, table: Blueprint) -> Pool:
        """Return the live questions prepared for drawing papers of a table."""
        name = _name(table)
        if name not in self._pools:
            _make_room(self._pools)
            self._pools[name] = Pool(table, self.facts)
        return self._pools[name]


@dataclass(frozen=True, slots=True)
class _Kept:
    mark: tuple[Any, ...]
    stock: Stock
    facts: dict[str, QuestionFacts]


def stock(on: date, *, fresh: bool = False) -> Stock:
    """Return what may be drawn on a day: one query while nothing changed, at most three when it did.

    `fresh` reads the rows again whatever the mark says.
    """
    before: _Kept | None = current_app.extensions.get(KEPT)
    mark = (on, counts_demonstration(), repr(domains_of(on)), *_mark())
    if before is not None and before.mark == mark and not fresh:
        return before.stock
    rows = db.session.execute(
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
        .where(usable(on))
        .order_by(QuestionEntry.code)
    ).all()
    known = _facts([row[0] for row in rows], before.facts if before else {}, on)
    made = _stock(rows, known)
    current_app.extensions[KEPT] = _Kept(mark, made, known)
    return made


def _stock(
    rows: Iterable[Row[str, str, str, str, str, int, str, str]],
    known: dict[str, QuestionFacts],
) -> Stock:
    live: list[Drawable] = []
    practice: list[QuestionFacts] = []
    for version_id, entry_id, body_hash, pool, status, shown, domain, band in rows:
        # Where people here filed the question wins over what its text says (`filing`).
        facts = refiled(known[version_id], domain, band)
        trial = status == ON_TRIAL
        if pool != "live":
            if not trial:
                practice.append(facts)
            continue
        if shown or trial:
            facts = replace(facts, exposure=shown, trial=trial)
        live.append(Drawable(version_id, entry_id, body_hash, facts))
    return Stock(tuple(live), tuple(practice))


def _facts(
    version_ids: list[str], kept: dict[str, QuestionFacts], on: date
) -> dict[str, QuestionFacts]:
    """Return the facts of some versions, reading those this process does not know yet."""
    missing = [one for one in version_ids if one not in kept]
    found = {one: kept[one] for one in version_ids if one in kept}
    if missing:
        query = select(QuestionVersion.id, QuestionVersion.facts)
        if len(missing) <= FEW:
            query = query.where(QuestionVersion.id.in_(missing))
        else:
            query = query.join(QuestionVersion.entry).where(usable(on))
        for version_id, body in db.session.execute(query):
            found[version_id] = load_facts(body)
    return found


def _mark() -> tuple[Any, ...]:
    """Return counts of the bank that differ as soon as something about drawing changed."""
    entry = QuestionEntry
    approvals = select(func.count()).select_from(Approval).scalar_subquery()
    row = db.session.execute(
        select(
            func.count(),
            func.min(entry.id),
            func.max(entry.id),
            func.max(entry.changed_at),
            func.sum(entry.current_number),
            func.sum(entry.times_shown),
            func.count().filter(entry.status == "active"),
            func.count().filter(entry.status == ON_TRIAL),
            func.count(entry.review_by),
            func.min(entry.review_by),
            func.max(entry.review_by),
            approvals,
        )
    ).one()
    return tuple(row)


def _name(table: Blueprint) -> str:
    return repr(sorted(dump_blueprint(table).items()))


def _make_room(kept: dict[str, Any]) -> None:
    while len(kept) >= MOST_TABLES:
        kept.pop(next(iter(kept)), None)
