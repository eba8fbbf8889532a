"""The life of a certificate beside its ledger: hearings, appeals, reminders, repairs.

The ledger itself (`StatusChange`) stands with the certificate in `awards.py`.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.awards import Certificate, StatusChange
from app.models.base import Base, RandomId


class Hearing(RandomId, Base):
    """What the association means to do with a certificate, told to the holder, who may reply."""

    __tablename__ = "hearing"
    __retention__ = "register"
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), index=True)
    status: Mapped[str] = mapped_column(String(12))
    """What is meant: `suspended` or `withdrawn`."""
    reason_code: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(String(300))
    """What the holder is told."""
    state: Mapped[str] = mapped_column(String(12), default="open")
    """`open`, `decided`, `dropped`."""
    opened_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime]
    reply_until: Mapped[date]
    """The last day (Shanghai) on which the holder may reply."""
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[datetime | None]
    closed_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(String(300), default="")
    """Why nothing came of it, or what was said to the reply."""
    change_id: Mapped[str | None] = mapped_column(ForeignKey("status_change.id"), unique=True)
    """The line it led to; on a suspension at once, the line it follows."""

    certificate: Mapped[Certificate] = relationship()


class Appeal(RandomId, Base):
    """A holder's appeal against one line of the ledger, decided by somebody who did not enter it."""

    __tablename__ = "appeal"
    __retention__ = "register"
    change_id: Mapped[str] = mapped_column(ForeignKey("status_change.id"), unique=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime]
    answer_by: Mapped[date]
    state: Mapped[str] = mapped_column(String(12), default="open")
    """`open`, `upheld`, `rejected`."""
    answer: Mapped[str] = mapped_column(String(600), default="")
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]

    change: Mapped[StatusChange] = relationship(lazy="joined")
    certificate: Mapped[Certificate] = relationship()


class ExpiryReminder(Base):
    """That a holder was reminded of an expiry, so many days before; or that the day had passed."""

    __tablename__ = "expiry_reminder"
    __retention__ = "register"
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    valid_until: Mapped[date] = mapped_column(primary_key=True)
    """Of which expiry: a validity that was extended brings reminders of its own."""
    sent: Mapped[bool]
    at: Mapped[datetime]


class RegisterRepair(RandomId, Base):
    """A repair that the state checker proposed and a person let it do."""

    __tablename__ = "register_repair"
    __retention__ = "register"
    code: Mapped[str] = mapped_column(String(40))
    certificate_id: Mapped[str | None] = mapped_column(ForeignKey("certificate.id"), index=True)
    object_id: Mapped[str] = mapped_column(String(40))
    """What it was about: a certificate's or decision's id, a year and district."""
    by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]


Index(
    "uq_hearing_open",
    Hearing.certificate_id,
    unique=True,
    sqlite_where=Hearing.state == "open",
    postgresql_where=Hearing.state == "open",
)
