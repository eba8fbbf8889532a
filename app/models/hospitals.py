"""Keys for hospitals' own systems, and certificates issued before this system."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, RandomId


class HospitalKey(RandomId, Base):
    """A key with which a hospital's system asks for the status of certificates by number.

    The key itself is shown once and never stored.
    """

    __tablename__ = "hospital_key"
    __retention__ = "register"
    holder: Mapped[str] = mapped_column(String(100))
    """The hospital or platform it was given to."""
    purpose: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[list[Any]] = mapped_column(JSON)
    """`status`: whether a certificate is valid now; `dates`: also its validity."""
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the key: 256 random bits need no slow hash."""
    shown: Mapped[str] = mapped_column(String(12))
    """The first signs of the key, so that people can tell keys apart."""
    valid_until: Mapped[date]
    """The last day (Shanghai) on which it is taken."""
    issued_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    issued_at: Mapped[datetime]
    withdrawn_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(200), default="")
    last_used_at: Mapped[datetime | None]
    """Written at most every few minutes."""


class EarlierImport(RandomId, Base):
    """A sheet of certificates issued before this system, brought in whole or not at all."""

    __tablename__ = "earlier_import"
    __retention__ = "register"
    file_name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the file as it was sent: the same sheet is not brought in twice."""
    rows: Mapped[int]
    source: Mapped[str] = mapped_column(String(200))
    """Where the sheet comes from and who vouches for it."""
    brought_by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    brought_at: Mapped[datetime]


class EarlierCertificate(RandomId, Base):
    """A certificate issued before this system: what its sheet says, marked as such wherever shown.

    There is no file and no signature of ours; the register vouches for the line alone.
    """

    __tablename__ = "earlier_certificate"
    __retention__ = "register"
    import_id: Mapped[str] = mapped_column(ForeignKey("earlier_import.id"), index=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    """As printed, in capitals and without blanks."""
    name: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(100))
    issuer: Mapped[str] = mapped_column(String(100))
    issued_on: Mapped[date]
    valid_until: Mapped[date | None]
    organisation: Mapped[str] = mapped_column(String(100), default="")


class EarlierChange(RandomId, Base):
    """A change of an earlier certificate's status: reason, person, time. Append-only."""

    __tablename__ = "earlier_change"
    __table_args__ = (UniqueConstraint("certificate_id", "number"),)
    __retention__ = "register"
    certificate_id: Mapped[str] = mapped_column(ForeignKey("earlier_certificate.id"), index=True)
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(12))
    """`suspended`, `cancelled`, `withdrawn`, `replaced`, `valid`."""
    reason: Mapped[str] = mapped_column(String(300))
    by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
