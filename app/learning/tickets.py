"""The ticket of an open lesson page: what a sign of life must bring, signed by the server.

A ticket names person, lesson, page and stretch, the number of the next sign of life and what was
counted so far, so that the usual one costs a single statement. Nobody can make one up; each is good
for one sign of life, and for none after the class has ended. It is no proof of identity: it earns
study time for its own person and does nothing else.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flask import current_app
from flask_babel import gettext as _

from app.errors import Refusal

LASTS = timedelta(hours=8)
"""A page left open longer must be loaded again."""
KEPT_OFFLINE = timedelta(days=14)
"""How long after a page was fetched time read from its copy can still be handed in."""
_SIGNATURE = 32
_FIELDS = 11


class UnknownTicket(Refusal):
    """Nobody of ours gave out this ticket, or it has run out."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("这一页的计时凭据不对或已过期，没有计时。请重新打开这一课。"))


@dataclass(frozen=True, slots=True)
class Ticket:
    """One open page of one lesson. Moments are milliseconds since 1970, by the server's clock."""

    user_id: str
    edition_id: str
    code: str
    page: str
    issued: int
    until: int
    stretch: str = ""
    """The stretch this page lengthens; empty before its first sign of life."""
    beat: int = 0
    last: int = 0
    """The last sign of life of the stretch."""
    counted: int = 0
    """Milliseconds counted in the stretch."""
    due: int = 0
    """Milliseconds of the stretch at which a person must answer; 0: nobody is asked."""

    def next(self, *, last: int, counted: int) -> Ticket:
        """Return the ticket for the next sign of life."""
        return replace(self, beat=self.beat + 1, last=last, counted=counted)


def milliseconds(moment: datetime) -> int:
    """Return milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def moment(at: int) -> datetime:
    """Return the moment of milliseconds since 1970."""
    return datetime.fromtimestamp(at / 1000, UTC)


def issue(
    user_id: str, edition_id: str, code: str, *, now: datetime, ends_at: datetime | None
) -> Ticket:
    """Return the ticket of a page that is being opened; `ends_at` is the end of the class."""
    until = now + LASTS if ends_at is None else min(now + LASTS, ends_at)
    return Ticket(
        user_id,
        edition_id,
        code,
        page=secrets.token_urlsafe(6),
        issued=milliseconds(now),
        until=milliseconds(until),
    )


def write(ticket: Ticket) -> str:
    """Return a ticket as signed text."""
    text = "|".join(
        (
            ticket.user_id,
            ticket.edition_id,
            ticket.code,
            ticket.page,
            str(ticket.issued),
            str(ticket.until),
            ticket.stretch,
            str(ticket.beat),
            str(ticket.last),
            str(ticket.counted),
            str(ticket.due),
        )
    )
    return f"{_sign(text)}|{text}"


def read(written: object) -> Ticket:
    """Return the ticket of a signed text. Raises UnknownTicket for anything else."""
    if not isinstance(written, str) or written[_SIGNATURE : _SIGNATURE + 1] != "|":
        raise UnknownTicket
    text = written[_SIGNATURE + 1 :]
    if not hmac.compare_digest(written[:_SIGNATURE].encode(), _sign(text).encode()):
        raise UnknownTicket
    part = text.split("|")
    if len(part) != _FIELDS:  # signed by a release that wrote other tickets
        raise UnknownTicket
    issued, until, beat, last, counted, due = (int(part[at]) for at in (4, 5, 7, 8, 9, 10))
    return Ticket(*_four(part), issued, until, part[6], beat, last, counted, due)


def _four(part: list[str]) -> tuple[str, str, str, str]:
    return part[0], part[1], part[2], part[3]


def _sign(text: str) -> str:
    key = _key(str(current_app.config["SECRET_KEY"]))
    return hashlib.blake2b(text.encode(), key=key, digest_size=_SIGNATURE // 2).hexdigest()


@functools.lru_cache(maxsize=4)
def _key(secret: str) -> bytes:
    return hashlib.sha256(f"study:{secret}".encode()).digest()
