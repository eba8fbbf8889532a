"""Appeals against a decision of the register: filed by the holder, decided by somebody else.

Whoever entered the line, opened the hearing or is tied to the holder does not decide. An appeal
that is upheld takes the decision back where it still stands; the lines stay.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, rulebook
from app.clock import shanghai_date
from app.eligibility.impartiality import refuse_if_tied
from app.extensions import db
from app.models.awards import Certificate, StatusChange
from app.models.people import User
from app.models.register import Appeal, Hearing
from app.register import ledger, telling
from app.register.refusals import RegisterRefused

AGAINST = frozenset({"suspended", "withdrawn", "cancelled"})
TEXT_MOST = 2000
ANSWER_MOST = 600


def last_day(change: StatusChange) -> date:
    """Return the last day on which a decision can be appealed against."""
    decided = shanghai_date(change.at)
    return decided + timedelta(days=rulebook.value("register.appeal_days", decided))


def may_file(change: StatusChange, now: datetime) -> bool:
    """Tell whether the holder can still appeal against a line."""
    return change.status in AGAINST and shanghai_date(now) <= last_day(change)


def of_certificate(certificate: Certificate) -> dict[str, Appeal]:
    """Return the appeals of a certificate, by the line they are against."""
    query = select(Appeal).where(Appeal.certificate_id == certificate.id)
    return {row.change_id: row for row in db.session.scalars(query)}


def file(change: StatusChange, text: str, *, actor: User, now: datetime) -> Appeal:
    """Keep the holder's appeal; the same once more gives the one that is there.

    Raises RegisterRefused without words or after its days.
    """
    certificate = db.session.get_one(Certificate, change.certificate_id)
    ledger.locked(certificate)
    if existing := of_certificate(certificate).get(change.id):
        return existing
    if not may_file(change, now):
        raise RegisterRefused(_("申诉的期限已过，或这一项不能申诉，没有收下。"))
    if not text.strip():
        raise RegisterRefused(_("请写明为什么不服，再提交。"))
    today = shanghai_date(now)
    days = rulebook.value("register.appeal_answer_days", today)
    appeal = Appeal(
        change_id=change.id,
        certificate_id=certificate.id,
        text=text.strip()[:TEXT_MOST],
        filed_at=now,
        answer_by=today + timedelta(days=days),
    )
    db.session.add(appeal)
    audit.record("appeal.filed", appeal, actor=actor, now=now, certificate=certificate.id)
    return appeal


def may_decide(appeal: Appeal, *, actor: User, now: datetime) -> None:
    """Raise RegisterRefused or Impartial when this person may not decide this appeal."""
    if appeal.state != "open":
        raise RegisterRefused(_("这件申诉已经有结果，没有再改动。"))
    opener = select(Hearing.opened_by_id).where(Hearing.change_id == appeal.change_id)
    if actor.id == appeal.change.by_id or actor.id in set(db.session.scalars(opener)):
        raise RegisterRefused(
            _("你参与了原来的决定，不能再决定对它的申诉。请让另一位发证决定人办。")
        )
    certificate = db.session.get_one(Certificate, appeal.certificate_id)
    refuse_if_tied(actor, certificate.user, shanghai_date(now), _("决定这件申诉"))


def decide(appeal: Appeal, *, upheld: bool, answer: str, actor: User, now: datetime) -> None:
    """Uphold or reject an appeal, with the reasons. Raises RegisterRefused and Impartial."""
    row = db.session.scalars(
        select(Appeal)
        .where(Appeal.id == appeal.id)
        .with_for_update(of=Appeal)
        .execution_options(populate_existing=True)
    ).one()
    may_decide(row, actor=actor, now=now)
    if not answer.strip():
        raise RegisterRefused(_("请写明理由，会告诉持证人，也会留在登记里。"))
    row.state = "upheld" if upheld else "rejected"
    row.answer, row.decided_by_id, row.decided_at = answer.strip()[:ANSWER_MOST], actor.id, now
    audit.record("appeal.decided", row, actor=actor, now=now, state=row.state)
    certificate = db.session.get_one(Certificate, row.certificate_id)
    if upheld:
        _take_back(row, certificate, actor=actor, now=now)
    telling.answered(row, certificate, now=now)


def _take_back(appeal: Appeal, certificate: Certificate, *, actor: User, now: datetime) -> None:
    """Put the certificate in force again, where the decision appealed against is the last word."""
    last = ledger.history(certificate)[-1]
    if last.id != appeal.change_id or last.status not in AGAINST:
        return
    ledger.enter(
        certificate,
        "valid",
        reason_code="appeal_upheld",
        reason=appeal.answer,
        actor=actor,
        now=now,
    )
