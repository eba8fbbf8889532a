"""Messages to people: written to an outbox in the acting transaction, delivered by the worker.

The adapter is chosen by the setting `MESSAGE_CHANNEL`; the file sink of development and the
demonstration appends to `outbox.jsonl` in the data folder. Text may name the person it goes to and
nobody else.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Protocol

from flask import current_app
from sqlalchemy import select

from app.config import Settings
from app.extensions import db
from app.models.journal import OutboxMessage
from app.models.people import User

MOST_ATTEMPTS = 6


class Channel(Protocol):
    """Something that can deliver a message, or raise."""

    def deliver(self, message: OutboxMessage, to: User) -> None:
        """Deliver, or raise any exception: it will be tried again."""


class FileChannel:
    """Appends each message as a line of JSON: for development, tests and the demonstration."""

    def deliver(self, message: OutboxMessage, to: User) -> None:
        """Append one line."""
        settings: Settings = current_app.config["PEIZHEN"]
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        line = {"id": message.id, "to": to.id, "subject": message.subject, "text": message.text}
        with (settings.data_dir / "outbox.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


CHANNELS: dict[str, Channel] = {"file": FileChannel()}


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


def deliver_waiting(now: datetime, most: int = 50) -> int:
    """Deliver what waits, each in a transaction of its own. Returns how many were delivered.

    A message can be delivered twice when the process dies between delivery and commit; never not
    at all. Failures are tried again after growing pauses, then marked `failed`.
    """
    waiting = (
        select(OutboxMessage.id)
        .where(OutboxMessage.state == "waiting", OutboxMessage.send_after <= now)
        .order_by(OutboxMessage.created_at)
        .limit(most)
    )
    delivered = 0
    for message_id in db.session.scalars(waiting).all():
        message = db.session.get(OutboxMessage, message_id)
        to = db.session.get(User, message.user_id) if message else None
        if message is None or to is None:
            continue
        message.attempts += 1
        try:
            CHANNELS[message.channel].deliver(message, to)
        except Exception as error:  # whatever an adapter raises, the message stays
            message.trouble = type(error).__name__
            message.send_after = now + timedelta(minutes=2**message.attempts)
            if message.attempts >= MOST_ATTEMPTS:
                message.state = "failed"
        else:
            message.state, message.sent_at = "sent", now
            delivered += 1
        db.session.commit()
    return delivered
