"""Attendance and practical signatures by hand, for a whole class on one page."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock
from app.errors import Refusal
from app.extensions import db
from app.models.training import ClassMeeting, Enrolment, PracticalSignOff, TrainingClass
from app.permissions import needs, the_user
from app.training import attendance, practice, records, scope, signing
from app.training.forms import ReasonForm
from app.training.half_days import show_half_day
from app.training.pages import blueprint

REASON_LENGTH = 200


def enrolled(training_class: TrainingClass) -> list[Enrolment]:
    """Return who is in a class, in the order they joined."""
    rows = select(Enrolment).where(
        Enrolment.class_id == training_class.id, Enrolment.state == "enrolled"
    )
    return list(db.session.scalars(rows.order_by(Enrolment.enrolled_at, Enrolment.id)))


@blueprint.route("/classes/<class_id>/meetings/<meeting_id>", methods=["GET", "POST"])
@needs("class.record")
def meeting(class_id: str, meeting_id: str) -> ResponseReturnValue:
    """Record who was there for how long."""
    now, user = clock.now(), the_user()
    found = scope.find_class(user, "class.record", class_id, clock.shanghai_date(now))
    half_day = db.session.get(ClassMeeting, meeting_id)
    if half_day is None or half_day.class_id != found.id:
        abort(404)
    people, problem, reason = enrolled(found), "", ""
    if request.method == "POST":
        reason = request.form.get("reason", "").strip()[:REASON_LENGTH]
        try:
            minutes = _minutes(people)
            changed = attendance.record(half_day, minutes, reason=reason, actor=user, now=now)
        except Refusal as refusal:
            db.session.rollback()
            problem = refusal.sentence
        else:
            db.session.commit()
            flash(
                _("“%(title)s”登记了 %(n)s 人。", title=show_half_day(half_day.title), n=changed),
                "ok",
            )
            return redirect(url_for("training.training_class", class_id=class_id))
    page = render_template(
        "training/meeting.html",
        training_class=found,
        meeting=half_day,
        people=people,
        standing=attendance.standing(half_day),
        earlier=attendance.earlier(half_day),
        signs=signing.signs_of(half_day),
        typed=request.form,
        problem=problem,
        reason=reason,
        begun=now >= half_day.starts_at,
    )
    return page, 409 if problem else 200


def _minutes(people: list[Enrolment]) -> dict[Enrolment, int]:
    """Read the minutes typed for each person. Raises AttendanceRefused for what is no number."""
    minutes = {}
    for enrolment in people:
        typed = request.form.get(f"minutes-{enrolment.id}", "").strip()
        if not typed:
            continue
        if not (typed.isascii() and typed.isdigit() and len(typed) < 6):
            raise attendance.AttendanceRefused(
                _("%(name)s的分钟数要填整数，比如 180。", name=enrolment.user.name)
            )
        minutes[enrolment] = int(typed)
    return minutes


@blueprint.route("/classes/<class_id>/practice", methods=["GET", "POST"])
@needs("class.sign")
def sign_offs(class_id: str) -> ResponseReturnValue:
    """Sign for people and practical lessons on one grid."""
    now, user = clock.now(), the_user()
    on = clock.shanghai_date(now)
    found = scope.find_class(user, "class.sign", class_id, on)
    people = enrolled(found)
    if request.method == "POST":
        try:
            new = practice.sign(found, _wanted(people), on=on, actor=user, now=now)
        except Refusal as refusal:
            db.session.rollback()
            flash(refusal.sentence, "stop")
        else:
            db.session.commit()
            flash(_("签了 %(n)s 项。", n=new), "ok" if new else "info")
        return redirect(url_for("training.sign_offs", class_id=class_id))
    return render_template(
        "training/sign_offs.html",
        training_class=found,
        people=people,
        lessons=records.lessons_to_sign(found.edition, on),
        signed=records.sign_offs([person.id for person in people]),
        begun=on >= found.starts_on,
    )


def _wanted(people: list[Enrolment]) -> list[tuple[Enrolment, str]]:
    """Read the ticked boxes `<enrolment>:<lesson>`; other people's ids are dropped."""
    by_id = {person.id: person for person in people}
    pairs = (box.partition(":") for box in request.form.getlist("sign"))
    return [(by_id[person], code) for person, _colon, code in pairs if person in by_id]


@blueprint.route("/classes/<class_id>/practice/<row_id>/withdraw", methods=["GET", "POST"])
@needs("class.sign")
def withdraw_sign_off(class_id: str, row_id: str) -> ResponseReturnValue:
    """Take a signature back, with the reason."""
    now, user = clock.now(), the_user()
    found = scope.find_class(user, "class.sign", class_id, clock.shanghai_date(now))
    row = db.session.get(PracticalSignOff, row_id)
    enrolment = db.session.get(Enrolment, row.enrolment_id) if row else None
    if row is None or enrolment is None or enrolment.class_id != found.id:
        abort(404)
    form = ReasonForm()
    if form.validate_on_submit():
        practice.withdraw(row, reason=str(form.reason.data).strip(), actor=user, now=now)
        db.session.commit()
        flash(_("收回了%(name)s的签字。", name=enrolment.user.name), "ok")
        return redirect(url_for("training.sign_offs", class_id=class_id))
    page = render_template(
        "training/withdraw.html", training_class=found, row=row, enrolment=enrolment, form=form
    )
    return page, 400 if form.is_submitted() else 200
