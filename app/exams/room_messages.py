"""A sentence from the invigilator on the candidates' screens: to the room, to those ticked, to one.

One way: a candidate answers by raising a hand. What was sent stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Connection, bindparam, or_, select

from app import audit
from app.errors import Refusal
from app.exams.quick import Touched
from app.extensions import db
from app.formatting import UNPRINTABLE
from app.models.exams import Attempt, Sitting
from app.models.people import User
from app.models.room import RoomMessage

LONGEST = 300
DOUBLE_CLICK = timedelta(seconds=30)
TO_ATTEMPT = (
    select(RoomMessage.id, RoomMessage.text, RoomMessage.at)
    .where(
        RoomMessage.sitting_id == bindparam("sitting"),
        or_(RoomMessage.attempt_id.is_(None), RoomMessage.attempt_id == bindparam("attempt")),
    )
    .order_by(RoomMessage.at, RoomMessage.id)
)


class MessageRefused(Refusal):
    """There is nothing to send, or nobody to send it to."""


def send(
    sitting: Sitting,
    attempts: Sequence[Attempt] | None,
    text: str,
    *,
    actor: User,
    now: datetime,
) -> None:
    """Send a sentence to some candidates, or with `attempts` None to everyone in the sitting.

    Whoever starts later reads what was said to everyone. Raises MessageRefused for no words, too
    many, nobody, or the same once more within half a minute.
    """
    text = " ".join(UNPRINTABLE.sub("", text).split())
    if not text or len(text) > LONGEST:
        raise MessageRefused(_("留言要写 1 到 %(n)d 个字。", n=LONGEST))
    receivers = [None] if attempts is None else [one.id for one in attempts]
    if not receivers:
        raise MessageRefused(_("没有选中正在作答的考生，留言没有发出。"))
    if _said_just_now(sitting, receivers[0], text, actor, now):
        raise MessageRefused(_("半分钟内刚发过同样的话，没有再发一次。"))
    for receiver in receivers:
        row = RoomMessage(
            sitting_id=sitting.id, attempt_id=receiver, text=text, by_id=actor.id, at=now
        )
        db.session.add(row)
        audit.record("room.message_sent", row, actor=actor, now=now, attempt=receiver)


def _said_just_now(
    sitting: Sitting, receiver: str | None, text: str, actor: User, now: datetime
) -> bool:
    same = select(RoomMessage.id).where(
        RoomMessage.sitting_id == sitting.id,
        RoomMessage.attempt_id == receiver if receiver else RoomMessage.attempt_id.is_(None),
        RoomMessage.text == text,
        RoomMessage.by_id == actor.id,
        RoomMessage.at > now - DOUBLE_CLICK,
    )
    return db.session.scalar(same.limit(1)) is not None


def to_attempt(attempt: Touched, on: Connection | None = None) -> list[dict[str, Any]]:
    """Return what a candidate's page shows, the oldest first: one small query.

    `on`: the connection of an exchange that goes without the session.
    """
    values = {"sitting": attempt.sitting_id, "attempt": attempt.id}
    rows = (on or db.session.connection()).execute(TO_ATTEMPT, values)
    return [{"id": row.id, "text": row.text, "at": int(row.at.timestamp() * 1000)} for row in rows]


def sent(sitting: Sitting, most: int = 30) -> list[RoomMessage]:
    """Return what was sent in a sitting, the latest first."""
    return list(
        db.session.scalars(
            select(RoomMessage)
            .where(RoomMessage.sitting_id == sitting.id)
            .order_by(RoomMessage.at.desc(), RoomMessage.id)
            .limit(most)
        )
    )
