"""Decisions and certificates. A number, once given, is never given again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, RandomId
from app.models.people import User


class Decision(RandomId, Base):
    """A certification decision: proposed by one person, decided by another."""

    __tablename__ = "decision"
    __retention__ = "exam"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    scheme_id: Mapped[str] = mapped_column(ForeignKey("scheme.id"))
    result_id: Mapped[str] = mapped_column(ForeignKey("result.id"))
    assessment_id: Mapped[str] = mapped_column(ForeignKey("practical_assessment.id"))
    evidence: Mapped[dict[str, Any]]
    """The eligibility panel as it stood at the proposal: each rule, met or not, with figures."""
    state: Mapped[str] = mapped_column(String(12), default="proposed")
    """`proposed`, `granted`, `refused`, `returned`."""
    proposed_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined")
    certificate: Mapped[Certificate | None] = relationship(back_populates="decision")


class CertificateSerial(Base):
    """The last serial given for a year and a district; locked while the next is taken."""

    __tablename__ = "certificate_serial"
    __retention__ = "register"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    last: Mapped[int]


class Certificate(RandomId, Base):
    """A certificate as issued: its printed fields, its bytes' hash, its place in the register."""

    __tablename__ = "certificate"
    __retention__ = "register"
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    scheme_id: Mapped[str] = mapped_column(ForeignKey("scheme.id"))
    number: Mapped[str] = mapped_column(String(24), unique=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    """The random end of the printed address."""
    printed: Mapped[dict[str, Any]]
    """Every field that stands on the paper, as printed; the check page repeats it."""
    photo_blob_id: Mapped[str | None] = mapped_column(ForeignKey("blob.id"))
    pdf_blob_id: Mapped[str] = mapped_column(ForeignKey("blob.id"))
    pdf_sha256: Mapped[str] = mapped_column(String(64), index=True)
    layout: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(12), default="valid")
    """The last `StatusChange`; dates (expired, due) are added by `certificates.verdict`."""
    issued_at: Mapped[datetime] = mapped_column(index=True)

    decision: Mapped[Decision] = relationship(back_populates="certificate")
    user: Mapped[User] = relationship(lazy="joined")


class StatusChange(RandomId, Base):
    """A change of a certificate's status: reason, person, time. Append-only."""

    __tablename__ = "status_change"
    __table_args__ = (UniqueConstraint("certificate_id", "number"),)
    __retention__ = "register"
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), index=True)
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(12))
    """`valid`, `suspended`, `cancelled`, `withdrawn`, `replaced`."""
    reason_code: Mapped[str] = mapped_column(String(24), default="", server_default="")
    """One of `app/register/reasons.py`; empty on the first line and on lines from before there were."""
    reason: Mapped[str] = mapped_column(String(300))
    until: Mapped[date | None]
    """The last day of a suspension (Shanghai), where it was given an end."""
    by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]


Index(
    "uq_decision_open",
    Decision.enrolment_id,
    unique=True,
    sqlite_where=Decision.state.in_(("proposed", "granted")),
    postgresql_where=Decision.state.in_(("proposed", "granted")),
)
