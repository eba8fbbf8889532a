"""Layouts as an association made them, which one is used, and the wallet cards that were drawn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, RandomId


class CertificateLayout(RandomId, Base):
    """An arrangement of one version of a layout; a draft until it is published, then never changed."""

    __tablename__ = "certificate_layout"
    __table_args__ = (UniqueConstraint("kind", "number"),)
    __retention__ = "scheme"
    kind: Mapped[str] = mapped_column(String(20))
    """`landscape`, `portrait`, `card`, `statement`: a folder of `certificates/layouts`."""
    design: Mapped[str] = mapped_column(String(10))
    """The version of that folder it stands on."""
    name: Mapped[str] = mapped_column(String(60))
    number: Mapped[int | None]
    """Counts up within the kind from the first published; a draft has none."""
    body: Mapped[dict[str, Any]]
    """`certificates.layouts.arranging.Arrangement` as JSON."""
    seal_blob_id: Mapped[str | None] = mapped_column(ForeignKey("blob.id"))
    background_blob_id: Mapped[str | None] = mapped_column(ForeignKey("blob.id"))
    changes: Mapped[int] = mapped_column(default=0)
    """Counts up with each change of a draft, so that two people do not overwrite each other."""
    made_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    published_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime | None]


class LayoutChoice(RandomId, Base):
    """From this moment on a scheme's documents of one use are drawn so. Append-only."""

    __tablename__ = "layout_choice"
    __table_args__ = (UniqueConstraint("scheme_code", "use", "number"),)
    __retention__ = "scheme"
    scheme_code: Mapped[str] = mapped_column(String(40))
    """A scheme in all its versions; empty for what belongs to no scheme."""
    use: Mapped[str] = mapped_column(String(12))
    """`certificate`, `card`, `statement`."""
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    layout_id: Mapped[str | None] = mapped_column(ForeignKey("certificate_layout.id"))
    """None: the kind as it ships."""
    by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]


class CertificateCard(RandomId, Base):
    """The wallet card of a certificate, drawn when it was first asked for and the same ever after."""

    __tablename__ = "certificate_card"
    __retention__ = "register"
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), unique=True)
    blob_id: Mapped[str] = mapped_column(ForeignKey("blob.id"))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    layout: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime]
