"""Withdrawing or cancelling many certificates: choose, look at each, then begin."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.confirming import needs_fresh_password
from app.awards import batch_ending, batches, choosing
from app.awards.forms import EndManyForm
from app.awards.refusals import AwardRefused
from app.awards.views.blueprint import blueprint
from app.extensions import db
from app.permissions import needs, the_user

__all__ = ["batch_ending"]  # registers the worker's part


@blueprint.route("/awards/end-many", methods=["GET", "POST"])
@needs("award.withdraw")
@needs_fresh_password
def end_many() -> ResponseReturnValue:
    """Take a list of numbers and a reason, show what would happen to each, and begin it."""
    form, now, user = EndManyForm(), clock.now(), the_user()
    if not form.validate_on_submit():
        page = render_template("awards/end_many.html", form=form, found=None)
        return page, 400 if form.errors else 200
    found = choosing.chosen(form.numbers.data or "", actor=user, now=now)
    if request.form.get("act") != "begin":
        return render_template("awards/end_many.html", form=form, found=found)
    status, _colon, code = form.reason_code.data.partition(":")
    rows = [(one.certificate, one.obstacle) for one in found if one.certificate is not None]
    try:
        batch = batches.begin_ending(
            rows, status, reason_code=code, reason=form.reason.data or "", actor=user, now=now
        )
    except AwardRefused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
        return render_template("awards/end_many.html", form=form, found=found), 400
    db.session.commit()
    return redirect(url_for("awards.batch", batch_id=batch.id))
