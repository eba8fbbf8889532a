"""Practice questions that a person has put by (收藏)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.learning.practice import PracticeQuestion
from app.models.bank import QuestionEntry
from app.models.people import User
from app.models.studying import FavouriteQuestion


def codes(user: User) -> list[str]:
    """Return the codes of what a person has put by, the latest first."""
    query = (
        select(QuestionEntry.code)
        .join(FavouriteQuestion, FavouriteQuestion.entry_id == QuestionEntry.id)
        .where(FavouriteQuestion.user_id == user.id)
        .order_by(FavouriteQuestion.kept_at.desc(), QuestionEntry.code)
    )
    return list(db.session.scalars(query))


def keep(user: User, asked: PracticeQuestion, *, now: datetime) -> None:
    """Put a question by; a second time changes nothing. It leaves no audit line: it decides nothing."""
    row = FavouriteQuestion(
        user_id=user.id,
        entry_id=asked.version.entry_id,
        lesson_code=asked.version.entry.lesson_code,
        kept_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        return  # kept already


def let_go(user: User, asked: PracticeQuestion) -> None:
    """Take a question out again."""
    db.session.execute(
        delete(FavouriteQuestion).where(
            FavouriteQuestion.user_id == user.id,
            FavouriteQuestion.entry_id == asked.version.entry_id,
        )
    )
