"""What people do around an exam: accommodations, words to a room, irregularities, paper, comments."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, RandomId
from app.models.exams import Attempt
from app.models.people import User


class Accommodation(RandomId, Base):
    """What a person was granted for every exam, by whom, on what evidence, until when."""

    __tablename__ = "accommodation"
    __retention__ = "exam"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    time_factor_percent: Mapped[int] = mapped_column(default=100)
    large_type: Mapped[bool] = mapped_column(default=False)
    reader: Mapped[bool] = mapped_column(default=False)
    break_minutes: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(200))
    """Why, in words the candidate may read; no diagnosis."""
    evidence: Mapped[str] = mapped_column(String(200))
    """What was seen and where it is kept."""
    valid_until: Mapped[date | None]
    approved_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """Withdrawn, or replaced by a later row; never edited."""

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined")
    approved_by: Mapped[User] = relationship(foreign_keys=[approved_by_id])


class RoomMessage(RandomId, Base):
    """A sentence from the invigilator on the candidates' screens: to the room, or to one."""

    __tablename__ = "room_message"
    __retention__ = "exam"
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sitting.id"), index=True)
    attempt_id: Mapped[str | None] = mapped_column(ForeignKey("attempt.id"), index=True)
    """None: to everyone in the sitting."""
    text: Mapped[str] = mapped_column(String(300))
    by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]


class Incident(RandomId, Base):
    """An irregularity (异常情况): kind, time, place, whom, what was seen, perhaps a photo."""

    __tablename__ = "incident"
    __retention__ = "exam"
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sitting.id"), index=True)
    attempt_id: Mapped[str | None] = mapped_column(ForeignKey("attempt.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    """`device`, `network`, `power`, `health`, `behaviour`, `identity`, `question`, `other`."""
    place: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(Text)
    happened_at: Mapped[datetime]
    photo_id: Mapped[str | None] = mapped_column(ForeignKey("blob.id"))
    by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]

    attempt: Mapped[Attempt | None] = relationship()
    by: Mapped[User] = relationship()


class MisconductCase(RandomId, Base):
    """A case of misconduct (违纪). Its steps are append-only; where it stands follows from them.

    While it is open the result is held.
    """

    __tablename__ = "misconduct_case"
    __retention__ = "exam"
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), index=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    allegation: Mapped[str] = mapped_column(Text)
    reply_due_at: Mapped[datetime]
    opened_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime]

    attempt: Mapped[Attempt] = relationship()
    opened_by: Mapped[User] = relationship()
    steps: Mapped[list[MisconductStep]] = relationship(order_by="MisconductStep.at")


class MisconductStep(RandomId, Base):
    """One dated step of a case."""

    __tablename__ = "misconduct_step"
    __retention__ = "exam"
    case_id: Mapped[str] = mapped_column(ForeignKey("misconduct_case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    """`notice`, `reply`, `hearing`, `upheld`, `dismissed`, `appeal`, `appeal_upheld`,
    `appeal_dismissed`."""
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]

    by: Mapped[User] = relationship()


class PaperEntry(RandomId, Base):
    """One typing-in of one answer from an answer sheet. Two people type each sheet."""

    __tablename__ = "paper_entry"
    __table_args__ = (UniqueConstraint("booking_id", "typing", "slot"),)
    __retention__ = "exam"
    booking_id: Mapped[str] = mapped_column(ForeignKey("booking.id"), index=True)
    typing: Mapped[int]
    """1 or 2: who typed; 3: settled by a third look where the two differ."""
    slot: Mapped[int]
    value: Mapped[str] = mapped_column(String(2000))
    """The response as canonical JSON, as in the journal; `null` for none."""
    by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]


class QuestionComment(RandomId, Base):
    """What a candidate said about a question during the exam, and what came back."""

    __tablename__ = "question_comment"
    __retention__ = "exam"
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), index=True)
    slot: Mapped[int]
    version_id: Mapped[str] = mapped_column(ForeignKey("question_version.id"), index=True)
    text: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(String(500), default="")
    answered_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None]

    attempt: Mapped[Attempt] = relationship()
