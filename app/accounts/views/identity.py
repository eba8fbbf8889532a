"""Recording one's own identity number; reading somebody's whole number with a reason."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts import consents, identity, places
from app.accounts.confirming import needs_fresh_password
from app.accounts.forms import IdentityForm, ReasonForm
from app.accounts.views.base import blueprint
from app.errors import Refusal
from app.extensions import db
from app.models.people import User
from app.permissions import needs, signed_in, the_user


@blueprint.route("/account/identity", methods=["GET", "POST"])
@signed_in
def own_identity() -> ResponseReturnValue:
    """Record or correct the own identity number."""
    form, user, now = IdentityForm(), the_user(), clock.now()
    if form.validate_on_submit():
        try:
            identity.record(user, form.kind.data, form.number.data or "", actor=user, now=now)
        except Refusal as refusal:
            form.show(refusal, "number")
        else:
            db.session.commit()
            flash(_("证件号已加密保存。页面上只显示头三位和末四位。"), "ok")
            return redirect(url_for("accounts.account"))
    return render_template(
        "accounts/identity.html",
        form=form,
        row=user.identity,
        consented=consents.holds(user, "identity_number"),
    )


@blueprint.route("/people/<user_id>/identity", methods=["GET", "POST"])
@needs("people.read_identity")
@needs_fresh_password
def reveal_identity(user_id: str) -> ResponseReturnValue:
    """Show a whole identity number to somebody who gives a reason; it stands in the trail."""
    person = db.session.get(User, user_id)
    if person is None or not places.reaches(the_user(), "people.read_identity", person):
        abort(404)
    form, number = ReasonForm(), ""
    if form.validate_on_submit():
        try:
            number = identity.reveal(
                person, reason=form.reason.data or "", actor=the_user(), now=clock.now()
            )
        except Refusal as refusal:
            form.show(refusal, "reason")
        else:
            db.session.commit()
    return render_template("accounts/reveal_identity.html", form=form, person=person, number=number)
