"""Is the person at the desk the holder: a code on the holder's phone that changes each minute.

A keyed hash of certificate, minute and whether the photo may be seen; nothing is stored. This
minute's code and the last one's are taken. Reading it opens one address that shows photo and status
for two minutes and then says that it is over. A copy of the certificate, or of its printed code,
gives none. It cannot show who holds the phone: for that the desk looks at photo and face.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

STEP = 60
"""Seconds a code stays on the phone."""
TAKEN = 2
"""Codes that are taken: this minute's and the one before, for who was slow to scan."""
SHOWN = 120
"""Seconds photo and status can be seen after the scan."""
DIGITS = 8


@dataclass(frozen=True)
class Shown:
    """What a code allows: to see the status, and the photo where the holder lets it be seen."""

    with_photo: bool


@dataclass(frozen=True)
class Window:
    """An address that a scan opened: until when, and whether with the photo."""

    seconds_left: int
    with_photo: bool


def code(certificate_id: str, now: datetime, *, with_photo: bool) -> str:
    """Return the eight digits of this minute."""
    return _digits(certificate_id, _step(now), with_photo)


def seconds_left(now: datetime) -> int:
    """Return how long this minute's code still stands on the phone: at least 1."""
    return STEP - int(now.timestamp()) % STEP


def find(certificate_id: str, typed: str, now: datetime) -> Shown | None:
    """Return what a scanned or typed code allows, or None for a wrong or old one."""
    digits = "".join(sign for sign in typed if sign.isdecimal() and sign.isascii())
    found = None
    for step in range(_step(now), _step(now) - TAKEN, -1):
        for with_photo in (True, False):
            # All are compared, whichever fits: the time tells nothing.
            if hmac.compare_digest(digits, _digits(certificate_id, step, with_photo)):
                found = Shown(with_photo)
    return found


def open_window(certificate_id: str, shown: Shown, now: datetime) -> str:
    """Return the end of an address that can be read for two minutes from now."""
    head = f"{int(now.timestamp()) + SHOWN}{'p' if shown.with_photo else 'n'}"
    return f"{head}{_mac('window', certificate_id, head).hex()[:24]}"


def find_window(certificate_id: str, end: str, now: datetime) -> Window | None:
    """Return what such an address still shows; None when it was never given or is over."""
    head, mac = end[:-24], end[-24:]
    right = _mac("window", certificate_id, head).hex()[:24]
    if not hmac.compare_digest(mac.encode(), right.encode()) or not head[:-1].isdecimal():
        return None
    left = int(head[:-1]) - int(now.timestamp())
    return Window(left, head.endswith("p")) if left > 0 else None


def _step(now: datetime) -> int:
    return int(now.timestamp()) // STEP


def _digits(certificate_id: str, step: int, with_photo: bool) -> str:
    number = int.from_bytes(_mac("code", certificate_id, f"{step}{with_photo}")[:8], "big")
    return f"{number % 10**DIGITS:0{DIGITS}}"


def _mac(use: str, certificate_id: str, text: str) -> bytes:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(
        key, f"presence {use}:{certificate_id}:{text}".encode(), hashlib.sha256
    ).digest()
