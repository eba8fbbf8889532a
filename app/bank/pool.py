"""Which question versions may stand in a real exam on a day, and which serve practice.

One condition, asked by publishing and by the blueprint's proof (`stock`), by practice, and by
nobody's own query. Whose approval counts is told in `reviewers`. `active` questions are scored,
`trial` ones only mixed in without marks. How often a question was shown, and whether its kind can
stand on a page today, is not judged here: that comes with its facts.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import contains_eager

from app.bank.reviewers import approved
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion

SCORED, ON_TRIAL = "active", "trial"


def practice_versions(on: date, lesson_code: str | None = None) -> list[QuestionVersion]:
    """Return the approved versions that practice may show, of one lesson or of all, by code."""
    query = (
        select(QuestionVersion)
        .join(QuestionVersion.entry)
        .options(contains_eager(QuestionVersion.entry))
        .where(usable(on), QuestionEntry.status == SCORED, QuestionEntry.pool == "practice")
        .order_by(QuestionEntry.code)
    )
    if lesson_code is not None:
        query = query.where(QuestionEntry.lesson_code == lesson_code)
    return list(db.session.scalars(query))


def usable(on: date) -> ColumnElement[bool]:
    """Return the condition under which a version, joined with its entry, may be used on a day.

    Current, active or on trial, not past its review date, and through its review. The status alone
    is not trusted: it is a summary that somebody could set, the approvals are the fact.
    """
    return and_(
        QuestionVersion.number == QuestionEntry.current_number,
        QuestionEntry.status.in_((SCORED, ON_TRIAL)),
        or_(QuestionEntry.review_by.is_(None), QuestionEntry.review_by >= on),
        approved(on),
    )
