"""Corrections and replacements: asked for with a proof, decided by somebody else, a new certificate.

Validity and what was earned stay as they are; only the name, the photo or the paper is new. A name
that changes here changes for the account too, in the same commit as the certificate that says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.awards.contents import Contents
from app.clock import shanghai_date
from app.eligibility.impartiality import refuse_if_tied
from app.extensions import db, outside_transaction
from app.models.awards import Certificate, Decision
from app.models.people import User
from app.models.renewal import Correction
from app.register import ledger
from app.renewal import evidence, making, telling
from app.renewal.evidence import Proof
from app.renewal.making import Following, Why
from app.renewal.refusing import RenewalRefused
from certificates.verdict import Status

EXCHANGED = frozenset({Status.VALID, Status.DUE})
LEDGER_CODES = {"name": "corrected", "photo": "corrected", "lost": "reissued", "spoilt": "reissued"}


@dataclass(frozen=True)
class Wanted:
    """What is asked for."""

    kind: str
    new_name: str
    new_name_latin: str
    statement: str


def ask(
    certificate: Certificate, wanted: Wanted, proof: Proof | None, *, actor: User, now: datetime
) -> Correction:
    """Ask for a new certificate in place of one's own. Raises RenewalRefused."""
    ledger.locked(certificate)
    code = ledger.verdict_now(certificate, now).code
    if code not in EXCHANGED:
        raise RenewalRefused(
            _("这张证书现在是“%(word)s”，不能更换。", word=ledger.word(code.value))
        )
    if find_open(certificate) is not None:
        raise RenewalRefused(_("已经提出过一次更换，正在等决定。"))
    if wanted.kind == "name":
        _refuse_same_name(wanted, actor)
        if proof is None:
            raise RenewalRefused(
                _("改姓名要有证明：身份证、户口簿的变更页，或派出所的证明，拍一张就行。"), "proof"
            )
    row = Correction(
        user_id=actor.id,
        certificate_id=certificate.id,
        kind=wanted.kind,
        new_name=wanted.new_name if wanted.kind == "name" else "",
        new_name_latin=wanted.new_name_latin if wanted.kind == "name" else "",
        statement=wanted.statement,
        proof_blob_id=evidence.keep(proof, now),
        asked_at=now,
    )
    db.session.add(row)
    audit.record("correction.asked", row, actor=actor, now=now, kind=wanted.kind)
    return row


def take_back(row: Correction, *, actor: User, now: datetime) -> None:
    """Take one's own request back. Raises RenewalRefused when it is decided."""
    row = locked(row.id)
    if row.state != "asked":
        raise RenewalRefused(_("这件更换已经有了决定，不能撤回。"))
    row.state = "taken_back"
    audit.record("correction.taken_back", row, actor=actor, now=now)


def refuse(row: Correction, reason: str, *, actor: User, now: datetime) -> None:
    """Decide that the certificate stays as it is. Raises RenewalRefused, Impartial."""
    row = locked(row.id)
    may_decide(row, actor=actor, now=now)
    if not reason.strip():
        raise RenewalRefused(_("请写明理由，本人会看到。"), "reason")
    row.state, row.reason = "refused", reason.strip()[:300]
    row.decided_by_id, row.decided_at = actor.id, now
    audit.record("correction.refused", row, actor=actor, now=now)
    telling.not_replaced(row, now=now)


def approve(row: Correction, *, actor: User, now: datetime) -> Certificate:
    """Approve, and issue the certificate that replaces the old one; the caller commits.

    Ends the transaction on the way. One that is approved already gives its certificate. Raises
    RenewalRefused, Impartial, CannotIssue, RegisterRefused; then the request waits as before.
    """
    row_id, actor_id = row.id, actor.id
    row = locked(row_id)
    if existing := _approved(row):
        return existing
    may_decide(row, actor=actor, now=now)
    made = _prepare(row, actor, now)
    outside_transaction()
    drawn = making.draw(made, now)
    actor, row = db.session.get_one(User, actor_id), locked(row_id)
    if existing := _approved(row):
        return existing
    may_decide(row, actor=actor, now=now)
    old, why = row.certificate, Why(LEDGER_CODES[row.kind], "replaced", "")
    if row.kind == "name":
        row.user.name = row.new_name
        row.user.name_latin = row.new_name_latin or row.user.name_latin
    new = making.enter(old, _decision(row, now), drawn, why, actor=actor, now=now)
    row.state, row.new_certificate_id = "approved", new.id
    row.decided_by_id, row.decided_at = actor.id, now
    audit.record("correction.approved", row, actor=actor, now=now, certificate=new.id)
    telling.replaced(old, new, now=now)
    return new


def find_open(certificate: Certificate) -> Correction | None:
    """Return the request about this certificate that waits."""
    return db.session.scalar(
        select(Correction).where(
            Correction.certificate_id == certificate.id, Correction.state == "asked"
        )
    )


def locked(row_id: str) -> Correction:
    """Return a request as it is now, locked until the transaction ends."""
    return db.session.scalars(
        select(Correction)
        .where(Correction.id == row_id)
        .with_for_update(of=Correction)
        .execution_options(populate_existing=True)
    ).one()


def may_decide(row: Correction, *, actor: User, now: datetime) -> None:
    """Raise RenewalRefused or Impartial when this person may not decide on this request."""
    if row.state != "asked":
        raise RenewalRefused(_("这件更换已经有了决定，没有再改动。"))
    refuse_if_tied(actor, row.user, shanghai_date(now), _("决定这件更换"))
    code = ledger.verdict_now(row.certificate, now).code
    if code not in EXCHANGED:
        raise RenewalRefused(
            _("这张证书现在是“%(word)s”，不能更换。", word=ledger.word(code.value))
        )


def _prepare(row: Correction, actor: User, now: datetime) -> Contents:
    old = row.certificate
    following = Following(
        valid_from=old.valid_from,
        valid_until=old.valid_until,
        name=row.new_name,
        name_latin=row.new_name_latin or row.user.name_latin,
    )
    return making.prepare(_decision(row, now), following, actor=actor, now=now)


def _decision(row: Correction, now: datetime) -> Decision:
    """Return the decision that issuing rests on: the one a try before has left, or a new one."""
    if row.decision_id is None:
        kept = {"correction": row.id, "kind": row.kind}
        made = making.begin_decision(row.certificate, "replacing", kept, row.user_id, now=now)
        row.decision_id = made.id
    return db.session.get_one(Decision, row.decision_id)


def _approved(row: Correction) -> Certificate | None:
    if row.new_certificate_id is None:
        return None
    return db.session.get_one(Certificate, row.new_certificate_id)


def _refuse_same_name(wanted: Wanted, holder: User) -> None:
    if not wanted.new_name:
        raise RenewalRefused(_("请填正确的姓名。"), "new_name")
    if (wanted.new_name, wanted.new_name_latin or holder.name_latin) == (
        holder.name,
        holder.name_latin,
    ):
        raise RenewalRefused(_("这个姓名和现在登记的一样，没有要改的。"), "new_name")
