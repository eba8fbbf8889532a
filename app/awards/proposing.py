"""Proposing everybody of a class who is ready, in one act; who is not stays out and is told why."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.awards import deciding, lists
from app.awards.refusals import AwardRefused
from app.clock import shanghai_date
from app.eligibility import impartiality
from app.extensions import db
from app.models.awards import Decision
from app.models.people import User
from app.models.training import Enrolment, TrainingClass


def propose_class(
    training_class: TrainingClass, *, actor: User, now: datetime
) -> tuple[list[Decision], dict[str, str]]:
    """Propose all who are ready; returns the proposals, and why others were left out, by name.

    Raises AwardRefused when nobody can be proposed.
    """
    on = shanghai_date(now)
    # Two registrars may click at once: the second finds the proposals of the first.
    db.session.execute(
        select(Enrolment.id)
        .where(Enrolment.class_id == training_class.id)
        .order_by(Enrolment.id)
        .with_for_update()
    )
    found = lists.candidates_of(training_class, on)
    tied = impartiality.refusals(
        actor, [one.enrolment.user for one in found], on, str(_("提出这张证书"))
    )
    made = []
    for one in found:
        if one.enrolment.user_id not in tied:
            made.append(deciding.proposed(one.enrolment, training_class, one.panel, actor, now))
    left_out = {
        one.enrolment.user.name: tied[one.enrolment.user_id]
        for one in found
        if one.enrolment.user_id in tied
    }
    if not made:
        raise AwardRefused(
            next(iter(left_out.values()), _("这个班没有条件都满足、还没有提出的人。"))
        )
    audit.record("award.class_proposed", training_class, actor=actor, now=now, people=len(made))
    return made, left_out
