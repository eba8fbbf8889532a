"""Whether a sitting is ready: its checks, confirming it, and the dry run on a phone."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.acting import do_and_tell
from app.errors import Refusal
from app.exams import dry_run, handing_in, readiness
from app.exams.views import blueprint
from app.exams.views.reaching import get_sitting, sitting_scope
from app.extensions import db, may_write
from app.models.exams import Booking, Sitting
from app.permissions import allows, needs, signed_in, the_user


def own_or_office(sitting_id: str) -> Sitting:
    """Return a sitting that the person invigilates or looks after, or 404."""
    sitting = db.session.get(Sitting, sitting_id)
    if sitting is None or sitting.mock:
        abort(404)
    user = the_user()
    named = user.id in {staff.user_id for staff in sitting.staff}
    if not named and not allows(user, "exam.build", sitting_scope(sitting)):
        abort(404)
    return sitting


@blueprint.get("/sittings/<sitting_id>/preflight")
@needs("exam.read")
def sitting_preflight(sitting_id: str) -> ResponseReturnValue:
    """Show what was looked at: green or red, and what to do."""
    found = get_sitting(sitting_id, "exam.read")
    return render_template(
        "exams/sitting_preflight.html",
        sitting=found,
        checks=readiness.of_sitting(found),
        may_build=allows(the_user(), "exam.build", sitting_scope(found)),
        now=clock.now(),
    )


@blueprint.post("/sittings/<sitting_id>/confirm")
@needs("exam.build")
def confirm_sitting(sitting_id: str) -> ResponseReturnValue:
    """Confirm a sitting and tell its candidates."""
    found = get_sitting(sitting_id, "exam.build")

    def act() -> str:
        told = readiness.confirm(found, actor=the_user(), now=clock.now())
        return str(_("已确认，通知了 %(n)d 人。", n=told))

    return do_and_tell(act, url_for(".sitting_preflight", sitting_id=sitting_id))


@blueprint.get("/sittings/<sitting_id>/dry-run")
@signed_in
def dry_run_page(sitting_id: str) -> ResponseReturnValue:
    """Say what a dry run is, for invigilators and the exam office."""
    return render_template("exams/dry_run.html", sitting=own_or_office(sitting_id))


@blueprint.post("/sittings/<sitting_id>/dry-run")
@signed_in
def begin_dry_run(sitting_id: str) -> ResponseReturnValue:
    """Open the exam's screen with sample questions on this device."""
    found = own_or_office(sitting_id)
    try:
        booking = dry_run.begin(found, the_user(), clock.now())
    except Refusal as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
        return redirect(url_for(".dry_run_page", sitting_id=sitting_id))
    db.session.commit()
    return redirect(url_for(".waiting_room", booking_id=booking.id), 303)


@blueprint.get("/dry-runs/<booking_id>")
@signed_in
def dry_run_result(booking_id: str) -> ResponseReturnValue:
    """Put a finished dry run on record and say whether it counts."""
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.user_id != the_user().id or not booking.sitting.rehearses_id:
        abort(404)
    attempt, now = booking.attempt, clock.now()
    if attempt is None:
        return redirect(url_for(".waiting_room", booking_id=booking_id))
    may_write()
    handing_in.close_if_over(attempt, now)
    phone = dry_run.is_phone(request.headers.get("User-Agent", ""))
    rehearsed, why = booking.sitting.rehearses_id, ""
    try:
        dry_run.finish(attempt, phone=phone, actor=the_user(), now=now)
    except dry_run.NoDryRun as refusal:
        why = refusal.sentence
    db.session.commit()
    sitting = db.session.get_one(Sitting, rehearsed)
    return render_template("exams/dry_run_result.html", sitting=sitting, why=why)
