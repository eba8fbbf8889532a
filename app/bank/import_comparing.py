"""Compare what a file holds with itself and with the bank: new, the same, changed, or alike.

Nobody learns here of questions they may not open: only the pools of the person are compared. A code
that is known does not alone make a question the next version: codes like 1, 2, 3 come in every file,
so that the text must have enough in common too, and kind and pool must agree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import select

from app.bank import alike
from app.bank.filing import as_filed
from app.bank.import_reading import Item
from app.bank.versions import content_hash_of
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionSearch, QuestionVersion
from question_bank import Question, dump, load
from question_bank.completing import completed
from question_bank.duplicates import Near, shingles_of, similarity, text_of
from question_bank.readers.collecting import Tick

NEW, SAME, CHANGED, ALIKE = "new", "same", "changed", "alike"
TAKE, MERGE, SKIP = "take", "merge", "skip"
IN_BANK, IN_FILE = "bank", "file"
SAME_QUESTION = 0.3
"""A known code with less in common than this is another question that happens to have the code."""
LOOKED_UP = 500  # values in one IN (…)
TOLD = 100  # questions between two words about how far it is
NAMED = 3  # near questions kept with each


def compare(
    items: Sequence[Item],
    *,
    pools: Collection[str],
    lossless: bool = False,
    tick: Tick | None = None,
) -> None:
    """Say of each question how it stands to the bank and to those before it in the file.

    A format that is not lossless leaves out what it cannot hold; that alone changes nothing.
    """
    stored = _codes_by_hash([item.content_hash for item in items], pools)
    entries = _entries_by_code([item.question.id for item in items], pools)
    texts = [text_of(item.question) for item in items]
    shingles = [shingles_of(text) for text in texts]

    def told(done: int) -> None:
        if tick is not None and (done % TOLD == 0 or done == len(items)):
            tick(done, len(items))

    questions = [item.question for item in items]
    near = alike.near_in_file(questions, shingles, pools=pools, tick=told)
    first: dict[str, int] = {}
    for number, (item, (in_bank, in_file)) in enumerate(zip(items, near, strict=True), 1):
        earlier = first.setdefault(item.content_hash, number)
        if item.content_hash in stored:
            item.standing, item.decision = SAME, SKIP
            item.alike = [[stored[item.content_hash], 100, IN_BANK]]
        elif earlier != number:
            item.standing, item.decision = SAME, SKIP
            item.alike = [[str(earlier), 100, IN_FILE]]
        else:
            known = entries.get(item.question.id)
            _stand(item, in_bank, in_file[:NAMED], texts[number - 1], known)
    if not lossless:
        _sift([item for item in items if (item.standing, item.decision) == (CHANGED, MERGE)])


def _sift(changed: Sequence[Item]) -> None:
    """Call those the same that say nothing new once completed with what the bank knows."""
    stored = current_questions([item.question.id for item in changed])
    for item in changed:
        before = stored[item.question.id]
        now_said = content_hash_of(dump(completed(item.question, before)))
        if now_said == content_hash_of(dump(before)):
            item.standing, item.decision = SAME, SKIP


def current_questions(codes: Iterable[str]) -> dict[str, Question]:
    """Return the questions with these codes as they stand and are filed now."""
    found: dict[str, Question] = {}
    for some in _chunks(codes):
        rows = db.session.execute(
            select(QuestionEntry, QuestionVersion.body)
            .join(QuestionVersion, QuestionVersion.entry_id == QuestionEntry.id)
            .where(
                QuestionEntry.code.in_(some),
                QuestionVersion.number == QuestionEntry.current_number,
            )
        )
        found |= {entry.code: as_filed(entry, load(body)) for entry, body in rows}
    return found


def _stand(
    item: Item,
    near: Sequence[alike.Alike],
    in_file: Sequence[Near],
    text: str,
    known: tuple[str, str, str, str] | None,
) -> None:
    found: list[list[Any]] = [[one.code, round(one.score * 100), IN_BANK] for one in near]
    found += [[one.id, round(one.score * 100), IN_FILE] for one in in_file]
    found.sort(key=lambda one: -one[1])
    score = similarity(text, known[3]) if known else 0.0
    if known is not None and score >= SAME_QUESTION:
        pool, kind, status, _text = known
        fits = (pool, kind) == (item.question.pool, item.question.kind) and status != "retired"
        item.standing, item.decision = CHANGED, MERGE if fits else SKIP
        found.insert(0, [item.question.id, round(score * 100), IN_BANK])
    elif found:
        item.standing, item.decision = ALIKE, SKIP
    item.alike = found[:NAMED]


def _codes_by_hash(hashes: Iterable[str], pools: Collection[str]) -> dict[str, str]:
    """Return the code of a question that says, or once said, the same, by content hash.

    Two plain look-ups by index, pools sifted here: joined, SQLite walks through whole pools.
    """
    entry_of: dict[str, list[str]] = {}
    for some in _chunks(hashes):
        versions = db.session.execute(
            select(QuestionVersion.content_hash, QuestionVersion.entry_id).where(
                QuestionVersion.content_hash.in_(some)
            )
        )
        for content_hash, entry_id in versions:
            entry_of.setdefault(content_hash, []).append(entry_id)
    codes: dict[str, str] = {}
    for some in _chunks(chain.from_iterable(entry_of.values())):
        entries = db.session.execute(
            select(QuestionEntry.id, QuestionEntry.code, QuestionEntry.pool).where(
                QuestionEntry.id.in_(some)
            )
        )
        codes |= {entry_id: code for entry_id, code, pool in entries if pool in pools}
    return {
        content_hash: codes[entry_id]
        for content_hash, several in entry_of.items()
        for entry_id in several
        if entry_id in codes
    }


def _entries_by_code(
    codes: Iterable[str], pools: Collection[str]
) -> dict[str, tuple[str, str, str, str]]:
    """Return pool, kind, status and compared text of the entries with these codes."""
    found: dict[str, tuple[str, str, str, str]] = {}
    for some in _chunks(codes):
        rows = db.session.execute(
            select(
                QuestionEntry.code,
                QuestionEntry.pool,
                QuestionEntry.kind,
                QuestionEntry.status,
                QuestionSearch.alike,
            )
            .join(QuestionSearch, QuestionSearch.entry_id == QuestionEntry.id)
            .where(QuestionEntry.code.in_(some))
        )
        found |= {row[0]: (row[1], row[2], row[3], row[4]) for row in rows if row[1] in pools}
    return found


def _chunks(values: Iterable[str]) -> Iterable[list[str]]:
    listed = list(dict.fromkeys(values))
    return (listed[start : start + LOOKED_UP] for start in range(0, len(listed), LOOKED_UP))
