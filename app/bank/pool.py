"""Which question versions may stand in a real exam today, and which serve practice.

One question, asked by publishing, by the blueprint's proof and by nobody's own query. Exposure and
difficulty are not judged here.
"""

from __future__ import annotations

from datetime import date

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager

from app.config import Settings
from app.extensions import db
from app.models.bank import Approval, QuestionEntry, QuestionVersion

APPROVALS_NEEDED = 2


def counts_demonstration() -> bool:
    """Tell whether approvals that the demonstration gave count: never in production."""
    settings: Settings = current_app.config["PEIZHEN"]
    return settings.demo


def eligible_versions(on: date) -> list[QuestionVersion]:
    """Return the versions that an exam may draw on a day, by code, their entries loaded.

    Current, active, live, not past their review date on `on`, and approved by two people of whom
    neither wrote the entry or this version. The status alone is not trusted: it is a summary that
    somebody could set, the approvals are the fact.
    """
    return list(db.session.scalars(_usable(on).where(QuestionEntry.pool == "live")))


def practice_versions(on: date, lesson_code: str | None = None) -> list[QuestionVersion]:
    """Return the approved versions that practice may show, of one lesson or of all."""
    query = _usable(on).where(QuestionEntry.pool == "practice")
    if lesson_code is not None:
        query = query.where(QuestionEntry.lesson_code == lesson_code)
    return list(db.session.scalars(query))


def counting_approval() -> ColumnElement[bool]:
    """Return the condition under which a row of Approval counts; joins version and entry."""
    counts = and_(
        Approval.approves.is_(True),
        or_(QuestionEntry.author_id.is_(None), Approval.reviewer_id != QuestionEntry.author_id),
        or_(
            QuestionVersion.created_by_id.is_(None),
            Approval.reviewer_id != QuestionVersion.created_by_id,
        ),
    )
    return counts if counts_demonstration() else and_(counts, Approval.demonstration.is_(False))


def _usable(on: date) -> Select[QuestionVersion]:
    approvals = (
        select(func.count(Approval.reviewer_id.distinct()))
        .where(Approval.version_id == QuestionVersion.id, counting_approval())
        .correlate(QuestionVersion, QuestionEntry)
        .scalar_subquery()
    )
    return (
        select(QuestionVersion)
        .join(QuestionVersion.entry)
        .options(contains_eager(QuestionVersion.entry))
        .where(
            QuestionVersion.number == QuestionEntry.current_number,
            QuestionEntry.status == "active",
            or_(QuestionEntry.review_by.is_(None), QuestionEntry.review_by >= on),
            approvals >= APPROVALS_NEEDED,
        )
        .order_by(QuestionEntry.code)
    )
