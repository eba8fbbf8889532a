"""Keys of hospitals' systems: issued and withdrawn by the registrar, told apart by a hash alone.

A key is shown once. It holds 256 random bits, so SHA-256 is enough to keep it by: there is nothing to
guess, and looking one up costs one index. Limits hold for each key by itself.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, rulebook, throttle
from app.clock import DOUBLE_CLICK, shanghai_date
from app.extensions import db
from app.hospitals.refusing import ListRefused, UsedUp
from app.models.hospitals import HospitalKey
from app.models.people import User

PREFIX = "pzk_"
SHOWN = 12
SCOPES = ("status", "dates")
LONGEST = timedelta(days=366 * 2)
SEEN = timedelta(minutes=5)
"""How exact “last used” is: it is written no more often."""
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def issue(
    holder: str,
    purpose: str,
    scopes: Sequence[str],
    valid_until: date,
    *,
    actor: User,
    now: datetime,
) -> tuple[HospitalKey, str]:
    """Issue a key; return its row and the key itself, which is not kept. Raises ListRefused.

    The same asked for again at once takes the place of the first, if that was never used.
    """
    today = shanghai_date(now)
    if not today <= valid_until <= today + LONGEST:
        raise ListRefused(_("到期日要在今天到两年以内。到期前可以再发一把新的。"))
    if "status" not in scopes or not set(scopes) <= set(SCOPES):
        raise ListRefused(_("请至少选“查状态”。"))
    key = PREFIX + secrets.token_urlsafe(32)
    asked = HospitalKey(
        holder=holder.strip(),
        purpose=purpose.strip(),
        scopes=[one for one in SCOPES if one in scopes],
        valid_until=valid_until,
        issued_by_id=actor.id,
        issued_at=now,
    )
    row = _issued_at_once(asked) or asked
    row.key_hash, row.shown = _hash(key), key[:SHOWN]
    db.session.add(row)
    audit.record("hospital_key.issued", row, actor=actor, now=now, scopes=list(row.scopes))
    return row, key


def _issued_at_once(asked: HospitalKey) -> HospitalKey | None:
    db.session.execute(select(User.id).where(User.id == asked.issued_by_id).with_for_update())
    recent = select(HospitalKey).where(
        HospitalKey.holder == asked.holder,
        HospitalKey.purpose == asked.purpose,
        HospitalKey.valid_until == asked.valid_until,
        HospitalKey.issued_by_id == asked.issued_by_id,
        HospitalKey.issued_at > asked.issued_at - DOUBLE_CLICK,
        HospitalKey.withdrawn_at.is_(None),
        HospitalKey.last_used_at.is_(None),
    )
    return next((row for row in db.session.scalars(recent) if row.scopes == asked.scopes), None)


def withdraw(row: HospitalKey, reason: str, *, actor: User, now: datetime) -> None:
    """Withdraw a key: the next request with it is refused. Raises ListRefused."""
    if row.withdrawn_at is not None:
        raise ListRefused(_("这把密钥已经收回了。"))
    if not reason.strip():
        raise ListRefused(_("请写明为什么收回。"))
    row.withdrawn_by_id, row.withdrawn_at = actor.id, now
    row.withdrawn_reason = reason.strip()[:200]
    audit.record("hospital_key.withdrawn", row, actor=actor, now=now)


def find(key: str, now: datetime) -> HospitalKey | None:
    """Return the key's row if it is taken today: unknown, withdrawn and ended are all alike."""
    row = db.session.scalar(select(HospitalKey).where(HospitalKey.key_hash == _hash(key)))
    if row is None or row.withdrawn_at is not None or shanghai_date(now) > row.valid_until:
        return None
    return row


def count_use(row: HospitalKey, numbers: int, now: datetime) -> None:
    """Count a request and its numbers against a key's limits; the caller commits. Raises UsedUp."""
    today = shanghai_date(now)
    if throttle.count_try("hospital.request", row.id, MINUTE, now) > rulebook.value(
        "hospital.requests_a_minute", today
    ):
        seconds = throttle.seconds_left(MINUTE, now)
        raise UsedUp(_("这把密钥一分钟内问得太多，请等 %(n)d 秒。", n=seconds), seconds)
    count_numbers(row.id, numbers, now)
    if row.last_used_at is None or now - row.last_used_at >= SEEN:
        row.last_used_at = now


def count_numbers(subject: str, numbers: int, now: datetime) -> None:
    """Count numbers looked up against the limit of a day. Raises UsedUp."""
    most = rulebook.value("hospital.numbers_a_day", shanghai_date(now))
    if throttle.tries("hospital.numbers", subject, DAY, now) + numbers > most:
        seconds = throttle.seconds_left(DAY, now)
        raise UsedUp(_("一天最多查 %(n)d 个编号，今天的已经用完。", n=most), seconds)
    throttle.count_try("hospital.numbers", subject, DAY, now, by=numbers)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
