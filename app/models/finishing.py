"""The end of a class: its completion lists, and what trainees thought of it.

Evaluation keeps counts alone. Answers one by one, even without a name, could be laid beside the
order in which people answered; a count cannot.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, RandomId
from app.models.training import Enrolment, TrainingClass


class CompletionList(RandomId, Base):
    """Who of a class completed, as found at one moment, frozen with its hash."""

    __tablename__ = "completion_list"
    __table_args__ = (UniqueConstraint("class_id", "number"),)
    __retention__ = "exam"
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"), index=True)
    number: Mapped[int]
    """Counts up within the class: a returned list is followed by the next."""
    state: Mapped[str] = mapped_column(String(20), default="made")
    """`made`, `handed`, `accepted`, `returned`, `replaced`."""
    rules: Mapped[dict[str, Any]]
    """The dated settings the list was made by."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Over rules and entries; see `app/completion/lists.py`."""
    made_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    handed_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    handed_at: Mapped[datetime | None]
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]

    training_class: Mapped[TrainingClass] = relationship(lazy="joined")
    entries: Mapped[list[CompletionEntry]] = relationship(
        back_populates="completion_list", order_by="CompletionEntry.place"
    )


class CompletionEntry(RandomId, Base):
    """One person on a list: complete or not, the figures, and a fault the association named."""

    __tablename__ = "completion_entry"
    __table_args__ = (UniqueConstraint("list_id", "enrolment_id"),)
    __retention__ = "exam"
    list_id: Mapped[str] = mapped_column(ForeignKey("completion_list.id"), index=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    place: Mapped[int]
    complete: Mapped[bool]
    figures: Mapped[dict[str, Any]]
    """By rule: met, have, need."""
    fault: Mapped[str] = mapped_column(String(200), default="")

    completion_list: Mapped[CompletionList] = relationship(back_populates="entries")
    enrolment: Mapped[Enrolment] = relationship(lazy="joined")


class Evaluation(RandomId, Base):
    """What a class's trainees thought of it, as counts."""

    __tablename__ = "evaluation"
    __retention__ = "training"
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"), unique=True)
    answers: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Question -> number of answers for 1 to 5."""
    remarks: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Kept sorted by their text, so that their order says nothing."""
    shown: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What may be seen: counts and remarks as they stood at the last full step."""
    created_at: Mapped[datetime]


class EvaluationDone(Base):
    """That a person has answered: no time, no link to what."""

    __tablename__ = "evaluation_done"
    __retention__ = "training"
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)


Index(
    "uq_completion_list_accepted",
    CompletionList.class_id,
    unique=True,
    sqlite_where=CompletionList.state == "accepted",
    postgresql_where=CompletionList.state == "accepted",
)
