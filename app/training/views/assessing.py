"""The page on which an examiner records a practical assessment."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.errors import Refusal
from app.extensions import db
from app.models.people import User
from app.models.training import Enrolment
from app.permissions import needs, the_user
from app.training import assessing, scope
from app.training.forms import AssessmentForm, options
from app.training.pages import blueprint


@blueprint.route("/classes/<class_id>/assess/<enrolment_id>", methods=["GET", "POST"])
@needs("class.assess")
def assess(class_id: str, enrolment_id: str) -> ResponseReturnValue:
    """Record what two examiners found of one person."""
    user, on = the_user(), clock.shanghai_date(clock.now())
    found = scope.find_class(user, "class.assess", class_id, on)
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None or enrolment.class_id != found.id or enrolment.state != "enrolled":
        abort(404)
    fellows = {person.id: person for person in assessing.fellow_examiners(enrolment, user)}
    form = AssessmentForm(held_on=on)
    form.second.choices = options(
        [("", _("请选")), *((person.id, person.name) for person in fellows.values())]
    )
    if form.validate_on_submit():
        try:
            return _record(enrolment, form, fellows[form.second.data])
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(refusal.sentence)
    page = render_template(
        "training/assess.html",
        training_class=found,
        enrolment=enrolment,
        form=form,
        history=assessing.history(enrolment),
    )
    return page, 409 if form.is_submitted() else 200


def _record(enrolment: Enrolment, form: AssessmentForm, second: User) -> ResponseReturnValue:
    user, now = the_user(), clock.now()
    held_on, mark = form.held_on.data, form.mark.data
    assert held_on is not None and mark is not None  # noqa: S101, PT018 — validated
    outcome = assessing.Outcome(
        held_on=held_on,
        mark=mark,
        critical_error=form.critical_error.data == "yes",
        note=(form.note.data or "").strip(),
    )
    on = clock.shanghai_date(now)
    row = assessing.assess(
        enrolment, outcome, first=user, second=second, actor=user, on=on, now=now
    )
    db.session.commit()
    name = enrolment.user.name
    if row.passed:
        flash(_("%(name)s的实操考核通过，%(mark)s 分。", name=name, mark=row.mark), "ok")
    else:
        flash(_("%(name)s的实操考核没有通过，%(mark)s 分。", name=name, mark=row.mark), "info")
    return redirect(url_for("training.training_class", class_id=enrolment.class_id))
