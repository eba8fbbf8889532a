"""Renewal: what a holder learned and did, the applications made of it, and corrections.

Nothing here changes a certificate: a renewal that is granted, or a correction that is approved,
leads to a new one, and the old one gets a line in the register.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.awards import Certificate
from app.models.base import Base, RandomId
from app.models.journal import Blob
from app.models.people import User


class LearningEntry(RandomId, Base):
    """A piece of continuing education, as its holder writes it down."""

    __tablename__ = "learning_entry"
    __retention__ = "exam"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    category: Mapped[str] = mapped_column(String(20))
    """A category of the setting `renewal.hours`."""
    day: Mapped[date]
    halves: Mapped[int]
    """Half class-hours: 5 is two and a half hours of 45 minutes."""
    title: Mapped[str] = mapped_column(String(80))
    provider: Mapped[str] = mapped_column(String(80))
    evidence_blob_id: Mapped[str | None] = mapped_column(ForeignKey("blob.id"))
    renewal_id: Mapped[str | None] = mapped_column(ForeignKey("renewal.id"), index=True)
    """The renewal it was handed in with; once that is granted, it never counts again."""
    checked: Mapped[str] = mapped_column(String(10), default="")
    """`accepted` or `struck` by the association; empty before it looked."""
    remark: Mapped[str] = mapped_column(String(200), default="")
    """Why it was struck."""
    recorded_at: Mapped[datetime]

    evidence: Mapped[Blob | None] = relationship()


class PracticeEntry(RandomId, Base):
    """Accompaniments done in a month, as counts: nothing of the people accompanied."""

    __tablename__ = "practice_entry"
    __retention__ = "exam"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    day: Mapped[date]
    """The last day of those it sums up."""
    visits: Mapped[int]
    minutes: Mapped[int]
    arranged_by: Mapped[str] = mapped_column(String(80))
    """The institution, platform or subdistrict that can confirm it."""
    evidence_blob_id: Mapped[str | None] = mapped_column(ForeignKey("blob.id"))
    renewal_id: Mapped[str | None] = mapped_column(ForeignKey("renewal.id"), index=True)
    checked: Mapped[str] = mapped_column(String(10), default="")
    remark: Mapped[str] = mapped_column(String(200), default="")
    recorded_at: Mapped[datetime]

    evidence: Mapped[Blob | None] = relationship()


class Renewal(RandomId, Base):
    """One application to renew one certificate, from handing in to the new certificate."""

    __tablename__ = "renewal"
    __retention__ = "exam"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="handed_in", index=True)
    """`handed_in`, `returned`, `checked`, `granted`, `refused`."""
    code_version: Mapped[str] = mapped_column(String(20))
    """The version of the code of conduct that the holder signed with this application."""
    lot: Mapped[int]
    """Drawn at random at the first handing in, 0 to 9,999; never drawn again."""
    audited: Mapped[bool]
    handed_in_at: Mapped[datetime]
    """The first time: whether it was in time rests on it, however long checking takes."""
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Rules and counts as they stood at each step: handed in, checked, granted."""
    checked_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    checked_at: Mapped[datetime | None]
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it was returned or refused; the holder reads it."""
    decision_id: Mapped[str | None] = mapped_column(ForeignKey("decision.id"), unique=True)
    """Written when issuing begins; its state is `renewing` or `replacing`, then `renewed` or
    `replaced`, so that it is never taken for the proposal of a first certificate."""
    new_certificate_id: Mapped[str | None] = mapped_column(
        ForeignKey("certificate.id"), unique=True
    )

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined")
    certificate: Mapped[Certificate] = relationship(foreign_keys=[certificate_id])
    learning: Mapped[list[LearningEntry]] = relationship(
        order_by="(LearningEntry.day, LearningEntry.recorded_at, LearningEntry.id)"
    )
    practice: Mapped[list[PracticeEntry]] = relationship(
        order_by="(PracticeEntry.day, PracticeEntry.recorded_at, PracticeEntry.id)"
    )


class Correction(RandomId, Base):
    """A holder asks for a new certificate: another name, a lost or a spoilt one."""

    __tablename__ = "correction"
    __retention__ = "register"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    """`name`, `photo`, `lost`, `spoilt`."""
    new_name: Mapped[str] = mapped_column(String(60), default="")
    new_name_latin: Mapped[str] = mapped_column(String(80), default="")
    statement: Mapped[str] = mapped_column(String(300))
    proof_blob_id: Mapped[str | None] = mapped_column(ForeignKey("blob.id"))
    state: Mapped[str] = mapped_column(String(10), default="asked", index=True)
    """`asked`, `approved`, `refused`, `taken_back`."""
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    decision_id: Mapped[str | None] = mapped_column(ForeignKey("decision.id"), unique=True)
    """Written when issuing begins; its state is `renewing` or `replacing`, then `renewed` or
    `replaced`, so that it is never taken for the proposal of a first certificate."""
    new_certificate_id: Mapped[str | None] = mapped_column(
        ForeignKey("certificate.id"), unique=True
    )

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined")
    certificate: Mapped[Certificate] = relationship(foreign_keys=[certificate_id])
    proof: Mapped[Blob | None] = relationship()


_OPEN_RENEWAL = Renewal.state.in_(("handed_in", "returned", "checked"))
Index(
    "uq_renewal_open",
    Renewal.certificate_id,
    unique=True,
    sqlite_where=_OPEN_RENEWAL,
    postgresql_where=_OPEN_RENEWAL,
)
Index(
    "uq_correction_open",
    Correction.certificate_id,
    unique=True,
    sqlite_where=Correction.state == "asked",
    postgresql_where=Correction.state == "asked",
)
