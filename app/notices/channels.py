"""Adapters to the world: e-mail by SMTP, SMS and WeChat by a signed HTTP gateway.

Each delivers or raises; trying again is the outbox's. What a gateway is told: `id` (the same at each
try, so that it can drop repeats), `to`, `subject`, `text`, `kind`. The body is signed with
HMAC-SHA256 over time and body, so that a gateway can refuse what is forged or replayed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import smtplib
import ssl
import urllib.request
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import make_msgid
from http.client import HTTPMessage
from typing import IO
from urllib.parse import urlsplit

from flask import current_app

from app import clock
from app.config import Gateway, NoticeSettings, Settings
from app.models.journal import OutboxMessage
from app.models.people import User
from app.notices import choices

TIMEOUT_SECONDS = 10
MOST_ANSWER_BYTES = 65_536


class NotDeliveredError(Exception):
    """A gateway answered and did not take the message."""


class NoAddressError(Exception):
    """The person has no address for this channel."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A signed body goes where the settings say and nowhere else."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        """Follow none."""


_opener = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))


def settings() -> NoticeSettings:
    """Return the settings of this installation's ways out."""
    whole: Settings = current_app.config["PEIZHEN"]
    return whole.notices


def available() -> list[str]:
    """Return the channels that this installation has, in the order they are offered."""
    here = settings()
    ways = (("sms", here.sms.url), ("wechat", here.wechat.url), ("email", here.smtp_host))
    return [name for name, address in ways if address]


class MailChannel:
    """E-mail, to the address that the person has confirmed (or is just confirming)."""

    def deliver(self, message: OutboxMessage, to: User) -> None:
        """Send one mail. Raises NoAddressError and whatever smtplib raises."""
        address = choices.mail_address(to, even_unconfirmed=message.kind.startswith("notice."))
        if not address:
            raise NoAddressError
        here = settings()
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = here.mail_from, address, message.subject
        domain = here.mail_from.rpartition("@")[2].rstrip(">")
        mail["Message-ID"] = f"<{message.id}@{domain}>" if domain else make_msgid()
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        with _smtp(here) as server:
            if here.smtp_user:
                server.login(here.smtp_user, here.smtp_password)
            server.send_message(mail)


def _smtp(here: NoticeSettings) -> smtplib.SMTP:
    """Open a connection as the settings say; the certificate is checked."""
    context = ssl.create_default_context()
    if here.smtp_tls == "tls":
        return smtplib.SMTP_SSL(
            here.smtp_host, here.smtp_port, timeout=TIMEOUT_SECONDS, context=context
        )
    server = smtplib.SMTP(here.smtp_host, here.smtp_port, timeout=TIMEOUT_SECONDS)
    if here.smtp_tls == "starttls":
        server.starttls(context=context)
    return server


class GatewayChannel:
    """SMS or WeChat, by one kind of gateway: which, its address says."""

    def __init__(self, name: str) -> None:
        self.name = name

    def deliver(self, message: OutboxMessage, to: User) -> None:
        """Post one message. Raises NoAddressError, NotDeliveredError, OSError and the like."""
        gateway: Gateway = getattr(settings(), self.name)
        # WeChat is addressed by our own random id; which openid that is, the gateway knows, where
        # the person connected it. A phone number is not given to it.
        address = to.phone if self.name == "sms" else to.id
        if not gateway.url or not address:
            raise NoAddressError
        post(
            gateway,
            {
                "id": message.id,
                "to": address,
                "subject": message.subject,
                "text": message.text,
                "kind": message.kind,
            },
        )


def post(gateway: Gateway, said: Mapping[str, str]) -> None:
    """Send a signed body; only an answer 2xx with `{"accepted": true}` counts as taken."""
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    at = str(int(clock.now().timestamp()))
    if urlsplit(gateway.url).scheme not in {"https", "http"}:
        raise NotDeliveredError
    request = urllib.request.Request(  # noqa: S310 — the scheme was just looked at
        gateway.url,
        data=body,
        method="POST",
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "X-Peizhen-Key": gateway.key_id,
            "X-Peizhen-Time": at,
            "X-Peizhen-Signature": signature(gateway.secret, at, body),
        },
    )
    with _opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
        said_back = answer.read(MOST_ANSWER_BYTES)
        if not 200 <= answer.status < 300:
            raise NotDeliveredError
    try:
        accepted = json.loads(said_back).get("accepted") is True
    except (ValueError, AttributeError) as error:
        raise NotDeliveredError from error
    if not accepted:
        raise NotDeliveredError


def signature(secret: str, at: str, body: bytes) -> str:
    """Return the hex HMAC-SHA256 of time, line feed and body."""
    return hmac.new(secret.encode(), at.encode() + b"\n" + body, hashlib.sha256).hexdigest()
