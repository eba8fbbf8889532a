"""What becomes of a message at the moment of delivery: which channel, not yet, or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import messages, rulebook
from app.clock import SHANGHAI, shanghai_date
from app.messages import Way
from app.models.journal import OutboxMessage
from app.models.people import User
from app.notices import choices
from app.notices.channels import GatewayChannel, MailChannel, available
from app.notices.kinds import kind_of

messages.CHANNELS.update(
    email=MailChannel(), sms=GatewayChannel("sms"), wechat=GatewayChannel("wechat")
)


@messages.decides
def way_of(message: OutboxMessage, to: User, now: datetime) -> Way | None:
    """Decide by what the person chose, the hours that are quiet, and what this installation has."""
    kind = kind_of(message.kind)
    if not choices.wants(to.id, kind.code):
        return Way(message.channel, stopped=True)
    channel = _channel(message, to)
    if channel != "file" and not kind.at_once:
        until = quiet_until(now)
        if until is not None:
            return Way(message.channel, wait_until=until)
    return Way(channel)


def quiet_until(now: datetime) -> datetime | None:
    """Return when the quiet hours end, or None when it is not quiet now."""
    rule = rulebook.value("notice.quiet_hours", shanghai_date(now))
    begins, ends = int(rule["from"]), int(rule["until"])
    here = now.astimezone(SHANGHAI)
    quiet = (
        begins <= here.hour < ends
        if begins < ends
        else begins != ends and (here.hour >= begins or here.hour < ends)
    )
    if not quiet:
        return None
    morning = here.replace(hour=ends, minute=0, second=0, microsecond=0)
    return morning if morning > here else morning + timedelta(days=1)


def _channel(message: OutboxMessage, to: User) -> str:
    """Return the person's channel if it is there, else the first there is, else the message's own."""
    ways = available()
    if not ways or message.channel not in {"file", *ways}:
        return message.channel
    if message.kind.startswith("notice."):
        return message.channel
    row = choices.of(to.id)
    wanted = row.channel if row is not None else "sms"
    if wanted == "email" and (row is None or row.email_confirmed_at is None):
        wanted = "sms"
    if wanted in ways:
        return wanted
    return next(
        (name for name in ways if name != "email" or (row and row.email_confirmed_at)), "file"
    )
