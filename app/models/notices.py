"""How a person wants to be told things, and of what not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, RandomId


class NoticeChoice(RandomId, Base):
    """A person's way of being told. Without a row: by SMS, to the account's phone."""

    __tablename__ = "notice_choice"
    __retention__ = "account"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), unique=True)
    channel: Mapped[str] = mapped_column(String(20))
    """`sms`, `email`, `wechat`."""
    email_sealed: Mapped[str] = mapped_column(String(400), default="")
    email_shown: Mapped[str] = mapped_column(String(80), default="")
    email_code_hash: Mapped[str] = mapped_column(String(80), default="")
    """Keyed hash of the code sent to the address; empty once it was given back."""
    email_confirmed_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class NoticeStop(Base):
    """A kind of notice that a person does not want."""

    __tablename__ = "notice_stop"
    __retention__ = "account"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    stopped_at: Mapped[datetime]
