"""The exam manager's acts on a roster: adding a class or a list, taking somebody off."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug import Response

from app import clock
from app.errors import Refusal
from app.exams import roster_lists, rostering
from app.exams.forms import ReasonForm, RosterForm, given
from app.exams.office_forms import PeopleForm
from app.exams.rostering import Booked
from app.exams.views import blueprint
from app.exams.views.reaching import get_booking, get_sitting
from app.exams.views.sittings import acted, sitting_page
from app.extensions import db
from app.models.exams import Sitting
from app.models.training import Enrolment, TrainingClass
from app.permissions import allows, needs, require, the_user
from app.training.scope import class_scope


@blueprint.post("/sittings/<sitting_id>/roster")
@needs("exam.build")
def add_class(sitting_id: str) -> ResponseReturnValue:
    """Put everyone of a class who is ready onto the roster."""
    found = get_sitting(sitting_id, "exam.build")
    training_class = db.session.get(TrainingClass, RosterForm().training_class.data or "")
    if training_class is None:
        flash(_("请选一个班级。"), "stop")
        return _back(sitting_id)
    require("exam.build", class_scope(training_class))
    return _adding(
        found,
        lambda: rostering.add_class(found, training_class, actor=the_user(), now=clock.now()),
    )


@blueprint.post("/sittings/<sitting_id>/people")
@needs("exam.build")
def add_people(sitting_id: str) -> ResponseReturnValue:
    """Put the people of a pasted list onto the roster."""
    found = get_sitting(sitting_id, "exam.build")
    form = PeopleForm()
    if not form.validate_on_submit():
        flash(form.people.errors[0] if form.people.errors else _("请写名单。"), "stop")
        return _back(sitting_id)
    user = the_user()

    def reaches(enrolment: Enrolment) -> bool:
        return allows(user, "exam.build", class_scope(enrolment.training_class))

    return _adding(
        found,
        lambda: roster_lists.add_people(
            found,
            roster_lists.read_lines(form.people.data or ""),
            reaches=reaches,
            actor=user,
            now=clock.now(),
        ),
    )


def _adding(sitting: Sitting, act: Callable[[], Booked]) -> ResponseReturnValue:
    sitting_id = sitting.id
    try:
        booked = act()
    except Refusal as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
        return _back(sitting_id)
    db.session.commit()
    flash(_("加进名单 %(n)d 人。", n=booked.added), "ok" if booked.added else "info")
    return sitting_page(sitting, booked.left_out)


@blueprint.post("/sittings/<sitting_id>/bookings/<booking_id>/remove")
@needs("exam.build")
def remove_booking(sitting_id: str, booking_id: str) -> ResponseReturnValue:
    """Take one person off the roster, with the reason."""
    booking = get_booking(get_sitting(sitting_id, "exam.build"), booking_id)
    form = ReasonForm()
    if not form.validate_on_submit():
        flash(_("请写移出名单的原因，最多 200 个字，考生会收到。"), "stop")
        return _back(sitting_id)
    name = booking.user.name
    return acted(
        sitting_id,
        lambda: rostering.remove(booking, given(form.reason), actor=the_user(), now=clock.now()),
        _("已把 %(name)s 移出名单，座位放出来了。", name=name),
    )


def _back(sitting_id: str) -> Response:
    return redirect(url_for(".sitting", sitting_id=sitting_id))
