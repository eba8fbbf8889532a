"""Certificates issued or withdrawn many at a time, and every number that was ever taken."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, RandomId
from app.models.training import TrainingClass


class Batch(RandomId, Base):
    """One person's act on many proposals or certificates; the worker carries it out."""

    __tablename__ = "award_batch"
    __retention__ = "register"
    kind: Mapped[str] = mapped_column(String(10))
    """`issue`, `trial` (draws everything, keeps nothing), `withdraw`."""
    class_id: Mapped[str | None] = mapped_column(ForeignKey("training_class.id"), index=True)
    status: Mapped[str] = mapped_column(String(12), default="")
    """What certificates become: `withdrawn` or `cancelled`."""
    reason_code: Mapped[str] = mapped_column(String(24), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(10), default="running")
    """`running`, `done`, `stopped` (cancelled or given up: the rest can be gone on with)."""
    trouble: Mapped[str] = mapped_column(String(400), default="")
    """Why it stopped, as a sentence."""
    job_id: Mapped[str | None] = mapped_column(String(16))
    """The job now at work; no foreign key, for jobs are swept away."""
    made_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    training_class: Mapped[TrainingClass | None] = relationship(lazy="joined")


class BatchItem(RandomId, Base):
    """One proposal or certificate of a batch, and what became of it."""

    __tablename__ = "award_batch_item"
    __table_args__ = (UniqueConstraint("batch_id", "place"),)
    __retention__ = "register"
    batch_id: Mapped[str] = mapped_column(ForeignKey("award_batch.id"), index=True)
    place: Mapped[int]
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"), index=True)
    certificate_id: Mapped[str | None] = mapped_column(ForeignKey("certificate.id"))
    """What was issued, or what is to be withdrawn."""
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    """`waiting`, `done`, `skipped` (may not), `failed` (could not be made)."""
    why: Mapped[str] = mapped_column(String(400), default="")
    """Why it was skipped or failed, as a sentence."""


class TakenNumber(Base):
    """A certificate number that was taken: for which proposal, when, by whom.

    A number that names a certificate stands there too; one without is a gap, and this explains it.
    A proposal keeps its number until it is decided: whoever tries again goes on with the same one.
    """

    __tablename__ = "taken_number"
    __table_args__ = (UniqueConstraint("list_number", "place"),)
    __retention__ = "register"
    number: Mapped[str] = mapped_column(String(24), primary_key=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"), index=True)
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("award_batch.id"), index=True)
    blob_id: Mapped[str] = mapped_column(String(16), default="")
    """Where its file was going to be, so that what a crash leaves behind can be taken away."""
    list_number: Mapped[int | None]
    place: Mapped[int | None]
    """The place in a status list that its credential was going to have: no other is given it."""
    by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
