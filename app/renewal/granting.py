"""Granting a renewal: the new certificate keeps the anniversary, the old one is marked replaced."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from app import audit, rulebook
from app.clock import shanghai_date
from app.extensions import db, outside_transaction
from app.models.awards import Certificate, Decision
from app.models.people import User
from app.models.renewal import Renewal
from app.renewal import handing_in, making, progress, reviewing, telling
from app.renewal.making import Following, Why
from app.renewal.refusing import RenewalRefused
from certificates import renewal as rules


def grant(renewal: Renewal, *, actor: User, now: datetime) -> Certificate:
    """Grant a renewal that was checked, and issue the certificate that follows; the caller commits.

    Ends the transaction on the way, so the caller brings no unsaved work. One that is granted
    already gives its certificate: asking twice is not a fault. Raises RenewalRefused, Impartial,
    CannotIssue, RegisterRefused; then the application waits as before.
    """
    renewal_id, actor_id = renewal.id, actor.id
    renewal = reviewing.locked(renewal_id)
    if existing := _granted(renewal):
        return existing
    _refuse_unless_ready(renewal, actor=actor, now=now)
    follows = following(renewal.certificate, now)
    made = making.prepare(_decision(renewal, now), follows, actor=actor, now=now)
    outside_transaction()
    drawn = making.draw(made, now)
    actor, renewal = db.session.get_one(User, actor_id), reviewing.locked(renewal_id)
    if existing := _granted(renewal):
        return existing
    _refuse_unless_ready(renewal, actor=actor, now=now)
    old, why = renewal.certificate, Why("renewed", "renewed", "")
    new = making.enter(old, _decision(renewal, now), drawn, why, actor=actor, now=now)
    renewal.state, renewal.new_certificate_id = "granted", new.id
    renewal.decided_by_id, renewal.decided_at = actor.id, now
    audit.record("renewal.granted", renewal, actor=actor, now=now, certificate=new.id)
    telling.renewed(old, new, now=now)
    return new


def following(old: Certificate, now: datetime) -> Following:
    """Return the validity of the certificate that renews one today. Raises RenewalRefused."""
    today = shanghai_date(now)
    if old.valid_until is None:
        raise RenewalRefused(_("这张证书没有期限，不用续期。"))
    until = rules.renewed_until(
        old.valid_until,
        rulebook.value("certificate.validity_years", today),
        renewed_on=today,
        late_keeps_anniversary=rulebook.value("renewal.late_keeps_anniversary", today),
    )
    return Following(valid_from=today, valid_until=until)


def _granted(renewal: Renewal) -> Certificate | None:
    if renewal.new_certificate_id is None:
        return None
    return db.session.get_one(Certificate, renewal.new_certificate_id)


def _refuse_unless_ready(renewal: Renewal, *, actor: User, now: datetime) -> None:
    reviewing.may_decide(renewal, actor=actor, now=now)
    handing_in.refuse_if_missing(progress.of(renewal.certificate, now))
    handing_in.refuse_if_complaint(renewal.certificate)


def _decision(renewal: Renewal, now: datetime) -> Decision:
    """Return the decision that issuing rests on: the one a try before has left, or a new one."""
    if renewal.decision_id is None:
        proposer = renewal.checked_by_id or renewal.user_id
        evidence = {"renewal": renewal.id, "figures": renewal.figures.get("checked", {})}
        row = making.begin_decision(renewal.certificate, "renewing", evidence, proposer, now=now)
        renewal.decision_id = row.id
    return db.session.get_one(Decision, renewal.decision_id)
