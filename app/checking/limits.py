"""Slowing down those who guess, without locking out a hospital behind one address.

Only misses count, by network address (of IPv6 the /64), in hashed keys:

1. **By the printed address** nothing can be guessed (80 random bits). Whoever misses very often in a
   minute waits, so that the count itself does not load the database; a code that is in the register
   is answered all the same.
2. **By number** serials can be counted up and surnames are few. After `NETWORK_MISSES` from one
   network, or `NUMBER_MISSES` for one number from anywhere, the surname is no longer enough: the
   whole name is asked for. A desk has it in front of itself, somebody who counts up numbers has not.
   Whether there is such a number plays no part, so that the question gives nothing away.
3. Far beyond that (`MOST_MISSES`) a network waits on the route by number; scanning goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from app import throttle
from app.errors import Refusal

QUARTER = timedelta(minutes=15)
NETWORK_MISSES = 20
NUMBER_MISSES = 6
MOST_MISSES = 400


class TooManyChecks(Refusal):
    """Too many misses came from one place."""

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
    """How many misses one place has in a period."""

    name: str
    most: int
    period: timedelta


BY_ADDRESS = Limit("check.address", 120, timedelta(minutes=1))
BY_NUMBER = Limit("check.number", MOST_MISSES, QUARTER)
OF_NUMBER = Limit("check.of_number", NUMBER_MISSES, QUARTER)
PHOTOS = Limit("check.photo", 200, QUARTER)
FILES = Limit("check.file", 200, QUARTER)
CARDS = Limit("check.card", 60, QUARTER)
"""Wrong codes of the moment for one certificate: of eight digits, so 60 tries find nothing."""
REPORTS = Limit("check.report", 20, timedelta(hours=1))


def refuse_if_throttled(limit: Limit, place: str, now: datetime) -> None:
    """Raise TooManyChecks when one place has used up its misses."""
    if throttle.tries(limit.name, place, limit.period, now) >= limit.most:
        raise TooManyChecks(throttle.seconds_left(limit.period, now))


def count(limit: Limit, place: str, now: datetime) -> None:
    """Count one miss, or one use; needs a writing transaction, the caller commits."""
    throttle.count_try(limit.name, place, limit.period, now)


def wants_whole_name(network: str, number: str, now: datetime) -> bool:
    """Tell whether the surname alone is no longer enough here, or for this number."""
    here = throttle.tries(BY_NUMBER.name, network, QUARTER, now)
    of_it = throttle.tries(OF_NUMBER.name, number, QUARTER, now)
    return here >= NETWORK_MISSES or of_it >= NUMBER_MISSES
