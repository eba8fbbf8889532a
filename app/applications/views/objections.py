"""The association's pages of objections: what came in, and the answer to each."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import audit, clock
from app.applications import objecting
from app.applications.forms import AnswerForm
from app.applications.views.blueprint import blueprint
from app.errors import Refusal
from app.extensions import db, may_write
from app.models.applications import Objection
from app.models.people import User
from app.permissions import needs, require, the_user
from app.training.scope import class_scope


@blueprint.get("/objections")
@needs("objection.answer")
def objections() -> ResponseReturnValue:
    """List objections, open ones first."""
    rows = objecting.waiting(the_user(), clock.now())
    return render_template("applications/objections.html", rows=rows)


@blueprint.get("/objections/<objection_id>")
@needs("objection.answer")
def objection(objection_id: str) -> ResponseReturnValue:
    """Show one objection with how to reach who objected; reading it is noted."""
    row = _objection(objection_id)
    may_write()
    row = _objection(objection_id)
    audit.record("objection.read", row, actor=the_user(), now=clock.now())
    db.session.commit()
    return _page(_objection(objection_id), AnswerForm(formdata=None))


@blueprint.post("/objections/<objection_id>")
@needs("objection.answer")
def answer_objection(objection_id: str) -> ResponseReturnValue:
    """Answer an objection."""
    row, form = _objection(objection_id), AnswerForm()
    if not form.validate_on_submit():
        return _page(row, form), 400
    try:
        objecting.answer(
            row, form.outcome.data, form.answer.data or "", actor=the_user(), now=clock.now()
        )
    except Refusal as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
        return redirect(url_for("applications.objection", objection_id=objection_id))
    db.session.commit()
    flash(_("答复已记下，提异议的人凭回执号能看到。"), "ok")
    return redirect(url_for("applications.objection", objection_id=objection_id))


def _page(row: Objection, form: AnswerForm) -> str:
    try:
        objecting.may_answer(row, actor=the_user(), now=clock.now())
        obstacle = ""
    except Refusal as refusal:
        obstacle = refusal.sentence
    by = db.session.get(User, row.answered_by_id) if row.answered_by_id else None
    return render_template(
        "applications/objection.html",
        row=row,
        form=form,
        contact=objecting.contact(row),
        obstacle=obstacle,
        answered_by=by,
    )


def _objection(objection_id: str) -> Objection:
    row = db.session.get(Objection, objection_id)
    if row is None:
        abort(404)
    require("objection.answer", class_scope(row.entry.notice.training_class))
    return row
