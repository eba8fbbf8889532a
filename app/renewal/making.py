"""A certificate that follows another one: numbered, drawn, signed, and the old one marked.

The same fast path as for a first certificate, between two short transactions. It rests on a decision
row of its own, with the class and the results of the first: these have not changed. A crash in
between costs nothing: the next try goes on with the same decision and its number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.awards import contents, entering, keys, serials
from app.awards.contents import Contents
from app.awards.entering import Drawn
from app.awards.refusals import CannotIssue
from app.clock import shanghai_date
from app.extensions import db
from app.models.awards import Certificate, Decision
from app.models.base import new_id
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from app.register import ledger
from certificates import qr
from certificates.sentences import CertificateError


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


def prepare(decision: Decision, following: Following, *, actor: User, now: datetime) -> Contents:
    """Take a number and read what will be printed. Raises CannotIssue."""
    today = shanghai_date(now)
    try:
        entering.able_signer(now)  # before a number is taken
        contents.refuse_if_unnamed(today)
        district = {decision.id: _district(decision)}
        taken = serials.take(district, today, actor_id=actor.id, now=now)
        one = taken[decision.id]
        made = contents.read(decision, one.number, qr.new_token(), today)
        changed = replace(
            made.data,
            valid_from=following.valid_from,
            valid_until=following.valid_until,
            name=following.name or made.data.name,
            name_latin=following.name_latin if following.name else made.data.name_latin,
        )
    except CertificateError as error:
        raise CannotIssue.because(error) from error
    return replace(made, data=changed, place=one.place)


def draw(made: Contents, now: datetime) -> Drawn:
    """Draw, sign and write the file; slow, so no transaction is open. Raises CannotIssue."""
    try:
        return entering.draw(made, keys.signer(), new_id(), now)
    except CertificateError as error:
        raise CannotIssue.because(error) from error
    except OSError as error:
        raise CannotIssue.without_room() from error


def enter(
    old: Certificate,
    decision: Decision,
    drawn: Drawn,
    why: Why,
    *,
    actor: User,
    now: datetime,
) -> Certificate:
    """Enter the new certificate as any other, mark the old one. Raises RegisterRefused."""
    decision.state, decision.decided_by_id, decision.decided_at = why.decided, actor.id, now
    (new,) = entering.register([(decision, drawn)], actor=actor, now=now, follows=old.id)
    ledger.enter(old, "replaced", reason_code=why.code, reason=why.reason, actor=actor, now=now)
    return db.session.get_one(Certificate, new.id)


def _district(decision: Decision) -> str:
    return db.session.scalars(
        select(TrainingClass.district_code)
        .join(Enrolment, Enrolment.class_id == TrainingClass.id)
        .where(Enrolment.id == decision.enrolment_id)
    ).one()
