"""Messages to people: written to an outbox in the acting transaction, delivered by the worker.

How a person is reached, what they stopped and when it is quiet is decided at delivery by who has
registered with `decides` (`app/notices`); an installation without any gateway writes to a file: the
sink of development and of the demonstration, `outbox.jsonl` in the data folder. Text may name the
person it goes to and nobody else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import jobs
from app.config import Settings
from app.extensions import db, insert_rows, reading_only
from app.models.journal import OutboxMessage
from app.models.people import User

MOST_ATTEMPTS = 6
CLAIM = timedelta(minutes=5)
"""How long a worker has a message to itself; it lets it go when it dies."""


class Channel(Protocol):
    """Something that can deliver a message, or raise."""

    def deliver(self, message: OutboxMessage, to: User) -> None:
        """Deliver, or raise any exception: it will be tried again. No transaction is open."""


class FileChannel:
    """Appends each message as a line of JSON: for development, tests and the demonstration."""

    def deliver(self, message: OutboxMessage, to: User) -> None:
        """Append one line."""
        settings: Settings = current_app.config["PEIZHEN"]
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        line = {"id": message.id, "to": to.id, "subject": message.subject, "text": message.text}
        with (settings.data_dir / "outbox.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


@dataclass(frozen=True)
class Way:
    """What is to become of a message now: by which channel; not yet; or not at all."""

    channel: str
    wait_until: datetime | None = None
    stopped: bool = False


Decider = Callable[[OutboxMessage, User, datetime], Way | None]
CHANNELS: dict[str, Channel] = {"file": FileChannel()}
_deciders: list[Decider] = []


def decides(function: Decider) -> Decider:
    """Register who says how a message goes; None leaves it to the message's own channel."""
    _deciders.append(function)
    return function


def send(to: User, kind: str, subject: str, text: str, *, now: datetime) -> OutboxMessage:
    """Put a message into the outbox; it leaves after the acting transaction has committed."""
    message = OutboxMessage(
        user_id=to.id,
        kind=kind,
        subject=subject,
        text=text,
        channel=str(current_app.config.get("MESSAGE_CHANNEL", "file")),
        created_at=now,
        send_after=now,
    )
    db.session.add(message)
    return message


def send_each(kind: str, said: Sequence[tuple[str, str, str]], *, now: datetime) -> None:
    """Put messages of one kind into the outbox with one statement: (to whom, subject, text)."""
    channel = str(current_app.config.get("MESSAGE_CHANNEL", "file"))
    same = {"kind": kind, "channel": channel, "created_at": now, "send_after": now}
    insert_rows(
        OutboxMessage,
        [{"user_id": to, "subject": subject, "text": text, **same} for to, subject, text in said],
    )


@jobs.every(5, "messages.deliver")
def deliver_waiting(now: datetime, most: int = 50) -> int:
    """Deliver what waits. Returns how many were delivered.

    Each message is claimed, delivered without any transaction (a gateway may be slow, and everybody's
    saves would wait), then settled. It can be delivered twice when the process dies between delivery
    and commit; never not at all. Failures are tried again after growing pauses, then marked `failed`.
    """
    waiting = (
        select(OutboxMessage.id)
        .where(OutboxMessage.state == "waiting", OutboxMessage.send_after <= now)
        .order_by(OutboxMessage.created_at)
        .limit(most)
    )
    with reading_only():
        ids = db.session.scalars(waiting).all()
        db.session.rollback()
    return sum(_deliver(message_id, now) for message_id in ids)


def _deliver(message_id: str, now: datetime) -> bool:
    claimed = _claim(message_id, now)
    if claimed is None:
        return False
    message, to, channel = claimed
    trouble = ""
    try:
        CHANNELS[channel].deliver(message, to)
    except Exception as error:  # whatever an adapter raises, the message stays
        trouble = type(error).__name__
    row = db.session.get_one(OutboxMessage, message_id)
    if trouble:
        row.trouble = trouble
        row.send_after = now + timedelta(minutes=2**row.attempts)
        row.state = "failed" if row.attempts >= MOST_ATTEMPTS else "waiting"
    else:
        row.state, row.sent_at, row.send_after = "sent", now, now
    db.session.commit()
    return not trouble


def _claim(message_id: str, now: datetime) -> tuple[OutboxMessage, User, str] | None:
    """Take one message for delivery; None when another worker has it, or it goes later or never."""
    due = (OutboxMessage.state == "waiting") & (OutboxMessage.send_after <= now)
    message = db.session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.id == message_id, due)
        .with_for_update(skip_locked=True)
    )
    to = db.session.get(User, message.user_id) if message else None
    if message is None or to is None:
        db.session.rollback()
        return None
    way = next(filter(None, (decide(message, to, now) for decide in _deciders)), None)
    channel = way.channel if way else message.channel
    if way and (way.stopped or way.wait_until):
        message.state = "stopped" if way.stopped else "waiting"
        message.trouble = "StoppedByPerson" if way.stopped else ""
        message.send_after = way.wait_until or now
        db.session.commit()
        return None
    to_id = to.id
    message.attempts, message.channel = message.attempts + 1, channel
    message.send_after = now + CLAIM
    db.session.commit()
    # Rows of a session of their own: looking at them must not open a transaction meanwhile.
    with reading_only(), Session(db.engine) as apart:
        return apart.get_one(OutboxMessage, message_id), apart.get_one(User, to_id), channel
