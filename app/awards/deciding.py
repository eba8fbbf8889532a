"""A certification decision: proposed by one person, decided by another, on evidence kept with it.

Nobody decides on their own proposal, and nobody proposes or decides who taught, examined or employs
the person. Granting is in `issuing.py`, because a grant without its certificate does not exist.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.applications import noticing
from app.awards import telling, twins
from app.awards.refusals import AwardRefused
from app.clock import shanghai_date
from app.eligibility.impartiality import refuse_if_tied
from app.eligibility.panel import Panel, award_panel
from app.extensions import db
from app.models.awards import Decision
from app.models.people import User
from app.models.training import Enrolment, TrainingClass

OPEN_STATES = ("proposed", "granted")
WAITING = frozenset({"proposed"})


def propose(enrolment: Enrolment, *, actor: User, now: datetime) -> Decision:
    """Propose a person for the certificate, with the panel as it stands as evidence.

    Raises AwardRefused when something is missing or a proposal or certificate exists already,
    Impartial when the proposer is tied to the person.
    """
    today = shanghai_date(now)
    # Two registrars may click at once: the second waits here and then finds the first's proposal.
    db.session.execute(select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())
    refuse_if_tied(actor, enrolment.user, today, _("提出这张证书"))
    standing = find_open(enrolment)
    if standing is not None and standing.state == "granted":
        raise AwardRefused(_("这次培训已经发过证书，不再提出。"))
    if standing is not None:
        raise AwardRefused(_("已经有人提出了，正在等待决定，不用再提。"))
    panel = award_panel(enrolment, today)
    refuse_if_missing(panel)
    training_class = db.session.get_one(TrainingClass, enrolment.class_id)
    return proposed(enrolment, training_class, panel, actor, now)


def proposed(
    enrolment: Enrolment, training_class: TrainingClass, panel: Panel, actor: User, now: datetime
) -> Decision:
    """Write down a proposal; whether it may be made was asked before."""
    decision = Decision(
        user_id=enrolment.user_id,
        enrolment_id=enrolment.id,
        scheme_id=training_class.scheme_id,
        result_id=panel.result_id,
        assessment_id=panel.assessment_id,
        evidence={"proposed": snapshot(panel, now)},
        proposed_by_id=actor.id,
        proposed_at=now,
    )
    db.session.add(decision)
    audit.record("award.proposed", decision, actor=actor, now=now, enrolment=enrolment.id)
    return decision


def find_open(enrolment: Enrolment) -> Decision | None:
    """Return the proposal that waits or was granted; a refused or returned one is closed."""
    return db.session.scalar(
        select(Decision).where(
            Decision.enrolment_id == enrolment.id, Decision.state.in_(OPEN_STATES)
        )
    )


def locked(decision_id: str) -> Decision:
    """Return a decision as it is now, locked until the transaction ends."""
    return db.session.scalars(
        select(Decision)
        .where(Decision.id == decision_id)
        .with_for_update(of=Decision)
        .execution_options(populate_existing=True)
    ).one()


def may_decide(decision: Decision, *, actor: User, now: datetime) -> None:
    """Raise AwardRefused or Impartial when this person may not decide on this proposal."""
    if decision.state != "proposed":
        raise AwardRefused(_("这项提议已经有决定了，没有再改动。"))
    if decision.proposed_by_id == actor.id:
        raise AwardRefused(_("这项提议是你提出的，要由别人来决定。"))
    refuse_if_tied(actor, decision.user, shanghai_date(now), _("决定这张证书"))


def may_grant(decision: Decision, *, actor: User, now: datetime) -> Panel:
    """Return the panel of the day where a certificate may be granted on this proposal.

    Raises AwardRefused or Impartial: also while a public notice runs or an objection is open, and
    when the person may hold a certificate already under another spelling.
    """
    may_decide(decision, actor=actor, now=now)
    panel = panel_now(decision, now)
    refuse_if_missing(panel)
    for sentence in noticing.holds([decision.enrolment_id], shanghai_date(now)).values():
        raise AwardRefused(sentence)
    for twin in twins.find([decision.user]).values():
        raise AwardRefused(twin.sentence)
    return panel


def panel_now(decision: Decision, now: datetime) -> Panel:
    """Return the panel of the person today: what was met at the proposal may not be met now."""
    enrolment = db.session.get_one(Enrolment, decision.enrolment_id)
    return award_panel(enrolment, shanghai_date(now))


def refuse_if_missing(panel: Panel) -> None:
    """Raise AwardRefused naming each rule that is not met."""
    if not panel.ready:
        missing = _("；").join(
            line.title + _("：") + line.missing_sentence for line in panel.rules if not line.met
        )
        raise AwardRefused(_("条件还没有满足，不能发证。%(missing)s。", missing=missing))


def settle(decision: Decision, state: str, panel: Panel, *, actor: User, now: datetime) -> None:
    """Write who decided what and when, with the evidence as it stood then."""
    decision.state = state
    decision.decided_by_id, decision.decided_at = actor.id, now
    decision.evidence = {**decision.evidence, "decided": snapshot(panel, now)}
    # What counted may have changed since the proposal: a retake, a corrected assessment.
    decision.result_id = panel.result_id or decision.result_id
    decision.assessment_id = panel.assessment_id or decision.assessment_id


def refuse(decision: Decision, *, reason: str, actor: User, now: datetime) -> None:
    """Decide that no certificate is given. Raises AwardRefused, Impartial."""
    decision = _with_reason(decision, reason, actor=actor, now=now)
    settle(decision, "refused", panel_now(decision, now), actor=actor, now=now)
    audit.record("award.refused", decision, actor=actor, now=now)
    telling.refused(decision, now=now)


def send_back(decision: Decision, *, reason: str, actor: User, now: datetime) -> None:
    """Return a proposal to its proposer to be completed. Raises AwardRefused, Impartial."""
    decision = _with_reason(decision, reason, actor=actor, now=now)
    settle(decision, "returned", panel_now(decision, now), actor=actor, now=now)
    audit.record("award.returned", decision, actor=actor, now=now)
    telling.sent_back(decision, db.session.get_one(User, decision.proposed_by_id), now=now)


def _with_reason(decision: Decision, reason: str, *, actor: User, now: datetime) -> Decision:
    reason = reason.strip()
    if not reason:
        raise AwardRefused(_("不发证或退回都要写明理由。"))
    decision = locked(decision.id)
    may_decide(decision, actor=actor, now=now)
    decision.reason = reason[:300]
    return decision


def snapshot(panel: Panel, now: datetime) -> dict[str, Any]:
    """Return the panel as JSON with the day it was computed for."""
    return {"on": shanghai_date(now).isoformat(), "rules": panel.evidence()}
