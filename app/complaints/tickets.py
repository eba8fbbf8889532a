"""The form's ticket: tells a person who read the form from a robot that only posts, and a second click
from a second complaint.

Signed, with a random nonce and the moment the form was shown. Too quick or too old is never a loss:
the form comes back with everything typed and a new ticket. The receipt code is derived from the
nonce, so that the same form sent again shows the same code. Deliberately no puzzle, no picture.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

LEAST = timedelta(seconds=2)
MOST = timedelta(hours=24)
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_SIGNS = 10  # 31 signs each: 49 bits, looked up with a throttle


class StaleTicket(Exception):  # noqa: N818 — an outcome: the form is shown again
    """The ticket is forged, too young or too old."""


def new(now: datetime) -> str:
    """Return a ticket for a form that is shown now."""
    return str(_serializer().dumps([secrets.token_hex(16), int(now.timestamp())]))


def nonce(ticket: str, now: datetime) -> str:
    """Return the nonce of a ticket that was shown a plausible while ago. Raises StaleTicket."""
    found, age = _read(ticket, now)
    if not LEAST <= age <= MOST:
        raise StaleTicket
    return found


def kept_or_new(ticket: str | None, now: datetime) -> str:
    """Return the ticket for a form that is shown again: it grows older, so that waiting helps."""
    try:
        _found, age = _read(ticket or "", now)
    except StaleTicket:
        return new(now)
    return ticket if ticket and age < MOST / 2 else new(now)


def _read(ticket: str, now: datetime) -> tuple[str, timedelta]:
    try:
        found, shown = _serializer().loads(ticket)
        return str(found), now - datetime.fromtimestamp(int(shown), UTC)
    except (BadSignature, ValueError, TypeError) as error:
        raise StaleTicket from error


def receipt_code(found: str) -> str:
    """Return the receipt code that belongs to a nonce."""
    digest = hmac.new(_secret(), b"receipt:" + found.encode(), hashlib.sha256).digest()
    number, signs = int.from_bytes(digest, "big"), []
    for _place in range(CODE_SIGNS):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return "".join(signs)


def grouped(code: str) -> str:
    """Return a code in groups that can be read to somebody on the phone."""
    return f"{code[:3]} {code[3:6]} {code[6:]}"


def plain(code: str) -> str:
    """Return a typed code as it was given: without spaces and dashes, in small letters."""
    return "".join(sign for sign in code.lower() if sign.isalnum())


def _secret() -> bytes:
    return str(current_app.config["SECRET_KEY"]).encode()


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(_secret(), salt="complaint form")
