"""The public check: what a stranger who holds a certificate or its number may know about it.

By the printed address (80 random bits) the whole printed name and, with consent, the photo; by
number and surname the name with one character hidden and no photo. Never an identity number. The
verdict is worked out anew at each request. Who asks is not recorded.

The photo is shown while the person may still turn up at somebody's door on this certificate
(valid, renewal due, suspended); once it has ended for good there is no purpose left for a face.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app import rulebook, throttle
from app.awards import standing
from app.errors import Refusal
from app.extensions import db
from app.models.awards import Certificate
from app.models.people import Consent
from app.models.scheme import DatedSetting, Scheme
from app.proposals import PROPOSALS
from certificates import numbers, qr
from certificates.numbers import NumberError, NumberFormat
from certificates.verdict import NOT_FOUND, Status, Verdict

PHOTO_STATES = frozenset({Status.VALID, Status.DUE, Status.SUSPENDED})


class TooManyChecks(Refusal):
    """Too many wrong addresses or numbers came from one place."""

    status = 429

    def __init__(self, seconds: int) -> None:
        self.retry_after = seconds
        super().__init__(
            _(
                "从您这里查错的次数太多，请等 %(n)d 秒再查。扫有效证书上的二维码不受影响。",
                n=seconds,
            )
        )


@dataclass(frozen=True)
class Limit:
    """How many misses one network address has in a period."""

    name: str
    most: int
    period: timedelta


# A random address cannot be guessed, so its limit only spares the database; a number can be
# counted up and surnames are few, so that route allows a family's slips and no more.
BY_ADDRESS = Limit("check.address", 30, timedelta(minutes=1))
BY_NUMBER = Limit("check.number", 20, timedelta(minutes=15))


def refuse_if_throttled(limit: Limit, network: str, now: datetime) -> None:
    """Raise TooManyChecks when one place has used up its misses."""
    if throttle.tries(limit.name, network, limit.period, now) >= limit.most:
        raise TooManyChecks(throttle.seconds_left(limit.period, now))


def count_miss(limit: Limit, network: str, now: datetime) -> None:
    """Count a miss; needs a writing transaction, the caller commits."""
    throttle.count_try(limit.name, network, limit.period, now)


@dataclass(frozen=True)
class Answer:
    """What the check page shows of one certificate."""

    verdict: Verdict
    printed: dict[str, Any]
    name: str
    shows_photo: bool
    may: tuple[dict[str, str], ...]
    may_not: tuple[dict[str, str], ...]


def find_by_token(text: str) -> Certificate | None:
    """Return the certificate with this address; a text that cannot be one costs the same query."""
    return _find(Certificate.token == (qr.find_token(text) or ""))


def find_by_number(number: str, surname: str) -> Certificate | None:
    """Return the certificate with this number, if the surname is its holder's."""
    found = _find(Certificate.number == number)
    if found is None or not matches_surname(found.printed, surname):
        return None
    return found


def _find(condition: Any) -> Certificate | None:
    return db.session.scalar(
        select(Certificate).where(condition).options(lazyload(Certificate.user))
    )


def answer(certificate: Certificate, now: datetime, *, by_address: bool) -> Answer | None:
    """Return what may be shown now, or None for a certificate that is not in force yet."""
    verdict = standing.verdict_now(certificate, now)
    if verdict.code is NOT_FOUND.code:
        return None
    body = db.session.scalars(select(Scheme.body).where(Scheme.id == certificate.scheme_id)).one()
    name = certificate.printed["name"]
    return Answer(
        verdict=verdict,
        printed=certificate.printed,
        name=name if by_address else with_one_hidden(name),
        shows_photo=by_address and may_show_photo(certificate, verdict),
        may=tuple(body.get("may", ())),
        may_not=tuple(body.get("may_not", ())),
    )


def may_show_photo(certificate: Certificate, verdict: Verdict) -> bool:
    """Tell whether the photo may be seen now: printed on the paper, and consent standing today."""
    if certificate.photo_blob_id is None or verdict.code not in PHOTO_STATES:
        return False
    consent = select(Consent.id).where(
        Consent.user_id == certificate.user_id,
        Consent.kind == "photo_public",
        Consent.withdrawn_at.is_(None),
    )
    return db.session.scalar(consent.limit(1)) is not None


def parse_number(text: str, on: date) -> str:
    """Read a typed number in any format that was ever in force; returns it as stored.

    Raises NumberError, in the words of today's format.
    """
    name = "certificate.number_format"
    today = rulebook.value(name, on)
    former = db.session.scalars(select(DatedSetting.value).where(DatedSetting.name == name)).all()
    trouble: NumberError | None = None
    for rule in (today, *former, PROPOSALS[name].value):
        try:
            return str(numbers.parse(text, NumberFormat(rule["prefix"], rule["serial_digits"])))
        except NumberError as error:
            trouble = trouble or error
    assert trouble is not None  # noqa: S101 — at least one format was tried
    raise trouble


def matches_surname(printed: dict[str, Any], typed: str) -> bool:
    """Tell whether a typed surname (or whole name) is the printed holder's.

    Chinese names begin with the surname, of one or two characters; in Latin letters any part of
    the name counts, because people differ about which is the surname.
    """
    wanted = _plain(typed)
    if not wanted:
        return False
    name, latin = _plain(printed["name"]), _plain(printed["name_latin"])
    if wanted in {name, latin} or wanted in {*name.split(), *latin.split()}:
        return True
    return not wanted.isascii() and len(wanted) <= 2 and name.startswith(wanted)


def with_one_hidden(name: str) -> str:
    """Hide the middle character of a Chinese name (林＊秋); of Latin names leave the initials."""
    if any(sign.isascii() and sign.isalpha() for sign in name):
        return " ".join(f"{part[0]}＊" for part in name.split())
    middle = len(name) // 2
    return f"{name[:middle]}＊{name[middle + 1 :]}"


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
