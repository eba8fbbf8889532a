"""The audit trail, outgoing messages, jobs and files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, RandomId

# SQLite counts up by itself only for INTEGER; PostgreSQL deserves the larger range.
COUNTER = BigInteger().with_variant(Integer(), "sqlite")


class AuditLine(Base):
    """One act. Inserted in the acting transaction, unchained; holds references, no names."""

    __tablename__ = "audit_line"
    __retention__ = "audit"
    id: Mapped[int] = mapped_column(COUNTER, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor_id: Mapped[str | None] = mapped_column(String(16), index=True)
    """No foreign key: an account may be erased, the trail stays."""
    action: Mapped[str] = mapped_column(String(60), index=True)
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(40), index=True)
    details: Mapped[dict[str, Any]]
    request_id: Mapped[str] = mapped_column(String(32), default="")


class Seal(Base):
    """A link of the chain: the sealer gives each committed line its place and hash.

    Separate from the line because id order is not commit order: a line is sealed when it is seen,
    and its place in the chain is `number`.
    """

    __tablename__ = "seal"
    __retention__ = "audit"
    number: Mapped[int] = mapped_column(COUNTER, primary_key=True, autoincrement=False)
    line_id: Mapped[int] = mapped_column(ForeignKey("audit_line.id"), unique=True)
    hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 over the previous hash and the line's canonical JSON."""
    sealed_at: Mapped[datetime]


class SignedHead(RandomId, Base):
    """A signed statement of how long the chain was and how it ended; a copy leaves the database."""

    __tablename__ = "signed_head"
    __retention__ = "audit"
    number: Mapped[int] = mapped_column(COUNTER)
    hash: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime]
    key_id: Mapped[str] = mapped_column(String(40))
    signature: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(60))


class OutboxMessage(RandomId, Base):
    """A message that waits for its adapter. Written in the transaction of the act it tells of."""

    __tablename__ = "outbox_message"
    __retention__ = "training"
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="waiting", index=True)
    """`waiting`, `sent`, `failed`, `stopped`."""
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    send_after: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(String(200), default="")


class Job(RandomId, Base):
    """Long work with progress. The row is the truth; a worker that dies leaves it to the next."""

    __tablename__ = "job"
    __retention__ = "passing"
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(20), default="waiting", index=True)
    """`waiting`, `running`, `done`, `failed`, `cancelled`."""
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    trouble: Mapped[str] = mapped_column(String(300), default="")
    run_after: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Blob(RandomId, Base):
    """A stored file: where its bytes are is the blob store's business (`app/blobs.py`)."""

    __tablename__ = "blob"
    __retention__ = "register"
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(30))
    """`photo`, `certificate`, `seal`: names the retention class."""
    created_at: Mapped[datetime]


class ClockReading(Base):
    """What the clocks of one machine last showed: the wall clock against the one that never steps."""

    __tablename__ = "clock_reading"
    __retention__ = "passing"
    machine: Mapped[str] = mapped_column(String(36), primary_key=True)
    """Until it is started again: then both clocks begin anew."""
    apart_ms: Mapped[int] = mapped_column(BigInteger)
    """By how much the wall clock was ahead of the other."""
    read_ms: Mapped[int] = mapped_column(BigInteger)
    """What the other clock showed."""
    read_at: Mapped[datetime]


class ClockAlarm(RandomId, Base):
    """The wall clock stepped: by how much, seen when, acknowledged by whom."""

    __tablename__ = "clock_alarm"
    __retention__ = "exam"
    seen_at: Mapped[datetime]
    moved_ms: Mapped[int] = mapped_column(BigInteger)
    acknowledged_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    acknowledged_at: Mapped[datetime | None]
