"""Deciding on an appeal, by somebody who did not decide before."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts.confirming import needs_fresh_password
from app.errors import Refusal
from app.extensions import db
from app.models.register import Appeal
from app.permissions import needs, the_user
from app.register import appealing
from app.register.forms import DecideAppealForm
from app.register.places import find_certificate
from app.register.views.blueprint import blueprint
from app.register.views.showing import obstacle, whole


@blueprint.route("/awards/register/appeals/<appeal_id>", methods=["GET", "POST"])
@needs("award.withdraw")
@needs_fresh_password
def appeal(appeal_id: str) -> ResponseReturnValue:
    """Show an appeal with the decision it is against, and decide on it."""
    row = db.session.get(Appeal, appeal_id) or abort(404)
    certificate = find_certificate(row.certificate_id, "award.withdraw")
    form, now = DecideAppealForm(), clock.now()
    if form.validate_on_submit():
        try:
            appealing.decide(
                row,
                upheld=form.decision.data == "upheld",
                answer=form.answer.data or "",
                actor=the_user(),
                now=now,
            )
        except Refusal as refusal:
            db.session.rollback()
            flash(refusal.sentence, "stop")
            return redirect(url_for(".appeal", appeal_id=appeal_id))
        db.session.commit()
        flash(_("已决定，答复发给了持证人。"), "ok")
        return redirect(url_for(".certificate", certificate_id=certificate.id))
    page = render_template(
        "register/appeal.html",
        form=form,
        appeal=row,
        obstacle=obstacle(lambda: appealing.may_decide(row, actor=the_user(), now=now)),
        **whole(certificate, now),
    )
    return page, 400 if form.errors else 200
