"""The register's desk: a certificate by its number, what waits for a decision, who is suspended."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app import clock
from app.extensions import db
from app.models.awards import Certificate, Decision
from app.models.people import User
from app.models.register import Appeal, Hearing
from app.models.training import Enrolment, TrainingClass
from app.permissions import Scope, allows, needs, the_user
from app.register import ledger, looking_up, reasons
from app.register.views.blueprint import blueprint
from app.training.scope import readable_classes

SUSPENDED_SHOWN = 100


@blueprint.get("/awards/register")
@needs("award.read")
def desk() -> ResponseReturnValue:
    """Show open hearings, open appeals and suspended certificates within one's reach."""
    user, now = the_user(), clock.now()
    own = _reached(user, clock.shanghai_date(now))
    hearings = select(Hearing).where(Hearing.state == "open", Hearing.certificate_id.in_(own))
    appeals = select(Appeal).where(Appeal.state == "open", Appeal.certificate_id.in_(own))
    suspended = db.session.scalars(
        select(Certificate)
        .where(Certificate.status == "suspended", Certificate.id.in_(own))
        .order_by(Certificate.number)
        .limit(SUSPENDED_SHOWN)
    ).all()
    return render_template(
        "register/desk.html",
        hearings=db.session.scalars(
            hearings.options(selectinload(Hearing.certificate)).order_by(Hearing.reply_until)
        ).all(),
        appeals=db.session.scalars(
            appeals.options(selectinload(Appeal.certificate)).order_by(Appeal.answer_by)
        ).all(),
        suspended=suspended,
        lines=ledger.histories(suspended),
        **_looked_up(own, now),
        may_decide=allows(user, "award.withdraw"),
        may_check=allows(user, "award.read", Scope()),
        word=ledger.word,
        label=reasons.label,
        today=clock.shanghai_date(now),
    )


def _looked_up(own: Select[str], now: datetime) -> dict[str, Any]:
    """Return what was typed into the search, and the certificates it names as they stand."""
    query = looking_up.stored_form(request.args.get("q", ""))
    found = looking_up.by_number(query, own)
    lines = ledger.histories(found[: looking_up.MOST])
    return {
        "query": query,
        "least": looking_up.LEAST,
        "found": [
            (one, ledger.verdict(one, lines[one.id], now).code.value)
            for one in found[: looking_up.MOST]
        ],
        "more": len(found) > looking_up.MOST,
    }


def _reached(user: User, on: date) -> Select[str]:
    classes = readable_classes(user, "award.read", on).with_only_columns(TrainingClass.id)
    return (
        select(Certificate.id)
        .join(Decision, Decision.id == Certificate.decision_id)
        .join(Enrolment, Enrolment.id == Decision.enrolment_id)
        .where(Enrolment.class_id.in_(classes.order_by(None)))
    )
