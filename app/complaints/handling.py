"""Handling a case: taking it up, notes, holding, acting on the certificate, answering, closing.

Each step is kept with who and when. Nobody handles a complaint about somebody they taught, examined or
employ. What becomes of the certificate is decided through `app/register`, by its rules.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import structlog
from flask_babel import gettext as _
from sqlalchemy import select, update

from app import audit, jobs, rulebook
from app.clock import shanghai_date
from app.complaints import filing
from app.complaints.refusals import ComplaintRefused
from app.complaints.words import OUTCOMES
from app.eligibility.impartiality import refuse_if_tied
from app.extensions import db
from app.models.awards import Certificate, StatusChange
from app.models.complaints import Complaint
from app.models.people import User
from app.models.register import Hearing
from app.register import deciding

log = structlog.get_logger()


def may_handle(case: Complaint, *, actor: User, now: datetime) -> None:
    """Raise Impartial when this person is tied to the holder the case is about."""
    if case.certificate is not None:
        refuse_if_tied(actor, case.certificate.user, shanghai_date(now), _("办理这件投诉"))


def accept(case: Complaint, *, actor: User, now: datetime) -> None:
    """Take a case up. Raises ComplaintRefused for one that is not new, and Impartial."""
    row = _begin(case, actor=actor, now=now)
    if row.state != "received":
        raise ComplaintRefused(_("这件投诉已经受理，没有再改动。"))
    row.state, row.accepted_at, row.handler_id = "open", now, actor.id
    filing.write(row, "accepted", "", actor=actor, now=now)


def note(case: Complaint, text: str, *, actor: User, now: datetime) -> None:
    """Add a note that only those who handle complaints see."""
    row = _begin(case, actor=actor, now=now)
    filing.write(row, "noted", _words(text), actor=actor, now=now)


def hold(case: Complaint, text: str, *, actor: User, now: datetime) -> None:
    """Stop the clock of the answer, with the reason. Raises ComplaintRefused unless it is open."""
    row = _begin(case, actor=actor, now=now)
    if row.state != "open":
        raise ComplaintRefused(_("正在办的投诉才能搁置。请先受理。"))
    row.state, row.held_on = "held", shanghai_date(now)
    filing.write(row, "held", _words(text), actor=actor, now=now)


def resume(case: Complaint, *, actor: User, now: datetime) -> None:
    """Let the clock go on: the day of the answer moves by the days held."""
    row = _begin(case, actor=actor, now=now)
    if row.state != "held":
        raise ComplaintRefused(_("这件投诉没有搁置，不用恢复。"))
    _let_go_on(row, shanghai_date(now))
    filing.write(row, "resumed", "", actor=actor, now=now)


def act_on(
    case: Complaint,
    status: str,
    *,
    reason_code: str,
    reason: str,
    until: date | None,
    actor: User,
    now: datetime,
) -> StatusChange | Hearing:
    """Suspend or withdraw the certificate, or announce it, and note it on the case.

    Raises ComplaintRefused, RegisterRefused and Impartial.
    """
    row = _begin(case, actor=actor, now=now)
    if row.certificate_id is None:
        raise ComplaintRefused(_("这件投诉没有对应的证书。请先在办理记录里写清楚是谁。"))
    made = deciding.act(
        db.session.get_one(Certificate, row.certificate_id),
        status,
        reason_code=reason_code,
        reason=reason,
        until=until,
        actor=actor,
        now=now,
    )
    db.session.flush()
    announced = isinstance(made, Hearing)
    filing.write(
        row,
        "standing",
        reason,
        actor=actor,
        now=now,
        change_id=None if announced else made.id,
        hearing_id=made.id if announced else None,
    )
    return made


def answer(case: Complaint, text: str, *, actor: User, now: datetime) -> None:
    """Write what the complainant reads under the receipt code; a later answer takes its place."""
    row = _begin(case, actor=actor, now=now)
    if row.state == "received":
        raise ComplaintRefused(_("请先受理，再答复。"))
    row.answer, row.answered_at = _words(text), now
    filing.write(row, "answered", row.answer, actor=actor, now=now)


def close(case: Complaint, outcome: str, text: str, *, actor: User, now: datetime) -> None:
    """Close an answered case with its outcome. Raises ComplaintRefused, KeyError for no outcome."""
    OUTCOMES[outcome]
    row = _begin(case, actor=actor, now=now)
    if not row.answer:
        raise ComplaintRefused(_("还没有答复投诉人。请先写答复，再办结。"))
    if row.state == "held":
        _let_go_on(row, shanghai_date(now))
    row.state, row.outcome, row.closed_at = "closed", outcome, now
    filing.write(row, "closed", text.strip()[: filing.TEXT_MOST], actor=actor, now=now)


def see_contact(case: Complaint, *, actor: User, now: datetime) -> str:
    """Return how to reach the complainant, and note that it was looked at. Raises Impartial."""
    may_handle(case, actor=actor, now=now)
    found = filing.contact_of(case)
    if not found:
        raise ComplaintRefused(_("投诉人没有留联系方式，或者已经到期删除。"))
    filing.write(case, "contact_seen", "", actor=actor, now=now)
    return found


def is_late(case: Complaint, today: date) -> bool:
    """Tell whether a day has passed on which something was due; a held case is never late."""
    if case.state == "received":
        return today > case.accept_by
    return case.state == "open" and not case.answer and today > case.answer_by


@jobs.every(86_400, "complaints.forget")
def forget_contacts(now: datetime) -> int:
    """Delete how to reach complainants some time after their case was closed, and commit."""
    days = rulebook.value("complaint.contact_days", shanghai_date(now))
    old = (Complaint.closed_at < now - timedelta(days=days)) & (Complaint.contact_sealed != "")
    cases = db.session.scalars(select(Complaint.id).where(old)).all()
    if cases:
        db.session.execute(
            update(Complaint).where(Complaint.id.in_(cases)).values(contact_sealed="")
        )
        audit.record_many("complaint.contact_deleted", Complaint, cases, actor=None, now=now)
        log.info("complaint contacts deleted", many=len(cases))
    db.session.commit()
    return len(cases)


def _begin(case: Complaint, *, actor: User, now: datetime) -> Complaint:
    """Return the case locked; refuse a closed one and a person with ties."""
    row = db.session.scalars(
        select(Complaint)
        .where(Complaint.id == case.id)
        .with_for_update(of=Complaint)
        .execution_options(populate_existing=True)
    ).one()
    if row.state == "closed":
        raise ComplaintRefused(_("这件投诉已经办结，没有再改动。"))
    may_handle(row, actor=actor, now=now)
    return row


def _let_go_on(row: Complaint, today: date) -> None:
    if row.held_on is not None:
        row.answer_by += today - row.held_on
    row.state, row.held_on = "open", None


def _words(text: str) -> str:
    if not text.strip():
        raise ComplaintRefused(_("请写明内容，再提交。"))
    return text.strip()[: filing.TEXT_MOST]
