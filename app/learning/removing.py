"""Taking a lesson out of an edition, and what stands against it: people who have finished it.

Whoever has studied a lesson keeps it; so it can be taken out only while nobody has finished it. After
that a new edition is the way, beside which the old one goes on (A2). A removal outlives a sync of the
course's files until the lesson is put back.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit
from app.errors import Refusal
from app.extensions import db
from app.models.learning import CourseEdition, LessonProgress, LessonVersion
from app.models.people import User
from app.models.studying import LessonRemoval

LEAST_WORDS, MOST_WORDS = 4, 200


class NotRemoved(Refusal):
    """The lesson stays; the sentence says why."""


def finished_by(edition: CourseEdition, code: str) -> int:
    """Return how many people have finished a lesson of an edition."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(LessonProgress)
            .where(
                LessonProgress.edition_id == edition.id,
                LessonProgress.code == code,
                LessonProgress.completed_at.is_not(None),
            )
        )
        or 0
    )


def removed(edition: CourseEdition) -> dict[str, LessonRemoval]:
    """Return the standing removals of an edition by lesson code."""
    rows = db.session.scalars(
        select(LessonRemoval).where(
            LessonRemoval.edition_id == edition.id, LessonRemoval.put_back_at.is_(None)
        )
    )
    return {row.code: row for row in rows}


def remove(version: LessonVersion, *, reason: str, actor: User, now: datetime) -> LessonRemoval:
    """Take a lesson out of its edition. Raises NotRemoved, naming how many have finished it."""
    # Locked, so that nobody finishes the lesson while it goes.
    db.session.execute(
        select(LessonVersion.id).where(LessonVersion.id == version.id).with_for_update()
    )
    finished = finished_by(version.edition, version.code)
    if finished:
        raise NotRemoved(
            _(
                "已有 %(n)d 人学完第 %(code)s 课，不能撤下。要改课程，请写新的一版；旧版照样学完。",
                n=finished,
                code=version.code,
            )
        )
    if not version.countable:
        raise NotRemoved(_("第 %(code)s 课已经撤下，或还没有写好。", code=version.code))
    if not LEAST_WORDS <= len(reason) <= MOST_WORDS:
        raise NotRemoved(_("请写明为什么撤下，至少 %(n)d 个字。", n=LEAST_WORDS))
    version.countable = False
    row = LessonRemoval(
        edition_id=version.edition_id,
        code=version.code,
        reason=reason,
        removed_by_id=actor.id,
        removed_at=now,
    )
    db.session.add(row)
    audit.record("lesson.removed", version, actor=actor, now=now, code=version.code, reason=reason)
    return row


def put_back(version: LessonVersion, *, actor: User, now: datetime) -> None:
    """Let a lesson count again. Raises NotRemoved when it was not taken out."""
    row = removed(version.edition).get(version.code)
    if row is None:
        raise NotRemoved(_("第 %(code)s 课没有撤下，不用放回。", code=version.code))
    row.put_back_at = now
    version.countable = bool(version.html)
    audit.record("lesson.put_back", version, actor=actor, now=now, code=version.code)
