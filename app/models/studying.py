"""What people did while learning: time counted, presence answered, questions kept, study waived."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.bank import QuestionEntry
from app.models.base import Base, RandomId
from app.models.people import User
from app.models.training import Enrolment


class StudyStretch(RandomId, Base):
    """One stretch of study of one person in one lesson, lengthened by each sign of life.

    At most one stretch of a person is open, whatever tabs and devices they read on: time is
    counted from the last sign of life of the open one, so no second is counted twice.
    """

    __tablename__ = "study_stretch"
    __table_args__ = (Index("ix_study_stretch_lesson", "edition_id", "user_id", "code"),)
    __retention__ = "training"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    edition_id: Mapped[str] = mapped_column(ForeignKey("course_edition.id"))
    code: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10), default="page")
    """`page` (signs of life), `pressed` (a button, without script), `offline` (merged later)."""
    began_at: Mapped[datetime]
    last_at: Mapped[datetime]
    counted_ms: Mapped[int] = mapped_column(default=0)
    """Milliseconds that count; never more than passed between `began_at` and `last_at`."""
    open: Mapped[bool] = mapped_column(default=True)
    page: Mapped[str] = mapped_column(String(12), default="")
    """The page that gave the last sign of life."""
    beat: Mapped[int] = mapped_column(default=0)
    """The number its next sign of life must carry: each earns once."""
    other_pages: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The same number of other pages that are open on this lesson, by page."""
    due_ms: Mapped[int] = mapped_column(default=0)
    """Counted time of this stretch at which a person must answer; 0: nobody is asked."""
    asked_at: Mapped[datetime | None]
    """A question waits for an answer since then; until it comes nothing is counted."""
    place: Mapped[str] = mapped_column(String(60), default="")
    """Where the reader was: the id of a heading and the share below it, `case:35`."""


class PresenceCheck(RandomId, Base):
    """One question whether a person is there, and when it was answered."""

    __tablename__ = "presence_check"
    __retention__ = "training"
    stretch_id: Mapped[str] = mapped_column(ForeignKey("study_stretch.id"), index=True)
    choices: Mapped[list[Any]]
    """Lesson codes in the order offered; the stretch's own is the right one."""
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    wrong: Mapped[int] = mapped_column(default=0)
    """Wrong answers before the right one."""


class FavouriteQuestion(RandomId, Base):
    """A practice question that a person has put by (收藏)."""

    __tablename__ = "favourite_question"
    __table_args__ = (UniqueConstraint("user_id", "entry_id"),)
    __retention__ = "training"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("question_entry.id"))
    lesson_code: Mapped[str] = mapped_column(String(10))
    kept_at: Mapped[datetime]

    entry: Mapped[QuestionEntry] = relationship()


class PriorLearning(RandomId, Base):
    """Lessons a person need not study, because of what they have learned before (A10).

    It stands for study only: attendance, signatures, assessment and exam are asked as of all.
    """

    __tablename__ = "prior_learning"
    __retention__ = "training"
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    lessons: Mapped[list[Any]]
    """Codes of the lessons waived."""
    kind: Mapped[str] = mapped_column(String(20))
    """`nurse`, `care_worker`, `course`, `other`."""
    evidence: Mapped[str] = mapped_column(String(200))
    """Which paper was seen, and where it is kept; no number of a person."""
    decided_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime]
    withdrawn_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(200), default="")

    enrolment: Mapped[Enrolment] = relationship()
    decided_by: Mapped[User] = relationship(foreign_keys=decided_by_id)


class LessonRemoval(RandomId, Base):
    """A lesson taken out of an edition before anybody had finished it; put back, it counts again."""

    __tablename__ = "lesson_removal"
    __table_args__ = (Index("ix_lesson_removal_lesson", "edition_id", "code"),)
    __retention__ = "content"
    edition_id: Mapped[str] = mapped_column(ForeignKey("course_edition.id"))
    code: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(200))
    removed_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    removed_at: Mapped[datetime]
    put_back_at: Mapped[datetime | None]


Index(
    "uq_study_stretch_open",
    StudyStretch.user_id,
    unique=True,
    sqlite_where=StudyStretch.open.is_(True),
    postgresql_where=StudyStretch.open.is_(True),
)
