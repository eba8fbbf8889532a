"""Reminders before a certificate runs out: so many days before, each once, through the outbox.

Days are a dated setting. Where several are due at once (the worker stood still, the certificate was
brought in late), only the nearest is sent and the others count as passed. Whoever stopped this
kind of message gets none; that is the outbox's to decide. Renewal itself is not here.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app import jobs, messages, rulebook
from app.clock import shanghai_date
from app.extensions import db, reading_only
from app.formatting import show_date
from app.models.awards import Certificate
from app.models.register import ExpiryReminder

AT_ONCE = 200
"""Certificates in one transaction: nobody's save waits long for it."""


@jobs.every(3600, "register.remind")
def remind(now: datetime) -> int:
    """Write what is due to the outbox, and commit. Returns how many messages."""
    today, sent = shanghai_date(now), 0
    days = due_days(today)
    while days:
        with reading_only():
            found = _due(today, days)
            db.session.rollback()
        for certificate_id in found:
            sent += _remind(certificate_id, days, now)
        db.session.commit()
        if len(found) < AT_ONCE:
            break
    return sent


def due_days(on: date) -> list[int]:
    """Return the days before the expiry on which to remind, the fewest first."""
    rule: dict[str, int] = rulebook.value("register.reminder_days", on)
    return sorted({days for days in rule.values() if days > 0})


def _due(today: date, days: list[int]) -> list[str]:
    """Return certificates that stand in a reminder's days and have not been through it."""
    found: list[str] = []
    for index, count in enumerate(days):
        after = today + timedelta(days=days[index - 1]) if index else today - timedelta(days=1)
        done = (
            select(ExpiryReminder.certificate_id)
            .where(
                ExpiryReminder.certificate_id == Certificate.id,
                ExpiryReminder.days == count,
                ExpiryReminder.valid_until == Certificate.valid_until,
            )
            .exists()
        )
        query = select(Certificate.id).where(
            Certificate.valid_until > after,
            Certificate.valid_until <= today + timedelta(days=count),
            Certificate.status.in_(("valid", "suspended")),
            ~done,
        )
        found += db.session.scalars(query.order_by(Certificate.id).limit(AT_ONCE - len(found)))
    return found


def _remind(certificate_id: str, days: list[int], now: datetime) -> bool:
    certificate = db.session.get_one(Certificate, certificate_id)
    until = certificate.valid_until
    if until is None:
        return False
    left = (until - shanghai_date(now)).days
    nearest = min(count for count in days if count >= left)
    for count in (one for one in days if one >= left):
        row = db.session.get(ExpiryReminder, (certificate.id, count, until))
        if row is None:
            db.session.add(
                ExpiryReminder(
                    certificate_id=certificate.id,
                    days=count,
                    valid_until=until,
                    sent=count == nearest,
                    at=now,
                )
            )
    _tell(certificate, until, left, now)
    return True


def _tell(certificate: Certificate, until: date, left: int, now: datetime) -> None:
    with force_locale(certificate.user.locale or "zh"):
        text = _(
            "你的证书 %(number)s 的有效期到%(day)s，还有 %(n)d 天。续期要在到期前申请："
            "登录后在“证书”里看还差什么。不想再收这类提醒，可以在“我的—通知”里停掉。",
            number=certificate.printed["number_grouped"],
            day=show_date(until),
            n=left,
        )
        messages.send(certificate.user, "expiry.reminder", _("证书快到期了"), text, now=now)
