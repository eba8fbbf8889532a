"""The account in the time bank, and the sheet of hours for it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.extensions import db, may_write
from app.models.training import Enrolment
from app.permissions import needs, signed_in, the_user
from app.practicum import time_bank
from app.practicum.forms import TimeBankForm
from app.practicum.pages import blueprint
from app.practicum.refusing import PracticumRefused
from app.practicum.views.mine import own_enrolment
from app.training.scope import find_class
from app.training.views.recording import enrolled

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.route("/practicum/time-bank", methods=["GET", "POST"])
@signed_in
def time_bank_account() -> ResponseReturnValue:
    """Show, keep or take away the own account number."""
    form, user = TimeBankForm(), the_user()
    if form.validate_on_submit():
        try:
            time_bank.keep(user, form.number.data or "", actor=user, now=clock.now())
        except PracticumRefused as refusal:
            db.session.rollback()
            form.show(refusal)
        else:
            db.session.commit()
            kept = time_bank.account_of(user) is not None
            flash(_("账号已加密保存。") if kept else _("没有保存账号，存过的已删除。"), "ok")
            return redirect(url_for("practicum.mine"))
    page = render_template("practicum/time_bank.html", form=form, bank=time_bank.account_of(user))
    return page, 400 if form.is_submitted() else 200


@blueprint.get("/practicum/time-bank.xlsx")
@signed_in
def own_hours() -> ResponseReturnValue:
    """Send one's own signed hours."""
    may_write()
    enrolment = own_enrolment() or abort(404)
    return _sheet([enrolment], "time-bank.xlsx")


@blueprint.get("/classes/<class_id>/practicum/time-bank.xlsx")
@needs("practicum.manage")
def class_hours(class_id: str) -> ResponseReturnValue:
    """Send the signed hours of a class's people who gave an account."""
    may_write()
    on = clock.shanghai_date(clock.now())
    found = find_class(the_user(), "practicum.manage", class_id, on)
    return _sheet(enrolled(found), "time-bank-class.xlsx")


def _sheet(enrolments: Sequence[Enrolment], name: str) -> Response:
    rows = time_bank.signed_visits([one.id for one in enrolments])
    made = time_bank.sheet(rows)
    time_bank.note_export(enrolments, len(rows), actor=the_user(), now=clock.now())
    db.session.commit()
    response = make_response(made)
    response.mimetype = EXCEL
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
