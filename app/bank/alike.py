"""Questions that are near another: found on saving, while typing and on import (Chinese text).

What `question_bank.duplicates` compares is kept beside each entry (`QuestionSearch.alike`), and each
process keeps an index of it, which a request brings up to date with what changed since. The index of
20,000 questions takes about a second of CPU, once for each process; so that no page waits for it,
each asking takes STEP of them in and looks through the others one by one. An import takes in all; then
a question costs about a millisecond. What is found is looked up again in the database before anyone
hears of it, so that an index that lags or ran ahead of a rolled-back transaction says nothing untrue.
Retired questions are compared too: somebody took them out for a reason. Whether a person may hear of
a live question is asked of the wall by whoever calls.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

from flask import current_app
from sqlalchemy import case, func, select

from app.extensions import db
from app.models.bank import QuestionEntry, QuestionSearch
from question_bank import Question
from question_bank.duplicates import (
    MOST,
    THRESHOLD,
    Index,
    Near,
    near_among,
    shingles_of,
    text_of,
)

EXTENSION = "peizhen.alike"
LATE = timedelta(minutes=2)
"""A transaction's changes may show that long after the moment they carry."""
START = datetime(2000, 1, 1, tzinfo=UTC)
SHOWN = 5
LOOKED_UP = 500  # values in one IN (…)
FEW = 4  # questions that are looked for among those that wait; for more the index is built
STEP = 4_000  # texts that one asking takes into the index, of those that wait


@dataclass(frozen=True, slots=True)
class Alike:
    """A question of the bank that is near another; the score is 0 … 1."""

    entry_id: str
    code: str
    pool: str
    score: float


@dataclass
class _Kept:
    """What one process knows of one database."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    index: Index = field(default_factory=Index)  # by entry id
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)  # entry id -> pool, text
    waiting: dict[str, str] = field(default_factory=dict)  # entry id -> text not yet in the index
    since: datetime = START
    state: tuple[int, datetime | None, int | None] = (0, None, None)
    """How many entries there were, the latest change, and how many changed since `since`."""

    def take(self, entry_id: str, pool: str, text: str) -> None:
        """Take a text in; what is known already costs nothing."""
        if self.texts.get(entry_id) != (pool, text):
            self.texts[entry_id] = (pool, text)
            self.index.discard(entry_id)
            self.waiting[entry_id] = text

    def work(self, most: int | None = None) -> None:
        """Take some of what waits into the index, or all of it."""
        for entry_id in list(islice(self.waiting, most)):
            self.index.add_text(entry_id, self.waiting.pop(entry_id))

    def forget(self, entry_ids: Iterable[str]) -> None:
        """Drop entries that are no longer there."""
        for entry_id in entry_ids:
            del self.texts[entry_id]
            self.waiting.pop(entry_id, None)
            self.index.discard(entry_id)


def near(question: Question, *, pools: Collection[str]) -> list[Alike]:
    """Return the bank's questions near this one in these pools, nearest first.

    A question of the same code is the question itself and left out. Ask before you write: what
    this transaction changed would be compared as if it were saved.
    """
    return near_many([question], pools=pools)[0]


def near_many(
    questions: Sequence[Question],
    *,
    pools: Collection[str],
    threshold: float = THRESHOLD,
) -> list[list[Alike]]:
    """Return the same for many questions at once, in their order, with a few queries for all."""
    shingles = [shingles_of(text_of(question)) for question in questions]
    kept = _up_to_date()
    with kept.lock:
        kept.work(STEP if len(questions) < FEW else None)
        texts = kept.texts

        def may_be_told(entry_id: str) -> bool:
            return texts[entry_id][0] in pools

        found = [
            sorted(
                kept.index.near_shingles(mine, "", threshold, among=may_be_told)
                + near_among(kept.waiting, mine, threshold, among=may_be_told),
                key=lambda hit: (-hit.score, hit.id),
            )[:MOST]
            for mine in shingles
        ]
    return _known(questions, found, pools)


def near_in_file(
    questions: Sequence[Question],
    shingles: Sequence[Set[str]],
    *,
    pools: Collection[str],
    tick: Callable[[int], None],
) -> list[tuple[list[Alike], list[Near]]]:
    """Return what is near each question of a file: of the bank, and earlier in the file.

    What is found in the file has its number in it, from 1, for an id. The bank is asked for one
    question at a time, so that nobody waits for a long file.
    """
    kept, own = _up_to_date(), Index()
    with kept.lock:
        kept.work()
    texts = kept.texts

    def may_be_told(entry_id: str) -> bool:
        return texts[entry_id][0] in pools

    in_bank: list[list[Near]] = []
    in_file: list[list[Near]] = []
    for number, mine in enumerate(shingles, 1):
        with kept.lock:
            in_bank.append(kept.index.near_shingles(mine, among=may_be_told))
        in_file.append(own.near_shingles(mine))
        own.add_shingles(str(number), mine)
        tick(number)
    return list(zip(_known(questions, in_bank, pools), in_file, strict=True))


def _known(
    questions: Sequence[Question], found: Sequence[Sequence[Near]], pools: Collection[str]
) -> list[list[Alike]]:
    """Return what was found as it stands in the database; each question itself is left out."""
    known = _looked_up({hit.id for hits in found for hit in hits}, pools)
    return [
        [
            Alike(hit.id, *known[hit.id], hit.score)
            for hit in hits
            if hit.id in known and known[hit.id][0] != question.id
        ][:SHOWN]
        for question, hits in zip(questions, found, strict=True)
    ]


def _looked_up(ids: set[str], pools: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return code and pool of the entries that are really there."""
    known: dict[str, tuple[str, str]] = {}
    listed = sorted(ids)
    for start in range(0, len(listed), LOOKED_UP):
        rows = db.session.execute(
            select(QuestionEntry.id, QuestionEntry.code, QuestionEntry.pool).where(
                QuestionEntry.id.in_(listed[start : start + LOOKED_UP]),
                QuestionEntry.pool.in_(pools),
            )
        )
        known |= {entry_id: (code, pool) for entry_id, code, pool in rows}
    return known


def _up_to_date() -> _Kept:
    """Return this process's index after taking in what changed since it was last asked.

    What changed has a later moment, or, committed late, makes the last minutes hold more entries
    than before; only then are their texts read.
    """
    kept: _Kept = current_app.extensions.setdefault(EXTENSION, _Kept())
    since = kept.since
    count, latest, recent = db.session.execute(
        select(
            func.count(),
            func.max(QuestionEntry.changed_at),
            func.sum(case((QuestionEntry.changed_at >= since, 1), else_=0)),
        )
    ).one()
    if (count, latest, recent) == kept.state:
        return kept
    changed = _changed_since(since if latest and kept.state[1] and latest >= since else None)
    with kept.lock:
        for entry_id, pool, text in changed:
            kept.take(entry_id, pool, text)
        whole = count == len(kept.texts)
    if not whole:
        _compare_all(kept)
    since = (latest or START) - LATE
    recent = db.session.scalar(select(func.count()).where(QuestionEntry.changed_at >= since))
    kept.since, kept.state = since, (count, latest, recent)
    return kept


def _changed_since(moment: datetime | None) -> list[tuple[str, str, str]]:
    query = select(QuestionEntry.id, QuestionEntry.pool, QuestionSearch.alike).join(
        QuestionSearch, QuestionSearch.entry_id == QuestionEntry.id
    )
    if moment is not None:
        query = query.where(QuestionEntry.changed_at >= moment)
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def _compare_all(kept: _Kept) -> None:
    """Take in what has an older date than it came with, and forget what is gone."""
    rows = _changed_since(None)
    there = {entry_id for entry_id, _pool, _text in rows}
    with kept.lock:
        kept.forget([entry_id for entry_id in kept.texts if entry_id not in there])
        for entry_id, pool, text in rows:
            kept.take(entry_id, pool, text)
