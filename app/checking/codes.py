"""What somebody scanned or typed: our address, well or badly copied, or something else altogether.

Pure. A slip is told from the shape of the text alone, which says nothing about the register.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from certificates import qr

LENGTH = 16
_EDGES = " \t\r\n\0.,;:!?\"'()<>[]{}、。，；：！？“”‘’（）《》【】…\u200b\ufeff"
_NEVER = frozenset("0189")
"""Not among the 32 signs of our addresses, because they look like o, l, b and g."""
_AFTER = re.compile(r"/[cC]/([^/?#]*)(/now/(\d{8}))?")
_LONGEST_SHOWN = 60


class Slip(StrEnum):
    """What is wrong with the end of an address of ours."""

    SHORT = "short"
    LONG = "long"
    LOOK_ALIKE = "look_alike"
    STRANGE = "strange"


@dataclass(frozen=True)
class End:
    """The end of a printed address: the token, or what kept it from being one."""

    token: str | None
    slip: Slip | None = None
    length: int = LENGTH


@dataclass(frozen=True)
class Scanned:
    """What a code holds: a path of this site to go to, or a foreign host, or just text."""

    path: str = ""
    host: str = ""
    text: str = ""


def read_end(text: str) -> End:
    """Read the end of an address as people and programs copy it: in capitals, with a full stop."""
    plain = unicodedata.normalize("NFKC", text).strip(_EDGES).lower()
    token = qr.find_token(plain)
    if token:
        return End(token)
    if _NEVER & set(plain) and plain.isascii() and plain.isalnum():
        return End(None, Slip.LOOK_ALIKE, len(plain))
    if not (plain.isascii() and plain.isalnum()):
        return End(None, Slip.STRANGE, len(plain))
    return End(None, Slip.SHORT if len(plain) < LENGTH else Slip.LONG, len(plain))


def read_scanned(text: str, ours: Collection[str]) -> Scanned:
    """Tell what a scanned code, or a typed address, leads to. `ours` are hosts, in lower case."""
    plain = unicodedata.normalize("NFKC", text).strip(_EDGES)
    host, path = _host_and_path(plain)
    if not host:
        end = qr.find_token(plain)
        return Scanned(path=f"/c/{end}") if end else Scanned(text=plain[:_LONGEST_SHOWN])
    found = _AFTER.search(path)
    if host not in ours or not found:
        return Scanned(host=host[:_LONGEST_SHOWN])
    end = qr.find_token(found[1]) or found[1][:40]
    return Scanned(path=f"/c/{end}/now/{found[3]}" if found[3] else f"/c/{end}")


def _host_and_path(plain: str) -> tuple[str, str]:
    """Return host and path of an address, also of one without `https://`; else nothing."""
    try:
        parts = urlsplit(plain if "://" in plain else f"//{plain}")
        host = parts.netloc.lower()
    except ValueError:
        return "", ""
    looks_like_one = (
        "://" in plain or ("/" in plain and "." in host) or host.startswith("localhost")
    )
    if not looks_like_one or not host or " " in host:
        return "", ""
    return host.rpartition("@")[2], parts.path
