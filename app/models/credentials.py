"""The signed credential of each certificate, and the lists in which its status stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class StatusList(Base):
    """A list of bits, one a credential; locked while a place in it is taken."""

    __tablename__ = "status_list"
    __retention__ = "register"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    taken: Mapped[int]
    """How many places are taken; a list is left half empty, so that a free place is soon found."""


class Credential(Base):
    """The credential of a certificate as signed at issue. Its place in the list never changes."""

    __tablename__ = "certificate_credential"
    __table_args__ = (UniqueConstraint("list_number", "place"),)
    __retention__ = "register"
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    list_number: Mapped[int] = mapped_column(ForeignKey("status_list.number"))
    place: Mapped[int]
    """Drawn at random: the order of places says nothing of the order of issue."""
    key_name: Mapped[str] = mapped_column(String(20))
    """The key that signed, as the did document names it."""
    token: Mapped[str] = mapped_column(Text)
    """The credential as JWT."""
    signed_at: Mapped[datetime]
