"""Write accepted questions into the bank: for the person all or nothing, for everybody else briefly.

HOW NO HALF REMAINS. New questions are written in chunks of CHUNK, each its own short transaction
(about 0.1 s, so that nobody waits for it), into a pool nobody's list, search or draw asks
for: `+live` or `+practice`. The last transaction puts them all into their pools, adds the next
versions of those that are merged (at most MOST_MERGED), and marks the import as taken. Whatever
stops before that (cancelled, a worker that died for good, a refusal) is put back by `put_back`, and
the import is ready as it was. A worker that starts again goes on after the last chunk.

What is derived from a question comes from `versions`, the same as when a person saves one; only the
rows are inserted in bulk (`import_rows`), without objects where a question is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import joinedload, selectinload

from app import audit
from app.bank.import_comparing import IN_BANK, current_questions
from app.bank.import_rows import (
    Rows,
    add_version,
    columns_of,
    insert_versions,
    note_what_became,
)
from app.bank.versions import (
    FROM_IMPORT,
    entry_values,
    labels_of,
    make_current,
    search_values,
    values_of_body,
    version_values,
)
from app.errors import Refusal
from app.extensions import db, insert_rows, reading_only
from app.models.bank import (
    ImportedQuestion,
    MarkingKey,
    QuestionEntry,
    QuestionImport,
    QuestionLabel,
    QuestionSearch,
    QuestionVersion,
)
from app.models.base import new_id, new_ids
from app.models.people import User
from question_bank import Question, key_of, load_kept
from question_bank.completing import completed

CHUNK = 250
MOST_MERGED = 1_000
ARRIVING = "+"
LONGEST_CODE = 40  # as in app/models/bank.py
LONGEST_TAG = 120
STAYS = frozenset({"code", "pool", "origin", "author_id", "created_at", "times_shown"})
"""Columns that a next version leaves alone."""
BECAME = {"live": "+live", "practice": "+practice"}


class TakingRefused(Refusal):
    """The import cannot be written as it was decided."""


class Wanted(NamedTuple):
    """A question that is to be written, as it was kept, and the code of what it is merged into."""

    number: int
    body: dict[str, Any]
    content_hash: str
    flaws: Sequence[str]
    target: str = ""


def pending(import_id: str, decision: str, most: int, *, after: int = 0) -> list[Wanted]:
    """Return what still has to be written, in the order of the file, from after a number on."""
    with reading_only():
        found = db.session.execute(
            select(
                ImportedQuestion.number,
                ImportedQuestion.body,
                ImportedQuestion.content_hash,
                ImportedQuestion.flaws,
                ImportedQuestion.alike,
            )
            .where(
                ImportedQuestion.import_id == import_id,
                ImportedQuestion.decision == decision,
                ImportedQuestion.entry_id.is_(None),
                ImportedQuestion.number > after,
            )
            .order_by(ImportedQuestion.number)
            .limit(most)
        ).all()
        db.session.rollback()
    return [
        Wanted(number, body, content_hash, flaws, target_of(alike))
        for number, body, content_hash, flaws, alike in found
    ]


def target_of(alike: Iterable[Sequence[Any]]) -> str:
    """Return the code of the nearest question in the bank, or nothing."""
    return next((str(one[0]) for one in alike if one[2] == IN_BANK), "")


def prepare_new(wanted: Sequence[Wanted], *, author_id: str, tag: str, now: datetime) -> Rows:
    """Derive the rows of new questions; reads which codes are taken, writes nothing."""
    with reading_only():
        taken = set(
            db.session.scalars(
                select(QuestionEntry.code).where(
                    QuestionEntry.code.in_([one.body["id"] for one in wanted])
                )
            )
        )
        db.session.rollback()
    made = Rows()
    ids = zip(*(new_ids(len(wanted)) for _table in range(3)), strict=True)
    for (number, kept, content_hash, flaws, _target), own_ids in zip(wanted, ids, strict=True):
        entry_id, *version_ids = own_ids
        code = kept["id"]
        if code in taken or len(code) > LONGEST_CODE:
            code = f"im-{new_id()[:12]}"
        taken.add(code)
        # As dumping the question again would give it, without the work.
        body = kept | {"id": code, "version": 1, "status": "draft"}
        question = load_kept(body)
        labels = [("tag", one) for one in _tags(question, tag)] + sorted(labels_of(question))
        made.entries.append(
            {
                "id": entry_id,
                "code": code,
                "pool": BECAME[question.pool],
                "origin": FROM_IMPORT,
                "author_id": author_id,
                "created_at": now,
                **entry_values(question, 1, flaws, now=now),
            }
        )
        made.searches.append({"entry_id": entry_id, **search_values(code, labels, question)})
        made.labels += [{"entry_id": entry_id, "kind": kind, "value": v} for kind, v in labels]
        values = values_of_body(question, body, content_hash)
        add_version(made, entry_id, 1, values, key_of(question), author_id, now, version_ids)
        made.became[number] = entry_id
    return made


def write_new(made: Rows, *, import_id: str, actor: User, now: datetime) -> None:
    """Insert new questions, still outside every pool; the caller commits."""
    insert_rows(QuestionEntry, made.entries)
    insert_rows(QuestionSearch, made.searches)
    insert_rows(QuestionLabel, made.labels)
    insert_versions(made)
    note_what_became(made, import_id)
    audit.record_many(
        "question.created",
        QuestionEntry,
        list(made.became.values()),
        actor=actor,
        now=now,
        version=1,
        origin=FROM_IMPORT,
    )


def prepare_merges(
    wanted: Sequence[Wanted], *, lossless: bool, author_id: str, tag: str, now: datetime
) -> Rows:
    """Derive the next versions of the questions that are merged into.

    What a format that is not lossless cannot hold is taken from the version before. Raises
    TakingRefused for one that is gone, retired, or of another kind or pool.
    """
    made = Rows()
    with reading_only():
        entries, numbers = _targets([one.target for one in wanted])
        before = {} if lossless else current_questions([one.target for one in wanted])
        for one in entries.values():
            db.session.expunge(one)  # what follows only works out columns: nothing may be flushed
        db.session.rollback()
    for number, body, _content_hash, _flaws, code in wanted:
        read, entry = load_kept(body), entries.get(code)
        if entry is None or entry.status == "retired":
            raise TakingRefused(
                _("%(code)s 已经停用或不在了，不能并入。请改选“两题都要”或“跳过”。", code=code)
            )
        if (entry.kind, entry.pool) != (read.kind, read.pool):
            raise TakingRefused(
                _("%(code)s 的题型或题池不同，不能并入。请改选“两题都要”或“跳过”。", code=code)
            )
        if entry.id in made.bases:
            raise TakingRefused(
                _("文件里有两题都要并入 %(code)s。请只留一题，另一题跳过。", code=code)
            )
        made.bases[entry.id] = (entry.current_number, code)
        following = numbers[entry.id] + 1
        if code in before:
            read = completed(read, before[code])
        question = replace(read, id=code, version=following, status="draft")
        known = {one.value for one in entry.labels if one.kind == "tag"}
        entry.labels += [
            QuestionLabel(entry_id=entry.id, kind="tag", value=one)
            for one in _tags(question, tag)
            if one not in known
        ]
        make_current(entry, question, following, now=now)
        made.entries.append(columns_of(entry))
        if entry.search is not None:
            made.searches.append(columns_of(entry.search) | {"entry_id": entry.id})
        made.labels += [
            {"entry_id": entry.id, "kind": one.kind, "value": one.value} for one in entry.labels
        ]
        values = version_values(question)
        ids = new_ids(2)
        add_version(made, entry.id, following, values, key_of(question), author_id, now, ids)
        made.became[number] = entry.id
    return made


def finish(batch: QuestionImport, merges: Rows, *, actor: User, now: datetime) -> tuple[int, int]:
    """Put all that arrived into its pools and add the merged versions, in the acting transaction.

    Returns how many came new and how many became next versions. Raises TakingRefused when
    somebody changed one of the merged questions meanwhile.
    """
    _write_merges(merges, import_id=batch.id, actor=actor, now=now)
    arrived = select(ImportedQuestion.entry_id).where(ImportedQuestion.import_id == batch.id)
    for pool, waiting in BECAME.items():
        db.session.execute(
            update(QuestionEntry)
            .where(QuestionEntry.pool == waiting, QuestionEntry.id.in_(arrived))
            .values(pool=pool, changed_at=now)
            .execution_options(synchronize_session=False)
        )
    whole = db.session.scalar(
        select(func.count()).where(
            ImportedQuestion.import_id == batch.id, ImportedQuestion.entry_id.is_not(None)
        )
    )
    merged = len(merges.became)
    return int(whole or 0) - merged, merged


def put_back(import_id: str, most: int = CHUNK) -> int:
    """Delete up to `most` questions that arrived but never came into a pool; returns how many."""
    rows = db.session.execute(
        select(ImportedQuestion.number, ImportedQuestion.entry_id)
        .join(QuestionEntry, QuestionEntry.id == ImportedQuestion.entry_id)
        .where(ImportedQuestion.import_id == import_id, QuestionEntry.pool.in_(BECAME.values()))
        .limit(most)
    ).all()
    ids = [entry_id for _number, entry_id in rows]
    versions = select(QuestionVersion.id).where(QuestionVersion.entry_id.in_(ids))
    for statement in (
        update(ImportedQuestion)
        .where(
            ImportedQuestion.import_id == import_id,
            ImportedQuestion.number.in_([number for number, _entry_id in rows]),
        )
        .values(entry_id=None),
        delete(MarkingKey).where(MarkingKey.version_id.in_(versions)),
        delete(QuestionVersion).where(QuestionVersion.entry_id.in_(ids)),
        delete(QuestionLabel).where(QuestionLabel.entry_id.in_(ids)),
        delete(QuestionSearch).where(QuestionSearch.entry_id.in_(ids)),
        delete(QuestionEntry).where(QuestionEntry.id.in_(ids)),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    return len(ids)


def _targets(codes: Sequence[str]) -> tuple[dict[str, QuestionEntry], dict[str, int]]:
    """Return the entries with what is kept beside them, and the last number of each."""
    found = db.session.scalars(
        select(QuestionEntry)
        .where(QuestionEntry.code.in_(codes))
        .options(selectinload(QuestionEntry.labels), joinedload(QuestionEntry.search))
    ).all()
    last = db.session.execute(
        select(QuestionVersion.entry_id, func.max(QuestionVersion.number))
        .where(QuestionVersion.entry_id.in_([entry.id for entry in found]))
        .group_by(QuestionVersion.entry_id)
    )
    return {entry.code: entry for entry in found}, {row[0]: row[1] for row in last}


def _write_merges(made: Rows, *, import_id: str, actor: User, now: datetime) -> None:
    if not made.became:
        return
    ids = list(made.bases)
    rows = db.session.execute(
        select(QuestionEntry.id, QuestionEntry.current_number)
        .where(QuestionEntry.id.in_(ids), QuestionEntry.status != "retired")
        .with_for_update()
    )
    current = {row[0]: row[1] for row in rows}
    for entry_id, (base, code) in made.bases.items():
        if current.get(entry_id) != base:
            raise TakingRefused(
                _("刚才有人改了 %(code)s，什么都没有写入。请看过新版，再写入一次。", code=code)
            )
    insert_versions(made)
    changed = [
        {name: value for name, value in row.items() if name not in STAYS} for row in made.entries
    ]
    db.session.execute(update(QuestionEntry), changed)
    db.session.execute(update(QuestionSearch), made.searches)
    db.session.execute(
        delete(QuestionLabel)
        .where(QuestionLabel.entry_id.in_(ids))
        .execution_options(synchronize_session=False)
    )
    insert_rows(QuestionLabel, made.labels)
    note_what_became(made, import_id)
    audit.record_many(
        "question.version_added", QuestionEntry, ids, actor=actor, now=now, origin=FROM_IMPORT
    )


def _tags(question: Question, tag: str) -> list[str]:
    """Return the tags an imported question gets: the import's, and those its file gave."""
    own = [str(one).strip()[:LONGEST_TAG] for one in question.extra.get("x_tags", ())]
    return list(dict.fromkeys(filter(None, [tag[:LONGEST_TAG], *own])))
