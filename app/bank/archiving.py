"""The whole bank out into one archive: versions, keys, reviews, remarks, tags, figures, media.

What the file looks like is `question_bank.archive`'s. People are named by account id alone. Taking
it back in is `restoring.py`'s; whoever calls this writes down that live questions left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import selectinload

from app import blobs
from app.bank import media
from app.blobs import BlobDamagedError
from app.extensions import db
from app.models.bank import (
    Approval,
    MarkingKey,
    QuestionEntry,
    QuestionVersion,
    ReviewComment,
)
from app.models.exams import MarkEntry, PaperSlot
from app.models.learning import PracticeAnswer
from question_bank.archive import BankArchive, media_of, write_archive
from question_bank.archive_entry import (
    ArchivedComment,
    ArchivedEntry,
    ArchivedKey,
    ArchivedReview,
    ArchivedVersion,
    Figures,
    Filed,
    load_remarks,
)
from question_bank.body import load

AT_ONCE = 500
"""Entries read together: some megabytes."""
Row = TypeVar("Row", MarkingKey, Approval, ReviewComment)


def archive(entries: Select[QuestionEntry], *, now: datetime) -> bytes:
    """Write the chosen entries, whole, as one file; the same entries give the same bytes but a date.

    Reads only. Twenty thousand entries of three versions take about a minute.
    """
    whole = gather(entries)
    return write_archive(whole.entries, whole.media, now)


def gather(entries: Select[QuestionEntry]) -> BankArchive:
    """Read the chosen entries with all that belongs to them."""
    ids = list(
        db.session.scalars(entries.with_only_columns(QuestionEntry.id, maintain_column_froms=True))
    )
    found: list[ArchivedEntry] = []
    for start in range(0, len(ids), AT_ONCE):
        found += _some(ids[start : start + AT_ONCE])
    return BankArchive(tuple(found), media_bytes(found))


def media_bytes(entries: Iterable[ArchivedEntry]) -> dict[str, bytes]:
    """Return the stored bytes of all media that some version shows; what is lost is left out."""
    wanted = {
        one.sha256
        for entry in entries
        for version in entry.versions
        for one in media_of(version.question)
    }
    held: dict[str, bytes] = {}
    for sha256 in wanted:
        blob = media.find(sha256)
        if blob is None:
            continue
        try:
            held[sha256] = blobs.get(blob)
        except BlobDamagedError:
            continue
    return held


def _some(ids: Sequence[str]) -> list[ArchivedEntry]:
    rows = db.session.scalars(
        select(QuestionEntry)
        .where(QuestionEntry.id.in_(ids))
        .options(
            selectinload(QuestionEntry.versions),
            selectinload(QuestionEntry.labels),
        )
        .execution_options(populate_existing=True)
    ).all()
    versions = [version.id for row in rows for version in row.versions]
    beside = _Beside(versions)
    figures = _figures(ids)
    return [_entry(row, beside, figures) for row in rows]


class _Beside:
    """What was said about some versions, by version."""

    def __init__(self, versions: Sequence[str]) -> None:
        self.keys = _by_version(MarkingKey, versions)
        self.reviews = _by_version(Approval, versions)
        self.comments = _by_version(ReviewComment, versions)


def _by_version(table: type[Row], versions: Sequence[str]) -> dict[str, list[Row]]:
    told: dict[str, list[Row]] = defaultdict(list)
    for row in db.session.scalars(select(table).where(table.version_id.in_(versions))):
        told[row.version_id].append(row)
    return told


def _entry(row: QuestionEntry, beside: _Beside, figures: dict[str, Figures]) -> ArchivedEntry:
    carried: dict[str, Any] = row.carried or {}
    own = figures.get(row.id, Figures())
    before = Figures(**carried.get("figures", {}))
    return ArchivedEntry(
        code=row.code,
        pool=row.pool,
        status=row.status,
        was=carried.get("status", ""),
        origin=row.origin,
        current=row.current_number,
        created_at=row.created_at,
        changed_at=row.changed_at,
        author=row.author_id or carried.get("author", ""),
        responsible=row.responsible_id or carried.get("responsible", ""),
        filed=Filed(row.domain, row.lesson_code, row.level, row.difficulty, row.review_by),
        tags=tuple(sorted(one.value for one in row.labels if one.kind == "tag")),
        figures=Figures(
            own.shown + before.shown, own.answered + before.answered, own.right + before.right
        ),
        versions=tuple(_version(version, beside) for version in row.versions),
    )


def _version(row: QuestionVersion, beside: _Beside) -> ArchivedVersion:
    carried: dict[str, Any] = row.carried or {}
    setters: dict[str, str] = carried.get("keys", {})
    old_reviews, old_comments = load_remarks(carried)
    keys = [
        ArchivedKey(
            one.number,
            one.key,
            one.set_by_id or setters.get(str(one.number), ""),
            one.set_at,
            one.reason,
        )
        for one in beside.keys[row.id]
    ]
    reviews = [
        ArchivedReview(
            one.reviewer_id,
            one.given_at,
            one.approves,
            one.stage,
            one.field,
            one.note,
            one.demonstration,
        )
        for one in beside.reviews[row.id]
    ]
    comments = [
        ArchivedComment(
            one.id,
            one.author_id,
            one.written_at,
            one.text,
            one.parent_id or "",
            one.settled_by_id or "",
            one.settled_at,
        )
        for one in beside.comments[row.id]
    ]
    return ArchivedVersion(
        number=row.number,
        question=load(row.body),
        by=row.created_by_id or carried.get("by", ""),
        at=row.created_at,
        keys=tuple(sorted(keys, key=lambda one: one.number)),
        reviews=tuple(sorted([*reviews, *old_reviews], key=lambda one: (one.at, one.by))),
        comments=tuple(sorted([*comments, *old_comments], key=lambda one: (one.at, one.id))),
    )


def _figures(ids: Sequence[str]) -> dict[str, Figures]:
    """Count for each entry the papers it stood on, and the answers in practice and in exams."""
    of_entry = QuestionVersion.entry_id
    shown = db.session.execute(
        select(of_entry, func.count(PaperSlot.paper_id))
        .join(PaperSlot, PaperSlot.version_id == QuestionVersion.id)
        .where(of_entry.in_(ids))
        .group_by(of_entry)
    )
    practised = (
        select(of_entry, func.count(), func.sum(case((PracticeAnswer.right, 1), else_=0)))
        .join(PracticeAnswer, PracticeAnswer.version_id == QuestionVersion.id)
        .where(of_entry.in_(ids))
        .group_by(of_entry)
    )
    told: dict[str, list[int]] = {one: [0, 0, 0] for one in ids}
    for entry, count in shown:
        told[entry][0] = count
    for query in (practised, _marked(ids)):
        for entry, count, right in db.session.execute(query):
            told[entry][1] += count
            told[entry][2] += int(right or 0)
    return {one: Figures(*numbers) for one, numbers in told.items()}


def _marked(ids: Sequence[str]) -> Select[str, int, int]:
    """Count the last marking of each answered slot; only a whole mark is right."""
    last = (
        select(MarkEntry.attempt_id, MarkEntry.slot, func.max(MarkEntry.number).label("number"))
        .group_by(MarkEntry.attempt_id, MarkEntry.slot)
        .subquery()
    )
    of_entry = QuestionVersion.entry_id
    return (
        select(of_entry, func.count(), func.sum(case((MarkEntry.fraction == "1", 1), else_=0)))
        .join(MarkingKey, MarkingKey.version_id == QuestionVersion.id)
        .join(MarkEntry, MarkEntry.marking_key_id == MarkingKey.id)
        .join(
            last,
            and_(
                last.c.attempt_id == MarkEntry.attempt_id,
                last.c.slot == MarkEntry.slot,
                last.c.number == MarkEntry.number,
            ),
        )
        .where(of_entry.in_(ids))
        .group_by(of_entry)
    )
