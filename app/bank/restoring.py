"""Bring an archive back into the bank: what exists is left, what is missing is added.

Only an administrator's command calls this; an archive that comes through the browser is a file of
questions like any other, and all of them are drafts. People are known by account id. What somebody
unknown here said is kept as the archive wrote it and counts nothing: a question is usable only when
the approvals of people with accounts here suffice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import audit, clock
from app.bank import approving, media
from app.bank.versions import add_version, body_hash, make_current
from app.extensions import db
from app.models.bank import (
    Approval,
    MarkingKey,
    QuestionEntry,
    QuestionLabel,
    QuestionVersion,
    ReviewComment,
)
from app.models.people import User
from question_bank.archive import BankArchive
from question_bank.archive_entry import (
    ArchivedComment,
    ArchivedEntry,
    ArchivedReview,
    ArchivedVersion,
    dump_remarks,
)
from question_bank.body import dump


@dataclass
class Restored:
    """What one restoring did, by code."""

    added: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Were here already, and say the same."""
    differing: list[str] = field(default_factory=list)
    """Were here already and say something else; nothing was changed."""
    lowered: list[str] = field(default_factory=list)
    """Were usable elsewhere and are drafts here, because their reviewers are unknown here."""
    lost_media: list[str] = field(default_factory=list)
    """SHA-256 of pictures and sounds that were refused."""


@dataclass(frozen=True)
class _Known:
    """Which of the archive's people and remarks this installation has."""

    people: frozenset[str]
    comments: set[str]

    def person(self, account: str) -> str | None:
        return account if account in self.people else None


def restore(archive: BankArchive, *, now: datetime) -> Restored:
    """Add the entries whose code is free here. Doing it again changes nothing.

    Raises nothing for what is in the archive: it was checked when it was read.
    """
    report = Restored()
    hashes = _hashes_here(entry.code for entry in archive.entries)
    missing = []
    for entry in archive.entries:
        if entry.code not in hashes:
            missing.append(entry)
        elif hashes[entry.code] == _hashes_of(entry):
            report.left.append(entry.code)
        else:
            report.differing.append(entry.code)
    _keep_media(archive, report, now)
    known = _known(missing)
    for entry in missing:
        _add(entry, known, report, now)
    return report


def _hashes_here(codes: Iterable[str]) -> dict[str, list[str]]:
    wanted = set(codes)
    told: dict[str, list[str]] = {}
    rows = db.session.execute(
        select(QuestionEntry.code, QuestionVersion.body_hash)
        .join(QuestionVersion, QuestionVersion.entry_id == QuestionEntry.id)
        .order_by(QuestionEntry.code, QuestionVersion.number)
    )
    for code, hashed in rows:
        if code in wanted:
            told.setdefault(code, []).append(hashed)
    return told


def _hashes_of(entry: ArchivedEntry) -> list[str]:
    return [body_hash(dump(version.question)) for version in entry.versions]


def _keep_media(archive: BankArchive, report: Restored, now: datetime) -> None:
    """Store pictures and sounds under the hash the questions name; each must be what it says."""
    for sha256, data in archive.media.items():
        if media.find(sha256) is not None:
            continue
        try:
            cleaned = media.clean(data)
        except media.MediumRefused:
            report.lost_media.append(sha256)
            continue
        # Drawing a photo again would give it another hash; it was cleaned where it came from.
        media.keep(media.Cleaned(cleaned.kind, data, cleaned.media_type), now=now)


def _known(entries: Iterable[ArchivedEntry]) -> _Known:
    people: set[str] = set()
    comments: set[str] = set()
    for entry in entries:
        people |= {entry.author, entry.responsible}
        for version in entry.versions:
            people |= {version.by, *(one.by for one in version.keys)}
            people |= {one.by for one in version.reviews}
            for one in version.comments:
                people |= {one.by, one.settled_by}
                comments.add(one.id)
    return _Known(frozenset(_found(User.id, people)), set(_found(ReviewComment.id, comments)))


def _found(column: Any, ids: set[str]) -> Iterable[str]:
    wanted = sorted(ids - {""})
    for start in range(0, len(wanted), 500):
        yield from db.session.scalars(select(column).where(column.in_(wanted[start : start + 500])))


def _add(archived: ArchivedEntry, known: _Known, report: Restored, now: datetime) -> None:
    entry = QuestionEntry(
        code=archived.code,
        pool=archived.pool,
        origin=archived.origin,
        author_id=known.person(archived.author),
        created_at=archived.created_at,
    )
    current = next(one for one in archived.versions if one.number == archived.current)
    make_current(entry, current.question, current.number, now=archived.changed_at)
    db.session.add(entry)
    rows = {one.number: _add_version(entry, archived, one, known) for one in archived.versions}
    filed = archived.filed
    entry.domain, entry.lesson_code = filed.domain, filed.lesson
    entry.level, entry.difficulty, entry.review_by = filed.level, filed.difficulty, filed.review_by
    entry.responsible_id = known.person(archived.responsible)
    entry.labels += [QuestionLabel(kind="tag", value=tag) for tag in archived.tags]
    db.session.flush()
    wanted = archived.was or archived.status
    entry.status = _status(rows[current.number], wanted, now)
    entry.carried = _carried(archived, entry)
    report.added.append(entry.code)
    if entry.status != wanted:
        report.lowered.append(entry.code)
    audit.record(
        "question.restored",
        entry,
        actor=None,
        now=now,
        status=entry.status,
        versions=len(archived.versions),
    )


def _status(version: QuestionVersion, wanted: str, now: datetime) -> str:
    """Return the stage that the approvals known here allow; a file's word alone is worth nothing."""
    on = clock.shanghai_date(now)
    allowed = True
    if wanted in approving.USABLE:
        allowed = approving.is_approved(version, on)
    elif wanted == "final_review":
        allowed = approving.approvals_of(version) > 0
    return wanted if allowed else "draft"


def _carried(archived: ArchivedEntry, entry: QuestionEntry) -> dict[str, Any]:
    told: dict[str, Any] = {}
    wanted = archived.was or archived.status
    if entry.status != wanted:
        told["status"] = wanted
    if archived.author and not entry.author_id:
        told["author"] = archived.author
    if archived.responsible and not entry.responsible_id:
        told["responsible"] = archived.responsible
    figures = archived.figures
    if figures.shown or figures.answered:
        told["figures"] = {
            "shown": figures.shown,
            "answered": figures.answered,
            "right": figures.right,
        }
    return told


def _add_version(
    entry: QuestionEntry, archived: ArchivedEntry, one: ArchivedVersion, known: _Known
) -> QuestionVersion:
    version = add_version(entry, one.question, one.number, author=None, now=one.at)
    version.created_by_id = known.person(one.by)
    db.session.flush()
    first = db.session.scalars(
        select(MarkingKey).where(MarkingKey.version_id == version.id, MarkingKey.number == 1)
    ).one()
    for archived_key in one.keys:
        key = first if archived_key.number == 1 else MarkingKey(version=version)
        key.number, key.key = archived_key.number, dict(archived_key.key)
        key.reason, key.set_at = archived_key.reason, archived_key.at
        key.set_by_id = known.person(archived_key.by)
        db.session.add(key)
    insiders = {archived.author, archived.responsible, one.by} - {""}
    told: dict[str, Any] = dump_remarks(
        _add_reviews(version, one.reviews, insiders, known),
        _add_comments(version, one.comments, known),
    )
    setters = {str(key.number): key.by for key in one.keys if key.by and not known.person(key.by)}
    if setters:
        told["keys"] = setters
    if one.by and not version.created_by_id:
        told["by"] = one.by
    version.carried = told
    return version


def _add_reviews(
    version: QuestionVersion,
    reviews: Iterable[ArchivedReview],
    insiders: set[str],
    known: _Known,
) -> list[ArchivedReview]:
    """Add the words of people known here; give back the others, and those no author may give."""
    kept: list[ArchivedReview] = []
    spoke: set[str] = set()
    for one in reviews:
        if one.by not in known.people or one.by in insiders or one.by in spoke:
            kept.append(one)
            continue
        spoke.add(one.by)
        word = Approval(
            version=version,
            reviewer_id=one.by,
            stage=one.stage,
            field=one.field,
            approves=one.approves,
            note=one.note,
            demonstration=one.demonstration,
            given_at=one.at,
        )
        db.session.add(word)
    return kept


def _add_comments(
    version: QuestionVersion, comments: Iterable[ArchivedComment], known: _Known
) -> list[ArchivedComment]:
    """Add the remarks of people known here; give back the others, and what answers them."""
    kept: list[ArchivedComment] = []
    added: set[str] = set()
    for one in comments:
        people = {one.by, one.settled_by} - {""}
        answered = not one.answers or one.answers in added
        if not people <= known.people or not answered or one.id in known.comments:
            kept.append(one)
            continue
        known.comments.add(one.id)
        added.add(one.id)
        remark = ReviewComment(
            id=one.id,
            version_id=version.id,
            parent_id=one.answers or None,
            author_id=one.by,
            text=one.text,
            written_at=one.at,
            settled_at=one.settled_at,
            settled_by_id=one.settled_by or None,
        )
        db.session.add(remark)
        db.session.flush()  # an answer's row names the row it answers
    return kept
