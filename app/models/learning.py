"""Course editions, lesson versions and what people did with them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, RandomId


class CourseEdition(RandomId, Base):
    """One edition of one course. People stay on the edition they enrolled under."""

    __tablename__ = "course_edition"
    __table_args__ = (UniqueConstraint("code", "edition"),)
    __retention__ = "content"
    code: Mapped[str] = mapped_column(String(60))
    edition: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(100))
    title_en: Mapped[str] = mapped_column(String(150))
    outline: Mapped[dict[str, Any]]
    """Modules in order, each with its lesson codes, titles, minutes and prerequisites."""
    updated_at: Mapped[datetime]

    lessons: Mapped[list[LessonVersion]] = relationship(back_populates="edition")


class LessonVersion(RandomId, Base):
    """One lesson's text as people met it. A correction is a new number, for all in the edition."""

    __tablename__ = "lesson_version"
    __table_args__ = (UniqueConstraint("edition_id", "code", "number"),)
    __retention__ = "content"
    edition_id: Mapped[str] = mapped_column(ForeignKey("course_edition.id"), index=True)
    code: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    current: Mapped[bool] = mapped_column(default=True)
    title: Mapped[str] = mapped_column(String(100))
    title_en: Mapped[str] = mapped_column(String(150))
    minutes: Mapped[int]
    practical: Mapped[bool]
    countable: Mapped[bool]
    """False for a lesson in preparation: it can be seen in the outline and never counted."""
    front: Mapped[dict[str, Any]]
    """Front matter: objectives, sources, English aim and remember card, practice ids, review."""
    html: Mapped[str] = mapped_column(Text)
    teaching_html: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    review_by: Mapped[date | None]
    created_at: Mapped[datetime]

    edition: Mapped[CourseEdition] = relationship(back_populates="lessons")


class LessonProgress(RandomId, Base):
    """How far one person got with one lesson of an edition."""

    __tablename__ = "lesson_progress"
    __table_args__ = (UniqueConstraint("user_id", "edition_id", "code"),)
    __retention__ = "training"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    edition_id: Mapped[str] = mapped_column(ForeignKey("course_edition.id"))
    code: Mapped[str] = mapped_column(String(10))
    version_id: Mapped[str] = mapped_column(ForeignKey("lesson_version.id"))
    """The version last opened."""
    opened_at: Mapped[datetime]
    last_opened_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[str | None] = mapped_column(String(20))
    """The rule that was met: `opened`, `minimum_time`, `quiz_passed`, `instructor_tick`."""


class PracticeAnswer(RandomId, Base):
    """One answer in practice; only questions of the practice pool come here."""

    __tablename__ = "practice_answer"
    __retention__ = "training"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("question_version.id"), index=True)
    lesson_code: Mapped[str] = mapped_column(String(10))
    response: Mapped[Any] = mapped_column(JSON)
    right: Mapped[bool]
    answered_at: Mapped[datetime]
