"""One's own practicum: how far, all visits, beginning one."""

from __future__ import annotations

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.models.practicum import PracticumVisit
from app.models.training import Enrolment, TrainingClass
from app.permissions import signed_in, the_user
from app.practicum import places, progress, time_bank, visits, wording
from app.practicum.forms import BeginForm
from app.practicum.pages import blueprint
from app.practicum.refusing import PracticumRefused
from app.practicum.visits import Setting
from app.training.forms import options


def own_enrolment() -> Enrolment | None:
    """Return the newest class one is enrolled in."""
    return db.session.scalar(
        select(Enrolment)
        .join(Enrolment.training_class)
        .where(Enrolment.user_id == the_user().id, Enrolment.state == "enrolled")
        .order_by(TrainingClass.starts_on.desc(), Enrolment.enrolled_at.desc())
        .limit(1)
    )


def own_visit(visit_id: str) -> PracticumVisit:
    """Return one's own visit; answers 404 for every other id."""
    found = db.session.get(PracticumVisit, visit_id)
    if found is None or found.enrolment.user_id != the_user().id:
        abort(404)
    return found


@blueprint.get("/practicum")
@signed_in
def mine() -> ResponseReturnValue:
    """Show progress and all visits."""
    enrolment = own_enrolment()
    if enrolment is None:
        return render_template("practicum/no_class.html")
    on = clock.shanghai_date(clock.now())
    rows = visits.of_enrolment(enrolment)
    return render_template(
        "practicum/mine.html",
        enrolment=enrolment,
        rows=rows,
        under_way=next((one for one in rows if one.state == "open"), None),
        at=progress.of([enrolment.id], on)[enrolment.id],
        places=places.usable(enrolment.training_class, on),
        bank=time_bank.account_of(the_user()),
        wording=wording,
    )


@blueprint.route("/practicum/start", methods=["GET", "POST"])
@signed_in
def begin() -> ResponseReturnValue:
    """Open a visit, or lead to the one that is open."""
    enrolment = own_enrolment()
    if enrolment is None:
        return render_template("practicum/no_class.html")
    now = clock.now()
    if (found := visits.open_visit(enrolment)) is not None:
        return redirect(url_for("practicum.visit", visit_id=found.id))
    usable = {
        one.id: one for one in places.usable(enrolment.training_class, clock.shanghai_date(now))
    }
    form = BeginForm()
    form.place.choices = options((one.id, one.name) for one in usable.values())
    if form.validate_on_submit():
        setting = Setting(usable[form.place.data], form.level.data, form.department.data)
        try:
            made = visits.begin(enrolment, setting, actor=the_user(), now=now)
        except PracticumRefused as refusal:
            db.session.rollback()
            form.show(refusal)
        else:
            db.session.commit()
            return redirect(url_for("practicum.visit", visit_id=made.id))
    status = 400 if form.is_submitted() else 200
    return render_template("practicum/begin.html", form=form, usable=usable), status
