"""Keys of hospitals' systems: the list, issuing, withdrawing."""

from __future__ import annotations

from flask import abort, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock
from app.accounts.confirming import needs_fresh_password
from app.acting import do_and_tell
from app.extensions import db
from app.hospitals import keys
from app.hospitals.forms import SCOPES, KeyForm, WithdrawForm
from app.hospitals.refusing import ListRefused
from app.hospitals.views.blueprint import blueprint
from app.models.hospitals import HospitalKey
from app.permissions import Scope, needs, require, the_user


@blueprint.get("/hospital-keys")
@needs("hospital.keys")
def all_keys() -> ResponseReturnValue:
    """List the keys, those in use first."""
    require("hospital.keys", Scope())
    rows = select(HospitalKey).order_by(
        HospitalKey.withdrawn_at.is_not(None), HospitalKey.issued_at.desc()
    )
    return render_template(
        "hospitals/keys.html",
        pages=db.paginate(rows, per_page=50, error_out=False),
        today=clock.shanghai_date(clock.now()),
        scopes=SCOPES,
        address=current_app.config["PEIZHEN"].public_url + url_for("hospital_api.status"),
    )


@blueprint.route("/hospital-keys/new", methods=["GET", "POST"])
@needs("hospital.keys")
@needs_fresh_password
def issue_key() -> ResponseReturnValue:
    """Issue a key and show it, this once."""
    require("hospital.keys", Scope())
    form, user = KeyForm(), the_user()
    if form.validate_on_submit():
        try:
            row, key = keys.issue(
                form.holder.data,
                form.purpose.data,
                form.scopes.data or [],
                form.valid_until.data,
                actor=user,
                now=clock.now(),
            )
        except ListRefused as refusal:
            db.session.rollback()
            form.form_errors.append(refusal.sentence)
        else:
            db.session.commit()
            # Answered at once, not after a redirect: a key must not pass through a cookie.
            return render_template("hospitals/key_issued.html", row=row, key=key)
    page = render_template("hospitals/issue_key.html", form=form)
    return page, 400 if form.is_submitted() else 200


@blueprint.route("/hospital-keys/<key_id>/withdraw", methods=["GET", "POST"])
@needs("hospital.keys")
@needs_fresh_password
def withdraw_key(key_id: str) -> ResponseReturnValue:
    """Withdraw a key."""
    require("hospital.keys", Scope())
    row, form = db.session.get(HospitalKey, key_id), WithdrawForm()
    if row is None:
        abort(404)
    if form.validate_on_submit():

        def act() -> str:
            keys.withdraw(row, form.reason.data or "", actor=the_user(), now=clock.now())
            return str(_("已收回，马上不能再用。"))

        return do_and_tell(act, url_for("hospitals.all_keys"))
    page = render_template("hospitals/withdraw_key.html", form=form, row=row)
    return page, 400 if form.is_submitted() else 200
