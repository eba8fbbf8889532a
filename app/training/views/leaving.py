"""Leaving a class or its waiting list, by oneself or at the hand of the training body."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from app import clock
from app.acting import do_and_tell
from app.errors import Refusal
from app.extensions import db
from app.models.classes import WaitingPlace
from app.models.training import Enrolment
from app.permissions import needs, signed_in, the_user
from app.training import leaving, scope, waiting
from app.training.forms import ReasonForm
from app.training.pages import blueprint


@blueprint.route("/my-class/<enrolment_id>/leave", methods=["GET", "POST"])
@signed_in
def leave(enrolment_id: str) -> ResponseReturnValue:
    """Leave a class by oneself, after being asked once more."""
    row = db.session.get(Enrolment, enrolment_id)
    if row is None or row.user_id != the_user().id or row.state != "enrolled":
        abort(404)
    if not FlaskForm().validate_on_submit():  # the token alone: nobody has to say why they leave
        return render_template("training/leave.html", enrolment=row)

    def act() -> str:
        leaving.leave(row, actor=the_user(), now=clock.now())
        return str(_("你已退出“%(title)s”。", title=row.training_class.title))

    return do_and_tell(act, url_for("training.mine"))


@blueprint.post("/my-class/waiting/<row_id>/stop")
@signed_in
def stop_waiting(row_id: str) -> ResponseReturnValue:
    """Give up one's place on a waiting list."""
    row = db.session.get(WaitingPlace, row_id)
    if row is None or row.user_id != the_user().id:
        abort(404)

    def act() -> str:
        waiting.stop_waiting(row, actor=the_user(), now=clock.now())
        return str(_("你不再排“%(title)s”的候补。", title=row.training_class.title))

    return do_and_tell(act, url_for("training.mine"))


@blueprint.route("/classes/<class_id>/people/<enrolment_id>/taking-out", methods=["GET", "POST"])
@needs("class.manage")
def remove(class_id: str, enrolment_id: str) -> ResponseReturnValue:
    """Take somebody out of a class, with the reason they are told."""
    now, user = clock.now(), the_user()
    found = scope.find_class(user, "class.manage", class_id, clock.shanghai_date(now))
    row = db.session.get(Enrolment, enrolment_id)
    if row is None or row.class_id != found.id:
        abort(404)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            moved = leaving.leave(row, actor=user, now=now, reason=str(form.reason.data).strip())
        except Refusal as refusal:
            db.session.rollback()
            flash(refusal.sentence, "stop")
        else:
            db.session.commit()
            flash(_("%(name)s已移出这个班，候补进班 %(n)s 人。", name=row.user.name, n=moved), "ok")
        return redirect(url_for("training.training_class", class_id=class_id))
    page = render_template("training/remove.html", training_class=found, enrolment=row, form=form)
    return page, 400 if form.is_submitted() else 200
