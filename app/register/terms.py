"""Suspensions whose last day is over: their end is entered into the ledger.

The verdict knows the last day by itself; the line is for whoever reads the ledger, and lets the
column on the certificate say the same. It is entered in the name of who decided the last day.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, select

from app import jobs
from app.clock import shanghai_date
from app.extensions import db, reading_only
from app.models.awards import Certificate, StatusChange
from app.models.people import User
from app.register import ledger, telling
from app.register.refusals import RegisterRefused


@jobs.every(60, "register.terms")
def end_terms(now: datetime) -> int:
    """Enter the end of each suspension that is over, and commit. Returns how many."""
    with reading_only():
        ids = overdue(now)
        db.session.rollback()
    return sum(_end(certificate_id, now) for certificate_id in ids)


def overdue(now: datetime) -> list[str]:
    """Return the certificates that are marked suspended although the last day is over."""
    last = (
        select(StatusChange.certificate_id, func.max(StatusChange.number).label("number"))
        .group_by(StatusChange.certificate_id)
        .subquery()
    )
    query = (
        select(Certificate.id)
        .join(StatusChange, StatusChange.certificate_id == Certificate.id)
        .join(
            last,
            (last.c.certificate_id == StatusChange.certificate_id)
            & (last.c.number == StatusChange.number),
        )
        .where(Certificate.status == "suspended", StatusChange.until < shanghai_date(now))
    )
    return list(db.session.scalars(query.order_by(Certificate.id)))


def _end(certificate_id: str, now: datetime) -> bool:
    certificate = ledger.locked(db.session.get_one(Certificate, certificate_id))
    try:
        enter_end(certificate, now)
    except RegisterRefused:
        db.session.rollback()  # somebody decided otherwise meanwhile
        return False
    db.session.commit()
    return True


def enter_end(certificate: Certificate, now: datetime) -> None:
    """Enter the end of a suspension that is over and tell the holder.

    Raises RegisterRefused where none is over.
    """
    last = ledger.history(certificate)[-1]
    if last.status != "suspended" or last.until is None or last.until >= shanghai_date(now):
        raise RegisterRefused(_("这张证书没有期满的暂停。"))
    actor = db.session.get_one(User, last.by_id)
    with force_locale("zh"):
        reason = _("暂停期满，自动恢复。")
    change = ledger.enter(
        certificate, "valid", reason_code="term_over", reason=reason, actor=actor, now=now
    )
    telling.changed(certificate, change, appeal_days=0, now=now)
