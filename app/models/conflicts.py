"""The register of conflicts of interest, competence files, and who was found to be two people."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, RandomId
from app.models.people import Organisation, User


class ConflictDeclaration(RandomId, Base):
    """Somebody's own word that they are tied to a person or an organisation.

    Never changed but for its end: what was declared when stays known.
    """

    __tablename__ = "conflict_declaration"
    __retention__ = "exam"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    """Who declares."""
    subject_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    """The person, where name and telephone found just one account."""
    subject_name: Mapped[str] = mapped_column(String(60), default="")
    """The person as written; without `subject_id` everybody of this name is meant."""
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    reason: Mapped[str] = mapped_column(String(20))
    """`relative`, `colleague`, `business`, `dispute`, `other`."""
    note: Mapped[str] = mapped_column(String(200), default="")
    since: Mapped[date]
    until: Mapped[date | None]
    declared_at: Mapped[datetime]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    organisation: Mapped[Organisation | None] = relationship()


class CompetenceEntry(RandomId, Base):
    """One piece of a competence file: a qualification, a training, a calibration."""

    __tablename__ = "competence_entry"
    __retention__ = "exam"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    """`qualification`, `training`, `calibration`, `experience`."""
    title: Mapped[str] = mapped_column(String(120))
    obtained_on: Mapped[date]
    valid_until: Mapped[date | None]
    recorded_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    recorded_by: Mapped[User] = relationship(foreign_keys=[recorded_by_id])


class DistinctPeople(RandomId, Base):
    """Somebody checked that two accounts that look like one person are two."""

    __tablename__ = "distinct_people"
    __table_args__ = (UniqueConstraint("one_id", "other_id"),)
    __retention__ = "register"
    one_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    """The lesser id of the two."""
    other_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    note: Mapped[str] = mapped_column(String(200))
    """What was compared."""
    by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
