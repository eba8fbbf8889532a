"""Granting a proposal: the certificate is numbered, drawn and signed once, and stored with its hash.

Drawing the first of a version takes a second of computing, so it happens between two short
transactions: the first reads the facts and takes the number, the second checks again under lock and
writes. A double click or a crash in between costs nothing: the proposal keeps its number.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.awards import contents, deciding, entering, serials
from app.awards.contents import Contents
from app.awards.refusals import CannotIssue
from app.clock import shanghai_date
from app.extensions import db, outside_transaction
from app.models.awards import Certificate, Decision
from app.models.base import new_id
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from certificates import qr
from certificates.sentences import CertificateError


def issue(decision: Decision, *, actor: User, now: datetime) -> Certificate:
    """Grant a proposal and issue its certificate; the caller commits.

    Ends the transaction twice on the way (see above), so the caller brings no unsaved work. A
    decision that is granted already gives its certificate: asking twice is not a fault.
    Raises AwardRefused, Impartial, or CannotIssue, which leaves the proposal undecided.
    """
    decision_id, actor_id = decision.id, actor.id
    # Whoever grants at the same moment waits here, and then finds a number taken or a certificate.
    decision = deciding.locked(decision_id)
    if existing := find_certificate(decision_id):
        return existing
    deciding.may_grant(decision, actor=actor, now=now)
    try:
        signer = entering.able_signer(now)
        made = _prepare(decision, actor, now)
        outside_transaction()
        drawn = entering.draw(made, signer, new_id(), now)
    except CertificateError as error:
        raise CannotIssue.because(error) from error
    except OSError as error:
        raise CannotIssue.without_room() from error
    # The rows were left behind with the first transaction; who acts and what about is read again.
    actor = db.session.get_one(User, actor_id)
    decision = deciding.locked(decision_id)
    if existing := find_certificate(decision_id):
        return existing
    panel = deciding.may_grant(decision, actor=actor, now=now)
    (certificate_id,) = entering.enter([(decision, panel, drawn)], actor=actor, now=now)
    return db.session.get_one(Certificate, certificate_id)


def find_certificate(decision_id: str) -> Certificate | None:
    """Return the certificate of a decision, if it has one."""
    return db.session.scalar(select(Certificate).where(Certificate.decision_id == decision_id))


def _prepare(decision: Decision, actor: User, now: datetime) -> Contents:
    """Take the number and read what will be printed."""
    today = shanghai_date(now)
    contents.refuse_if_unnamed(today)
    district = db.session.scalars(
        select(TrainingClass.district_code)
        .join(Enrolment, Enrolment.class_id == TrainingClass.id)
        .where(Enrolment.id == decision.enrolment_id)
    ).one()
    taken = serials.take({decision.id: district}, today, actor_id=actor.id, now=now)
    one = taken[decision.id]
    made = contents.read(decision, one.number, qr.new_token(), today)
    return made.numbered(one.number, one.place)
