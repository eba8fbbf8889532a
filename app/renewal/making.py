"""A certificate that follows another one: numbered, drawn, signed, and the old one marked.

The same fast path as for a first certificate, between two short transactions. It rests on a decision
row of its own, with the class and the results of the first: these have not changed. A crash in
between costs a number; the next try goes on with the same decision.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app import audit
from app.awards import contents, files, keys, serials
from app.awards.contents import Contents
from app.awards.refusals import CannotIssue
from app.clock import shanghai_date
from app.extensions import db
from app.models.awards import Certificate, Decision, StatusChange
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from app.register import ledger
from certificates import qr
from certificates.sentences import CertificateError
from certificates.stamping import Stamped, stamp


@dataclass(frozen=True)
class Following:
    """How the new certificate differs from what would be issued today."""

    valid_from: date
    valid_until: date | None
    name: str = ""
    name_latin: str = ""


@dataclass(frozen=True)
class Why:
    """Why the old certificate is replaced: the ledger's code, and the decision's last state."""

    code: str
    decided: str
    """`renewed` or `replaced`."""
    reason: str


def begin_decision(
    old: Certificate, state: str, evidence: dict[str, Any], proposer_id: str, *, now: datetime
) -> Decision:
    """Write the decision that a following certificate rests on. `state`: `renewing`, `replacing`."""
    first = db.session.get_one(Decision, old.decision_id)
    kept = {"on": shanghai_date(now).isoformat(), "follows": old.id, "rules": {}, **evidence}
    row = Decision(
        user_id=old.user_id,
        enrolment_id=first.enrolment_id,
        scheme_id=first.scheme_id,
        result_id=first.result_id,
        assessment_id=first.assessment_id,
        evidence={"proposed": kept, "decided": kept},
        state=state,
        proposed_by_id=proposer_id,
        proposed_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def prepare(decision: Decision, following: Following, now: datetime) -> Contents:
    """Reserve a number and read what will be printed. Raises CannotIssue."""
    today = shanghai_date(now)
    try:
        keys.signer().refuse_unless_valid(now)  # before a number is spent
        contents.refuse_if_unnamed(today)
        number = serials.reserve(today, _district(decision))
        made = contents.read(decision, number, qr.new_token(), today)
        changed = replace(
            made.data,
            valid_from=following.valid_from,
            valid_until=following.valid_until,
            name=following.name or made.data.name,
            name_latin=following.name_latin if following.name else made.data.name_latin,
        )
    except CertificateError as error:
        raise CannotIssue.because(error) from error
    return replace(made, data=changed)


def draw(made: Contents, now: datetime) -> Stamped:
    """Draw and sign; slow, so no transaction is open. Raises CannotIssue."""
    try:
        return stamp(made.data, keys.signer(), now, made.layout, sample=made.sample)
    except CertificateError as error:
        raise CannotIssue.because(error) from error


def enter(
    old: Certificate,
    decision: Decision,
    made: Contents,
    stamped: Stamped,
    why: Why,
    *,
    actor: User,
    now: datetime,
) -> Certificate:
    """Store the page, enter the new certificate, mark the old one. Raises RegisterRefused."""
    blob = files.keep(stamped, now)
    db.session.flush()
    decision.state, decision.decided_by_id, decision.decided_at = why.decided, actor.id, now
    new = Certificate(
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
    db.session.add(new)
    db.session.flush()
    first = StatusChange(
        certificate_id=new.id, number=1, status="valid", reason="", by_id=actor.id, at=now
    )
    db.session.add(first)
    ledger.enter(old, "replaced", reason_code=why.code, reason=why.reason, actor=actor, now=now)
    sha256 = new.pdf_sha256
    audit.record("certificate.issued", new, actor=actor, now=now, sha256=sha256, follows=old.id)
    return new


def _district(decision: Decision) -> str:
    return db.session.scalars(
        select(TrainingClass.district_code)
        .join(Enrolment, Enrolment.class_id == TrainingClass.id)
        .where(Enrolment.id == decision.enrolment_id)
    ).one()
