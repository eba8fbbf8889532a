"""Messages that did not leave: send again, or stop."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit
from app.errors import Refusal
from app.extensions import db
from app.models.journal import OutboxMessage
from app.models.people import User


class NotWaitingError(Refusal):
    """The message is not in a state in which this makes sense."""


def counts() -> dict[str, int]:
    """Return how many messages are in each state."""
    rows = db.session.execute(
        select(OutboxMessage.state, func.count().label("number")).group_by(OutboxMessage.state)
    )
    return {row.state: row.number for row in rows}


def send_again(message: OutboxMessage, *, actor: User, now: datetime) -> None:
    """Put a failed or stopped message back among those that wait. Raises NotWaitingError."""
    if message.state not in {"failed", "stopped"}:
        raise NotWaitingError(_("这条消息没有停下：它已经发出，或正等着发送。不用重发。"))
    message.state, message.attempts, message.send_after = "waiting", 0, now
    audit.record("message.sent_again", message, actor=actor, now=now, kind=message.kind)


def stop(message: OutboxMessage, *, actor: User, now: datetime) -> None:
    """Stop trying to deliver a message. Raises NotWaitingError."""
    if message.state not in {"waiting", "failed"}:
        raise NotWaitingError(_("这条消息已经发出或已经停止，没有可停的。"))
    message.state = "stopped"
    audit.record("message.stopped", message, actor=actor, now=now, kind=message.kind)
