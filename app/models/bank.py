"""Questions as rows: an entry, its versions that never change, their numbered keys, approvals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, RandomId


class QuestionEntry(RandomId, Base):
    """A place in the bank: what stays the same while versions follow each other."""

    __tablename__ = "question_entry"
    __retention__ = "content"
    code: Mapped[str] = mapped_column(String(40), unique=True)
    pool: Mapped[str] = mapped_column(String(10), index=True)
    """`live` or `practice`; an entry never moves from one to the other."""
    kind: Mapped[str] = mapped_column(String(20))
    domain: Mapped[str] = mapped_column(String(4))
    level: Mapped[str] = mapped_column(String(10))
    lesson_code: Mapped[str] = mapped_column(String(10), index=True)
    stem: Mapped[str] = mapped_column(Text)
    """The current version's stem or scene, for lists."""
    status: Mapped[str] = mapped_column(String(20), index=True)
    """`draft`, `first_review`, `final_review`, `trial`, `active`, `retired`."""
    origin: Mapped[str] = mapped_column(String(10))
    """`content` (a file that ships) or `browser`."""
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    """None for a question that came with the product: its writer is named in the body."""
    current_number: Mapped[int] = mapped_column(default=1)
    review_by: Mapped[date | None]
    created_at: Mapped[datetime]

    versions: Mapped[list[QuestionVersion]] = relationship(
        back_populates="entry", order_by="QuestionVersion.number"
    )


class QuestionVersion(RandomId, Base):
    """What a candidate can be shown. Written once, never changed."""

    __tablename__ = "question_version"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)
    __retention__ = "content"
    entry_id: Mapped[str] = mapped_column(ForeignKey("question_entry.id"), index=True)
    number: Mapped[int]
    body: Mapped[dict[str, Any]]
    """The one JSON body of `question_bank.dump`, key and explanations included."""
    body_hash: Mapped[str] = mapped_column(String(64))
    created_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]

    entry: Mapped[QuestionEntry] = relationship(back_populates="versions")
    approvals: Mapped[list[Approval]] = relationship(back_populates="version")


class MarkingKey(RandomId, Base):
    """A numbered key to an unchanged version: a wrong key is mended by the next number."""

    __tablename__ = "marking_key"
    __table_args__ = (UniqueConstraint("version_id", "number"),)
    __retention__ = "content"
    version_id: Mapped[str] = mapped_column(ForeignKey("question_version.id"), index=True)
    number: Mapped[int]
    key: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(300), default="")
    set_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime]


class Approval(RandomId, Base):
    """One named person's word on one version. Two approvals by two people, neither the author."""

    __tablename__ = "approval"
    __table_args__ = (UniqueConstraint("version_id", "reviewer_id"),)
    __retention__ = "content"
    version_id: Mapped[str] = mapped_column(ForeignKey("question_version.id"), index=True)
    reviewer_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    approves: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")
    demonstration: Mapped[bool] = mapped_column(default=False)
    """True for approvals the demonstration gave: they never count in production."""
    given_at: Mapped[datetime]

    version: Mapped[QuestionVersion] = relationship(back_populates="approvals")


class ExamBlueprint(RandomId, Base):
    """双向细目表: domains × kinds with counts and marks, and shares of thinking levels."""

    __tablename__ = "exam_blueprint"
    __retention__ = "content"
    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(100))
    title_en: Mapped[str] = mapped_column(String(150), default="")
    body: Mapped[dict[str, Any]]
    """`question_bank.blueprint` as JSON."""
    origin: Mapped[str] = mapped_column(String(10))
    updated_at: Mapped[datetime]
    updated_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
