"""The certification scheme and its dated settings: nothing uncertain is a constant."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, RandomId


class Scheme(RandomId, Base):
    """One version of the scheme. Every certificate points to the version it was issued under."""

    __tablename__ = "scheme"
    __table_args__ = (UniqueConstraint("code", "version"),)
    __retention__ = "scheme"
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(100))
    title_en: Mapped[str] = mapped_column(String(150))
    body: Mapped[dict[str, Any]]
    """What the certificate says its holder may and may not do, and the scheme's four parts."""
    effective_from: Mapped[date]


class DatedSetting(RandomId, Base):
    """One value of one rule from one day on. A change is a new row; old rows stay."""

    __tablename__ = "dated_setting"
    __retention__ = "scheme"
    name: Mapped[str] = mapped_column(String(60), index=True)
    value: Mapped[Any] = mapped_column(JSON)
    from_date: Mapped[date]
    source: Mapped[str] = mapped_column(String(200))
    official: Mapped[bool] = mapped_column(default=False)
    """True when an authority said so; False for our proposal."""
    set_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime]
