"""The office's pages of accommodations: who has one, granting and withdrawing for one person."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock
from app.errors import Refusal
from app.exams import accommodations
from app.exams.accommodations import Grant
from app.exams.admission import enrolments_of
from app.exams.forms import given
from app.exams.office_forms import AccommodationForm
from app.exams.views import blueprint
from app.exams.views.reaching import sitting_scope
from app.extensions import db
from app.models.exams import Booking, Sitting
from app.models.people import User
from app.models.room import Accommodation
from app.models.training import Enrolment, TrainingClass
from app.permissions import allows, needs, the_user
from app.training.scope import class_scope, readable_classes

PERMISSION = "exam.build"


def get_candidate(user_id: str) -> User:
    """Return a person of a class or on a roster within the office's reach, or 404."""
    person = db.session.get(User, user_id)
    if person is None or not _in_reach(person):
        abort(404)
    return person


def _in_reach(person: User) -> bool:
    office, enrolled = the_user(), enrolments_of([person.id])
    if any(allows(office, PERMISSION, class_scope(one.training_class)) for one in enrolled):
        return True
    sittings = db.session.scalars(
        select(Sitting)
        .join(Booking, Booking.sitting_id == Sitting.id)
        .where(Booking.user_id == person.id)
    )
    return any(allows(office, PERMISSION, sitting_scope(one)) for one in sittings)


@blueprint.get("/accommodations")
@needs(PERMISSION)
def all_accommodations() -> ResponseReturnValue:
    """List what stands, and the people of one class to grant something new."""
    reached = readable_classes(the_user(), PERMISSION, clock.shanghai_date(clock.now()))
    classes = db.session.scalars(reached).all()
    ids = [one.id for one in classes]
    rows = db.session.scalars(
        select(Accommodation)
        .where(
            Accommodation.ended_at.is_(None),
            Accommodation.user_id.in_(select(Enrolment.user_id).where(Enrolment.class_id.in_(ids))),
        )
        .order_by(Accommodation.approved_at.desc())
    ).all()
    chosen = next((one for one in classes if one.id == request.args.get("class")), None)
    return render_template(
        "exams/accommodations.html",
        rows=rows,
        classes=classes,
        chosen=chosen,
        people=_people(chosen) if chosen else [],
        today=clock.shanghai_date(clock.now()),
    )


def _people(found: TrainingClass) -> list[User]:
    return list(
        db.session.scalars(
            select(User)
            .join(Enrolment, Enrolment.user_id == User.id)
            .where(Enrolment.class_id == found.id, Enrolment.state == "enrolled")
            .order_by(User.name, User.id)
        )
    )


@blueprint.route("/people/<user_id>/accommodation", methods=["GET", "POST"])
@needs(PERMISSION)
def accommodation(user_id: str) -> ResponseReturnValue:
    """Grant one person what holds for every exam, or show what stands."""
    person = get_candidate(user_id)
    row = accommodations.standing([person.id]).get(person.id)
    form, trouble = AccommodationForm(data=_standing(row)), ""
    if form.validate_on_submit():
        try:
            accommodations.grant_to(person, _grant(form), actor=the_user(), now=clock.now())
        except Refusal as refusal:
            db.session.rollback()
            person, trouble = get_candidate(user_id), refusal.sentence
            row = accommodations.standing([user_id]).get(user_id)
        else:
            db.session.commit()
            flash(_("已批准，会自动用到 %(name)s 以后的每一场考试。", name=person.name), "ok")
            return redirect(url_for(".accommodation", user_id=user_id))
    page = render_template(
        "exams/accommodation.html",
        person=person,
        row=row,
        earlier=[one for one in accommodations.history(person) if one.ended_at],
        form=form,
        trouble=trouble,
        today=clock.shanghai_date(clock.now()),
    )
    return page, (400 if form.is_submitted() else 200)


@blueprint.post("/people/<user_id>/accommodation/withdraw")
@needs(PERMISSION)
def withdraw_accommodation(user_id: str) -> ResponseReturnValue:
    """End what stands for one person."""
    person = get_candidate(user_id)
    row = accommodations.standing([person.id]).get(person.id)
    if row is not None:
        accommodations.withdraw(row, actor=the_user(), now=clock.now())
        db.session.commit()
        flash(_("已撤回，%(name)s 还没开考的场次恢复规定时间。", name=person.name), "ok")
    return redirect(url_for(".accommodation", user_id=user_id))


def _standing(row: Accommodation | None) -> dict[str, Any]:
    """Return what the form begins with: what stands, else the ordinary."""
    if row is None:
        return {"percent": 100, "break_minutes": 0}
    return {
        "percent": row.time_factor_percent,
        "large_type": row.large_type,
        "reader": row.reader,
        "break_minutes": row.break_minutes,
        "reason": row.reason,
        "evidence": row.evidence,
        "valid_until": row.valid_until,
    }


def _grant(form: AccommodationForm) -> Grant:
    return Grant(
        percent=given(form.percent),
        large_type=form.large_type.data,
        reader=form.reader.data,
        break_minutes=given(form.break_minutes),
        reason=form.reason.data or "",
        evidence=form.evidence.data or "",
        valid_until=form.valid_until.data,
    )
