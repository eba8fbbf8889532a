"""Pages of the decision queue."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts import places
from app.accounts.confirming import needs_fresh_password
from app.awards import deciding, issuing, lists
from app.awards.forms import DecideForm
from app.awards.refusals import AwardRefused
from app.awards.views.blueprint import blueprint
from app.awards.views.obstacle import obstacle
from app.eligibility.impartiality import Impartial, refuse_if_tied
from app.eligibility.panel import award_panel
from app.extensions import db
from app.models.awards import Decision
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from app.permissions import allows, needs, require, the_user
from app.training.scope import class_scope


@blueprint.get("/awards")
@needs("award.read")
def queue() -> ResponseReturnValue:
    """Show who is ready, what waits for a decision, and what was decided."""
    user, today = the_user(), clock.shanghai_date(clock.now())
    pages = lists.decided(user, today)
    return render_template(
        "awards/queue.html",
        candidates=lists.candidates(user, today),
        waiting=lists.waiting(user, today),
        decided=lists.lines(pages.items),
        pages=pages,
        may_end_many=allows(user, "award.withdraw"),
    )


@blueprint.get("/awards/enrolments/<enrolment_id>")
@needs("award.read")
def candidate(enrolment_id: str) -> ResponseReturnValue:
    """Show one person's evidence before the proposal."""
    enrolment, training_class = _enrolment(enrolment_id, "award.read")
    today = clock.shanghai_date(clock.now())
    return render_template(
        "awards/candidate.html",
        enrolment=enrolment,
        training_class=training_class,
        panel=award_panel(enrolment, today),
        standing=deciding.find_open(enrolment),
        may_propose=allows(the_user(), "award.propose", class_scope(training_class)),
        may_reveal=places.reaches(the_user(), "people.read_identity", enrolment.user),
        obstacle=obstacle(
            lambda: refuse_if_tied(the_user(), enrolment.user, today, _("提出这张证书"))
        ),
    )


@blueprint.post("/awards/enrolments/<enrolment_id>/propose")
@needs("award.propose")
def propose(enrolment_id: str) -> ResponseReturnValue:
    """Propose one person for the certificate."""
    enrolment, _class = _enrolment(enrolment_id, "award.propose")
    try:
        decision = deciding.propose(enrolment, actor=the_user(), now=clock.now())
    except (AwardRefused, Impartial) as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
        return redirect(url_for("awards.candidate", enrolment_id=enrolment_id))
    db.session.commit()
    flash(_("已提出，等另一个人决定。"), "ok")
    return redirect(url_for("awards.decision", decision_id=decision.id))


@blueprint.get("/awards/decisions/<decision_id>")
@needs("award.read")
def decision(decision_id: str) -> ResponseReturnValue:
    """Show a proposal, its evidence then and now, and how it was decided."""
    row, training_class = _decision(decision_id, "award.read")
    return render_template(
        "awards/decision.html",
        training_class=training_class,
        may_decide=allows(the_user(), "award.decide", class_scope(training_class)),
        **_evidence(row),
    )


@blueprint.route("/awards/decisions/<decision_id>/decide", methods=["GET", "POST"])
@needs("award.decide")
@needs_fresh_password
def decide(decision_id: str) -> ResponseReturnValue:
    """Grant, refuse or return a proposal."""
    row, training_class = _decision(decision_id, "award.decide")
    form = DecideForm()
    if form.validate_on_submit():
        try:
            _act(row, form, the_user())
        except (AwardRefused, Impartial) as refusal:
            db.session.rollback()
            flash(refusal.sentence, "stop")
        return redirect(url_for("awards.decision", decision_id=decision_id))
    if row.state != "proposed":
        return redirect(url_for("awards.decision", decision_id=decision_id))
    page = render_template(
        "awards/decide.html", training_class=training_class, form=form, **_evidence(row)
    )
    return page, 400 if form.errors else 200


def _act(row: Decision, form: DecideForm, actor: User) -> None:
    """Do what the form asks and say so."""
    now = clock.now()
    if form.decision.data == "grant":
        certificate = issuing.issue(row, actor=actor, now=now)
        said = _("已发证，编号 %(number)s。", number=certificate.printed["number_grouped"])
    elif form.decision.data == "refuse":
        deciding.refuse(row, reason=form.reason.data or "", actor=actor, now=now)
        said = _("已决定不发证，理由已告诉本人。")
    else:
        deciding.send_back(row, reason=form.reason.data or "", actor=actor, now=now)
        said = _("已退回，理由已告诉提出的人。")
    db.session.commit()
    flash(said, "ok")


def _evidence(row: Decision) -> dict[str, object]:
    now = clock.now()
    return {
        "line": lists.lines([row])[0],
        "panel": deciding.panel_now(row, now),
        "obstacle": obstacle(lambda: deciding.may_decide(row, actor=the_user(), now=now)),
    }


def _enrolment(enrolment_id: str, permission: str) -> tuple[Enrolment, TrainingClass]:
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None:
        abort(404)
    training_class = db.session.get_one(TrainingClass, enrolment.class_id)
    require(permission, class_scope(training_class))
    return enrolment, training_class


def _decision(decision_id: str, permission: str) -> tuple[Decision, TrainingClass]:
    row = db.session.get(Decision, decision_id)
    if row is None:
        abort(404)
    return row, _enrolment(row.enrolment_id, permission)[1]
