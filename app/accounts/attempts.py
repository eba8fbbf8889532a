"""Slowing down those who guess passwords, without locking out the person whose account it is.

The rule, within each quarter of an hour:

1. A **known browser** (one this person signed in with before; a signed cookie says so) has its own
   allowance of 10 wrong tries for this account. Nothing that happens elsewhere uses it up.
2. A **known address** (this person signed in from there in the last 30 days or so) has an
   allowance of 10 for this account, shared by the browsers behind that address.
3. **Everywhere else together**: 5 wrong tries for an account, then all unknown places wait; and 100
   wrong tries from one address over all accounts, then unknown people at that address wait.

So an attacker who hammers an account makes unknown places wait, never the phone or the exam hall
where its owner signed in before; and a hall of sixty people behind one address, of whom some
mistype, is far from the limit, as only wrong tries count there. Waiting ends with the quarter of
an hour; a right password clears what counted against it. An unknown name counts like a known one.
The cost accepted: someone with many addresses gets five guesses a quarter of an hour, 480 a day.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask_babel import gettext as _

from app import throttle
from app.errors import Refusal

PERIOD = timedelta(minutes=15)
KNOWN_MOST = 10
ACCOUNT_MOST = 5
ADDRESS_MOST = 100
REMEMBERED = timedelta(days=30)
STRANGERS = "signin.account"


class TooManyTriesError(Refusal):
    """Wait; `retry_after` is in seconds."""

    status = 429

    def __init__(self, now: datetime) -> None:
        self.retry_after = throttle.seconds_left(PERIOD, now)
        minutes = -(-self.retry_after // 60)
        super().__init__(
            _(
                "试错的次数太多，请等 %(n)d 分钟再试。"
                "在以前登录过的手机或电脑上不用等。正在考试的，请举手告诉监考员。",
                n=minutes,
            )
        )


@dataclass(frozen=True)
class Place:
    """Where a try comes from: a network address, and what the browser's signed cookie says."""

    address: str
    marks: Mapping[str, str] = field(default_factory=dict)
    """Account id -> the random mark this browser got when that person signed in with it."""

    @property
    def network(self) -> str:
        """The address; of IPv6 the /64, as one household has all of it."""
        try:
            address = ipaddress.ip_address(self.address)
        except ValueError:
            return self.address
        if address.version == 4:
            return str(address)
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)


@dataclass(frozen=True)
class Allowance:
    """What a try is counted against."""

    name: str
    subject: str
    most: int

    @property
    def is_for_strangers(self) -> bool:
        """True when neither the browser nor the address is known for this account."""
        return self.name == STRANGERS


def allowance(account: str, place: Place, now: datetime) -> Allowance:
    """Return which of the three rules a try falls under. `account` is an id or an unknown name."""
    if mark := place.marks.get(account):
        return Allowance("signin.browser", f"{account}|{mark}", KNOWN_MOST)
    here = f"{account}|{place.network}"
    recent = (now, now - REMEMBERED)  # windows begin on fixed days: look into the last one too
    if any(throttle.tries("signin.from", here, REMEMBERED, moment) for moment in recent):
        return Allowance("signin.address_of", here, KNOWN_MOST)
    return Allowance(STRANGERS, account, ACCOUNT_MOST)


def count(account: str, place: Place, now: datetime) -> Allowance:
    """Count a try before the password is looked at, so that parallel guesses count too.

    Raises TooManyTriesError when the allowance is used up; then nothing is counted.
    """
    rule = allowance(account, place, now)
    if rule.is_for_strangers:
        wrong = throttle.tries("signin.address", place.network, PERIOD, now)
        if wrong >= ADDRESS_MOST:
            raise TooManyTriesError(now)
    if throttle.tries(rule.name, rule.subject, PERIOD, now) >= rule.most:
        raise TooManyTriesError(now)
    throttle.count_try(rule.name, rule.subject, PERIOD, now)
    return rule


def missed(rule: Allowance, place: Place, now: datetime) -> None:
    """Note a wrong password against the address, too, unless the place was known."""
    if rule.is_for_strangers:
        throttle.count_try("signin.address", place.network, PERIOD, now)


def succeeded(rule: Allowance, account: str, place: Place, now: datetime) -> None:
    """Clear what counted against a person who gave the right password, and know the address."""
    throttle.forget(rule.name, rule.subject)
    throttle.count_try("signin.from", f"{account}|{place.network}", REMEMBERED, now)


def limit(name: str, subject: str, most: int, now: datetime) -> None:
    """Count a try of something else (a code, a class code); raises TooManyTriesError over `most`."""
    if throttle.tries(name, subject, PERIOD, now) >= most:
        raise TooManyTriesError(now)
    throttle.count_try(name, subject, PERIOD, now)
