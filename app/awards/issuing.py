"""Granting a proposal: the certificate is numbered, drawn and signed once, and stored with its hash.

Drawing the first of a version takes a second of computing, so it happens between two short transactions: the first reads
the facts and reserves the number, the second checks again under lock and writes. A double click or
a crash in between costs a number, never a second certificate.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app import audit
from app.awards import contents, deciding, files, keys, serials, telling
from app.awards.contents import Contents
from app.awards.refusals import CannotIssue
from app.clock import shanghai_date
from app.extensions import db, outside_transaction
from app.models.awards import Certificate, Decision, StatusChange
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from certificates import qr
from certificates.sentences import CertificateError
from certificates.stamping import Stamped, stamp


def issue(decision: Decision, *, actor: User, now: datetime) -> Certificate:
    """Grant a proposal and issue its certificate; the caller commits.

    Ends the transaction twice on the way (see above), so the caller brings no unsaved work. A
    decision that is granted already gives its certificate: asking twice is not a fault.
    Raises AwardRefused, Impartial, or CannotIssue, which leaves the proposal undecided.
    """
    decision_id, actor_id = decision.id, actor.id
    if existing := find_certificate(decision_id):
        return existing
    deciding.may_decide(decision, actor=actor, now=now)
    deciding.refuse_if_missing(deciding.panel_now(decision, now))
    try:
        signer = keys.signer()
        signer.refuse_unless_valid(now)  # before a number is spent
        made = _prepare(decision, now)
        outside_transaction()
        stamped = stamp(made.data, signer, now, sample=made.sample)
    except CertificateError as error:
        raise CannotIssue.because(error) from error
    # The rows were left behind with the first transaction; who acts and what about is read again.
    actor = db.session.get_one(User, actor_id)
    decision = deciding.locked(decision_id)
    if existing := find_certificate(decision_id):
        return existing
    deciding.may_decide(decision, actor=actor, now=now)
    panel = deciding.panel_now(decision, now)
    deciding.refuse_if_missing(panel)
    deciding.settle(decision, "granted", panel, actor=actor, now=now)
    return _keep(decision, made, stamped, actor=actor, now=now)


def find_certificate(decision_id: str) -> Certificate | None:
    """Return the certificate of a decision, if it has one."""
    return db.session.scalar(select(Certificate).where(Certificate.decision_id == decision_id))


def _prepare(decision: Decision, now: datetime) -> Contents:
    """Reserve the number and read what will be printed."""
    today = shanghai_date(now)
    contents.refuse_if_unnamed(today)
    district = db.session.scalars(
        select(TrainingClass.district_code)
        .join(Enrolment, Enrolment.class_id == TrainingClass.id)
        .where(Enrolment.id == decision.enrolment_id)
    ).one()
    number = serials.reserve(today, district)
    return contents.read(decision, number, qr.new_token(), today)


def _keep(
    decision: Decision, made: Contents, stamped: Stamped, *, actor: User, now: datetime
) -> Certificate:
    """Store the page and enter the certificate into the register."""
    blob = files.keep(stamped, now)
    db.session.flush()
    certificate = Certificate(
        decision_id=decision.id,
        user_id=decision.user_id,
        scheme_id=made.scheme_id,
        number=str(made.data.number),
        token=made.token,
        printed=made.printed(),
        photo_blob_id=made.photo_blob_id,
        pdf_blob_id=blob.id,
        pdf_sha256=stamped.sha256,
        layout=stamped.layout_version,
        valid_from=made.data.valid_from,
        valid_until=made.data.valid_until,
        issued_at=now,
    )
    db.session.add(certificate)
    db.session.flush()
    db.session.add(
        StatusChange(
            certificate_id=certificate.id,
            number=1,
            status="valid",
            reason="",
            by_id=actor.id,
            at=now,
        )
    )
    audit.record("award.granted", decision, actor=actor, now=now, certificate=certificate.id)
    audit.record(
        "certificate.issued", certificate, actor=actor, now=now, sha256=certificate.pdf_sha256
    )
    telling.issued(certificate, now=now)
    return certificate
