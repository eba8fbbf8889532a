"""Remarks on a version and the answers to them. They stay with the version they were made on.

A remark is open until somebody settles it; an answer reopens nothing. Nothing is edited or deleted,
so that what a reviewer said before an approval can be read after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.bank.approving import is_insider
from app.errors import Refusal
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion, ReviewComment
from app.models.people import User
from app.permissions import allows

LONGEST_COMMENT = 2000
DOUBLE_CLICK = timedelta(minutes=1)


class CommentRefused(Refusal):
    """The remark cannot be written or settled."""


@dataclass(frozen=True)
class Thread:
    """A remark with its answers, by time."""

    first: ReviewComment
    answers: tuple[ReviewComment, ...]


def comment(
    version: QuestionVersion, text: str, *, parent: str, actor: User, now: datetime
) -> ReviewComment:
    """Write a remark, or with `parent` an answer; the same words within a minute are one remark.

    An answer to an answer goes to the remark both belong to. Raises CommentRefused.
    """
    said = text.strip()
    if not said:
        raise CommentRefused(_("请写下意见。"))
    if len(said) > LONGEST_COMMENT:
        raise CommentRefused(_("最多 2000 个字，请缩短或分成几条。"))
    # Two clicks at once would each find no first one.
    db.session.execute(
        select(QuestionEntry.id).where(QuestionEntry.id == version.entry_id).with_for_update()
    )
    root = _root(version, parent)
    twin = select(ReviewComment).where(
        ReviewComment.version_id == version.id,
        ReviewComment.author_id == actor.id,
        ReviewComment.text == said,
        ReviewComment.parent_id == root if root else ReviewComment.parent_id.is_(None),
        ReviewComment.written_at > now - DOUBLE_CLICK,
    )
    before = db.session.scalars(twin).first()
    if before is not None:
        return before
    row = ReviewComment(
        version_id=version.id, parent_id=root, author_id=actor.id, text=said, written_at=now
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        "comment.written", row, actor=actor, now=now, version=version.id, answers=root or ""
    )
    return row


def settle(row: ReviewComment, version: QuestionVersion, *, actor: User, now: datetime) -> None:
    """Close a remark; done twice it is done once. Raises CommentRefused."""
    _refuse_stranger(row, version, actor)
    if row.settled_at is not None:
        return
    row.settled_at, row.settled_by_id = now, actor.id
    audit.record("comment.settled", row, actor=actor, now=now, version=version.id)


def reopen(row: ReviewComment, version: QuestionVersion, *, actor: User, now: datetime) -> None:
    """Open a settled remark again; done twice it is done once. Raises CommentRefused."""
    _refuse_stranger(row, version, actor)
    if row.settled_at is None:
        return
    row.settled_at = row.settled_by_id = None
    audit.record("comment.reopened", row, actor=actor, now=now, version=version.id)


def may_settle(row: ReviewComment, version: QuestionVersion, user: User) -> bool:
    """Tell whether a person may close or open a remark: its writer, writers, reviewers."""
    return (
        row.author_id == user.id
        or is_insider(version, user)
        or allows(user, "bank.write")
        or allows(user, "bank.approve")
    )


def threads(entry: QuestionEntry) -> dict[str, list[Thread]]:
    """Return, by version id, the threads of a question, oldest first, in one query."""
    rows = db.session.scalars(
        select(ReviewComment)
        .join(QuestionVersion, QuestionVersion.id == ReviewComment.version_id)
        .where(QuestionVersion.entry_id == entry.id)
        .order_by(ReviewComment.written_at, ReviewComment.id)
    ).all()
    answers: dict[str, list[ReviewComment]] = {}
    for row in rows:
        if row.parent_id is not None:
            answers.setdefault(row.parent_id, []).append(row)
    found: dict[str, list[Thread]] = {}
    for row in rows:
        if row.parent_id is None:
            thread = Thread(row, tuple(answers.get(row.id, ())))
            found.setdefault(row.version_id, []).append(thread)
    return found


def count_open(threads_of: dict[str, list[Thread]]) -> int:
    """Count the remarks on any version that nobody has settled."""
    return sum(
        thread.first.settled_at is None for several in threads_of.values() for thread in several
    )


def _root(version: QuestionVersion, parent: str) -> str | None:
    """Return the remark that an answer belongs to; None for a remark of its own."""
    if not parent:
        return None
    row = db.session.get(ReviewComment, parent)
    if row is None or row.version_id != version.id:
        raise CommentRefused(_("要答复的那条意见不在这一版上。请刷新页面，再答复。"))
    return row.parent_id or row.id


def _refuse_stranger(row: ReviewComment, version: QuestionVersion, actor: User) -> None:
    if row.parent_id is not None:
        raise CommentRefused(_("答复不单独了结，请了结它所答的那条意见。"))
    if not may_settle(row, version, actor):
        raise CommentRefused(_("只有写这条意见的人、命题人和审题人能了结它。"))
