"""What was announced to a holder: the reply, and the decision."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts.confirming import needs_fresh_password
from app.errors import Refusal
from app.extensions import db
from app.models.register import Hearing
from app.permissions import needs, the_user
from app.register import deciding
from app.register.forms import DecideHearingForm
from app.register.places import find_certificate
from app.register.views.blueprint import blueprint
from app.register.views.certificates import say
from app.register.views.showing import obstacle, whole


@blueprint.route("/awards/register/hearings/<hearing_id>", methods=["GET", "POST"])
@needs("award.withdraw")
@needs_fresh_password
def hearing(hearing_id: str) -> ResponseReturnValue:
    """Show what was announced and replied, and decide on it."""
    row = db.session.get(Hearing, hearing_id) or abort(404)
    certificate = find_certificate(row.certificate_id, "award.withdraw")
    form = DecideHearingForm()
    if row.status != "suspended":
        del form.until
    there = redirect(url_for(".certificate", certificate_id=certificate.id))
    if form.validate_on_submit():
        try:
            said = _do(row, form)
        except Refusal as refusal:
            db.session.rollback()
            flash(refusal.sentence, "stop")
            return redirect(url_for(".hearing", hearing_id=hearing_id))
        db.session.commit()
        flash(said, "ok")
        return there
    if row.state != "open":
        return there
    now = clock.now()
    page = render_template(
        "register/hearing.html",
        form=form,
        hearing=row,
        first=deciding.decidable_from(row),
        obstacle=obstacle(lambda: deciding.may_act(certificate, actor=the_user(), now=now)),
        **whole(certificate, now),
    )
    return page, 400 if form.errors else 200


def _do(row: Hearing, form: DecideHearingForm) -> str:
    actor, now, reason = the_user(), clock.now(), form.reason.data or ""
    if form.decision.data == "drop":
        deciding.drop(row, note=reason, actor=actor, now=now)
        return str(_("已结束，证书状态没有变，持证人收到了说明。"))
    until = form.until.data if "until" in form else None
    return say(deciding.decide(row, reason=reason, until=until, actor=actor, now=now))
