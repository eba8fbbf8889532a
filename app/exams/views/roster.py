"""The exam manager's acts on a roster: adding a class, more time for one person."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.errors import Refusal
from app.exams import rostering
from app.exams.forms import FactorForm, RosterForm, given
from app.exams.views import blueprint
from app.exams.views.reaching import get_booking, get_sitting
from app.exams.views.sittings import sitting_page
from app.extensions import db
from app.models.training import TrainingClass
from app.permissions import needs, require, the_user
from app.training.scope import class_scope


@blueprint.post("/sittings/<sitting_id>/roster")
@needs("exam.build")
def add_class(sitting_id: str) -> ResponseReturnValue:
    """Put everyone of a class who is ready onto the roster."""
    found = get_sitting(sitting_id, "exam.build")
    training_class = db.session.get(TrainingClass, RosterForm().training_class.data or "")
    if training_class is None:
        flash(_("请选一个班级。"), "stop")
        return redirect(url_for(".sitting", sitting_id=found.id))
    require("exam.build", class_scope(training_class))
    try:
        booked = rostering.add_class(found, training_class, actor=the_user(), now=clock.now())
    except rostering.CannotBook as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
        return redirect(url_for(".sitting", sitting_id=sitting_id))
    db.session.commit()
    flash(_("加进名单 %(n)d 人。", n=booked.added), "ok" if booked.added else "info")
    return sitting_page(found, booked.left_out)


@blueprint.post("/sittings/<sitting_id>/bookings/<booking_id>/factor")
@needs("exam.build")
def set_factor(sitting_id: str, booking_id: str) -> ResponseReturnValue:
    """Approve more time for one person."""
    found = get_sitting(sitting_id, "exam.build")
    booking = get_booking(found, booking_id)
    form = FactorForm()
    try:
        if not form.validate_on_submit():
            raise rostering.CannotBook(_("时间系数请填整数，例如 150。"))
        rostering.set_time_factor(
            booking, given(form.percent), form.reason.data or "", actor=the_user(), now=clock.now()
        )
    except Refusal as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
    else:
        db.session.commit()
        flash(_("已批准，时间账里会写明。"), "ok")
    return redirect(url_for(".sitting", sitting_id=found.id))
