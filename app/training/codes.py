"""The code on the instructor's screen: another one every few seconds, nothing stored.

A code is a keyed hash of the half day, the direction and the time step. The current step and the one
before are taken, so a photographed code is worthless within seconds. Reading one in time gives a
ticket, bound to person and device, with which the page signs: looking at a page must not sign.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

IN, OUT = "in", "out"
KINDS = (IN, OUT)
SIGNS = 12
"""Signs of base32: 60 bits, of which nobody guesses one in ten seconds."""
TICKET_LASTS = timedelta(seconds=60)


def code(meeting_id: str, kind: str, now: datetime, seconds: int) -> str:
    """Return the code of a half day at a moment."""
    return _code(meeting_id, kind, _step(now, seconds))


def seconds_left(now: datetime, seconds: int) -> float:
    """Return in how many seconds the next code comes."""
    return seconds - now.timestamp() % seconds


def find_kind(meeting_id: str, typed: str, now: datetime, seconds: int) -> str | None:
    """Return what a code is for, `in` or `out`; None when it is none, or no longer one."""
    step = _step(now, seconds)
    for kind in KINDS:
        for back in (0, 1):
            if hmac.compare_digest(_code(meeting_id, kind, step - back), typed.lower()):
                return kind
    return None


def make_ticket(meeting_id: str, kind: str, user_id: str, device: str, now: datetime) -> str:
    """Return what lets this person sign on this device within a minute."""
    return str(_signer().dumps([meeting_id, kind, user_id, device, now.timestamp()]))


def read_ticket(ticket: str, meeting_id: str, user_id: str, device: str, now: datetime) -> str:
    """Return the direction of a ticket; empty when it is not this person's, here and now."""
    try:
        told: list[Any] = _signer().loads(ticket)
    except BadSignature:
        return ""
    meeting, kind, user, made_on, made_at = told
    fresh = timedelta(0) <= now - datetime.fromtimestamp(made_at, now.tzinfo) <= TICKET_LASTS
    fits = (meeting, user, made_on) == (meeting_id, user_id, device)
    return str(kind) if fits and fresh else ""


def _step(now: datetime, seconds: int) -> int:
    return int(now.timestamp() // seconds)


def _code(meeting_id: str, kind: str, step: int) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    text = f"sign-in code:{meeting_id}:{kind}:{step}".encode()
    digest = hmac.new(secret, text, hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:SIGNS].lower()


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="sign-in-ticket")
