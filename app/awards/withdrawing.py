"""Ending a certificate: withdrawn by the association, or cancelled at the holder's wish.

A new line in the register, seen by whoever scans next. The file is never redrawn, and no line is
ever changed. Suspension, replacement and renewal are not here.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit
from app.awards import standing, telling
from app.awards.refusals import AwardRefused
from app.clock import shanghai_date
from app.eligibility.impartiality import refuse_if_tied
from app.extensions import db
from app.models.awards import Certificate, StatusChange
from app.models.people import User

ENDINGS = ("withdrawn", "cancelled")
FINAL = frozenset({"withdrawn", "cancelled", "replaced"})


def end(
    certificate: Certificate, status: str, *, reason: str, actor: User, now: datetime
) -> StatusChange:
    """Withdraw or cancel a certificate, with the reason.

    Raises AwardRefused without a reason or when it has ended already, Impartial when the person
    who acts is tied to the holder. `status` is one of `ENDINGS`, else ValueError.
    """
    if status not in ENDINGS:
        raise ValueError(status)
    reason = reason.strip()
    if not reason:
        raise AwardRefused(_("请写明理由，会告诉持证人，也会留在登记里。"))
    certificate = db.session.scalars(
        select(Certificate)
        .where(Certificate.id == certificate.id)
        .with_for_update(of=Certificate)
        .execution_options(populate_existing=True)
    ).one()
    may_end(certificate, actor=actor, now=now)
    last = db.session.scalar(
        select(func.max(StatusChange.number)).where(StatusChange.certificate_id == certificate.id)
    )
    change = StatusChange(
        certificate_id=certificate.id,
        number=(last or 0) + 1,
        status=status,
        reason=reason[:300],
        by_id=actor.id,
        at=now,
    )
    certificate.status = status
    db.session.add(change)
    audit.record("certificate.status", certificate, actor=actor, now=now, status=status)
    telling.standing_changed(certificate, reason, now=now)
    return change


def may_end(certificate: Certificate, *, actor: User, now: datetime) -> None:
    """Raise AwardRefused or Impartial when this person may not end this certificate."""
    if certificate.status in FINAL:
        word = standing.word(certificate.status)
        raise AwardRefused(_("这张证书的状态已经是“%(word)s”，没有再改动。", word=word))
    refuse_if_tied(actor, certificate.user, shanghai_date(now), _("改动这张证书"))
