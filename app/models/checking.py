"""What the public check keeps: domains that were ever printed, and reports of sites that imitate ours."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, RandomId


class PrintedDomain(Base):
    """A domain that codes of certificates lead to. Never removed: paper lasts longer than a domain."""

    __tablename__ = "printed_domain"
    __retention__ = "register"
    domain: Mapped[str] = mapped_column(String(120), primary_key=True)
    first_used_at: Mapped[datetime]


class SiteReport(RandomId, Base):
    """Somebody's report of a site that imitates the check, and what the association did about it."""

    __tablename__ = "site_report"
    __retention__ = "training"
    site: Mapped[str] = mapped_column(String(200))
    """The address as it was given."""
    told: Mapped[str] = mapped_column(String(500))
    contact_sealed: Mapped[str] = mapped_column(String(400), default="")
    """How to reach the reporter, encrypted, where they want to be told."""
    created_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(12), default="open", index=True)
    """`open`, `imitation`, `ours`, `harmless`."""
    note: Mapped[str] = mapped_column(String(300), default="")
    handled_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    handled_at: Mapped[datetime | None]
