"""Comments on questions during the exam: what a candidate says, and what comes back.

A comment changes no mark: it leads to a look at the question. The answer is read together with the
released result, never before, since it may say what is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app import audit
from app.errors import Refusal
from app.exams.answers import Device
from app.extensions import db
from app.formatting import UNPRINTABLE
from app.models.exams import Attempt, Booking, PaperSlot
from app.models.people import User
from app.models.room import QuestionComment

MOST_SIGNS = 500
MOST_EACH = 3
"""Comments of one candidate on one question."""


class CommentRefused(Refusal):
    """The comment or its answer cannot be taken."""

    status = 400


def comment(device: Device, slot: int, text: str, now: datetime) -> QuestionComment:
    """Keep what a candidate says about a question of their paper; the same words twice are one.

    Raises CommentRefused for no words, too many, a question not on the paper, or a fourth comment.
    """
    attempt, words = device.attempt, UNPRINTABLE.sub("", text).strip()
    if not words or len(words) > MOST_SIGNS:
        raise CommentRefused(_("意见请写 1 到 %(most)d 个字，现在的没有收下。", most=MOST_SIGNS))
    version_id = db.session.scalar(
        select(PaperSlot.version_id).where(
            PaperSlot.paper_id == attempt.paper_id, PaperSlot.number == slot
        )
    )
    if version_id is None:
        raise CommentRefused(_("第 %(n)d 题不在这份试卷上", n=slot))
    earlier = db.session.scalars(
        select(QuestionComment).where(
            QuestionComment.attempt_id == attempt.id, QuestionComment.slot == slot
        )
    ).all()
    for one in earlier:
        if one.text == words:
            return one  # the reply was lost and the page sent it again
    if len(earlier) >= MOST_EACH:
        raise CommentRefused(
            _("这道题你已经写了 %(most)d 条意见，都收到了，不能再加。", most=MOST_EACH)
        )
    row = QuestionComment(
        attempt_id=attempt.id, slot=slot, version_id=version_id, text=words, at=now
    )
    db.session.add(row)
    db.session.flush()
    audit.record("question.commented", row, actor=None, now=now, attempt=attempt.id, slot=slot)
    return row


def answer(row: QuestionComment, text: str, *, actor: User, now: datetime) -> None:
    """Answer a comment in the actor's name, or change an answer. Raises CommentRefused."""
    words = text.strip()
    if not words or len(words) > MOST_SIGNS:
        raise CommentRefused(
            _("答复请写 1 到 %(most)d 个字，考生会和成绩一起看到。", most=MOST_SIGNS)
        )
    again = row.answered_at is not None
    row.answer, row.answered_by_id, row.answered_at = words, actor.id, now
    audit.record("question.comment_answered", row, actor=actor, now=now, again=again)


def to_read(sitting_ids: Sequence[str], *, answered: bool) -> list[QuestionComment]:
    """Return comments of these sittings that are (or are not) answered, one question together."""
    done = QuestionComment.answered_at.is_not(None)
    return list(
        db.session.scalars(
            select(QuestionComment)
            .join(Attempt, Attempt.id == QuestionComment.attempt_id)
            .where(Attempt.sitting_id.in_(sitting_ids), done if answered else ~done)
            .options(
                joinedload(QuestionComment.attempt)
                .joinedload(Attempt.booking)
                .joinedload(Booking.sitting)
            )
            .order_by(QuestionComment.version_id, QuestionComment.at)
            .limit(200)
        )
    )


def waiting(sitting_ids: Sequence[str]) -> int:
    """Return how many comments of these sittings wait for an answer."""
    counted = db.session.scalar(
        select(func.count())
        .select_from(QuestionComment)
        .join(Attempt, Attempt.id == QuestionComment.attempt_id)
        .where(Attempt.sitting_id.in_(sitting_ids), QuestionComment.answered_at.is_(None))
    )
    return int(counted or 0)


def of_attempt(attempt: Attempt) -> list[QuestionComment]:
    """Return a candidate's own comments in the order of the paper."""
    return list(
        db.session.scalars(
            select(QuestionComment)
            .where(QuestionComment.attempt_id == attempt.id)
            .order_by(QuestionComment.slot, QuestionComment.at)
        )
    )
