"""Complaints about holders of certificates, each a numbered case with deadlines and a timeline.

Who complains is told apart by a receipt code, of which a keyed hash is kept. How to reach them is
encrypted, and deleted some time after the case is closed.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.awards import Certificate
from app.models.base import Base, RandomId


class ComplaintSerial(Base):
    """The last case number given in a year; locked while the next is taken."""

    __tablename__ = "complaint_serial"
    __retention__ = "register"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Complaint(RandomId, Base):
    """One case: what was complained of, by when it is to be answered, how it ended."""

    __tablename__ = "complaint"
    __retention__ = "register"
    number: Mapped[str] = mapped_column(String(16), unique=True)
    form_key: Mapped[str] = mapped_column(String(64), unique=True)
    """Hash of the form's nonce: the same form sent twice is one case."""
    receipt_hash: Mapped[str] = mapped_column(String(80))
    """Keyed hash of the code with which the complainant looks the case up."""
    certificate_id: Mapped[str | None] = mapped_column(ForeignKey("certificate.id"), index=True)
    about: Mapped[str] = mapped_column(String(80), default="")
    """Number or name as typed, where no certificate was found."""
    district_code: Mapped[str | None] = mapped_column(ForeignKey("district.code"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    happened_on: Mapped[date | None]
    text: Mapped[str] = mapped_column(Text, default="")
    contact_sealed: Mapped[str] = mapped_column(String(300), default="")
    call_back: Mapped[bool] = mapped_column(default=False)
    """The complainant would rather be called than write."""
    state: Mapped[str] = mapped_column(String(12), default="received")
    """`received`, `open`, `held`, `closed`."""
    filed_at: Mapped[datetime]
    accept_by: Mapped[date]
    answer_by: Mapped[date]
    """The last day (Shanghai); moves on by the days the case was held."""
    accepted_at: Mapped[datetime | None]
    handler_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    held_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    """What the complainant reads under the receipt code."""
    answered_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(20), default="")
    closed_at: Mapped[datetime | None]

    certificate: Mapped[Certificate | None] = relationship()
    events: Mapped[list[ComplaintEvent]] = relationship(
        back_populates="complaint", order_by="ComplaintEvent.number"
    )
    photos: Mapped[list[ComplaintPhoto]] = relationship(
        back_populates="complaint", order_by="ComplaintPhoto.place"
    )


class ComplaintEvent(RandomId, Base):
    """One step of a case. Append-only."""

    __tablename__ = "complaint_event"
    __table_args__ = (UniqueConstraint("complaint_id", "number"),)
    __retention__ = "register"
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"), index=True)
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    """Nobody: the complainant."""
    at: Mapped[datetime]
    change_id: Mapped[str | None] = mapped_column(ForeignKey("status_change.id"))
    hearing_id: Mapped[str | None] = mapped_column(ForeignKey("hearing.id"))

    complaint: Mapped[Complaint] = relationship(back_populates="events")


class ComplaintPhoto(RandomId, Base):
    """A picture that came with a complaint, re-encoded; seen by whoever handles the case."""

    __tablename__ = "complaint_photo"
    __table_args__ = (UniqueConstraint("complaint_id", "place"),)
    __retention__ = "register"
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaint.id"), index=True)
    place: Mapped[int]
    blob_id: Mapped[str] = mapped_column(ForeignKey("blob.id"))

    complaint: Mapped[Complaint] = relationship(back_populates="photos")
