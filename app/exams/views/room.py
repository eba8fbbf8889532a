"""The invigilator's pages: own duties, and the room with its few acts."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock, clock_alarms
from app.errors import Refusal
from app.exams import board, handing_in, rostering, starting, time_account
from app.exams.forms import ReasonForm, TimeForm, given
from app.exams.views import blueprint
from app.exams.views.reaching import open_attempts
from app.extensions import db
from app.models.exams import Attempt, Sitting, SittingStaff
from app.permissions import needs, the_user


def own_sitting(sitting_id: str) -> Sitting:
    """Return a sitting for which the signed-in person is named, or 404."""
    sitting = db.session.get(Sitting, sitting_id)
    if sitting is None or the_user().id not in {staff.user_id for staff in sitting.staff}:
        abort(404)
    return sitting


def own_attempt(attempt_id: str) -> Attempt:
    """Return an attempt in a sitting that the person invigilates, or 404."""
    attempt = db.session.get(Attempt, attempt_id)
    if attempt is None:
        abort(404)
    own_sitting(attempt.sitting_id)
    return attempt


@blueprint.get("/duties")
@needs("exam.invigilate")
def duties() -> ResponseReturnValue:
    """List the sittings a person invigilates."""
    sittings = db.session.scalars(
        select(Sitting)
        .join(SittingStaff, SittingStaff.sitting_id == Sitting.id)
        .where(SittingStaff.user_id == the_user().id)
        .order_by(Sitting.opens_at.desc())
    ).all()
    return render_template("exams/duties.html", sittings=sittings, now=clock.now())


@blueprint.get("/rooms/<sitting_id>")
@needs("exam.invigilate")
def room(sitting_id: str) -> ResponseReturnValue:
    """Show the room: code, gate, one row per candidate as the server knows it."""
    sitting = own_sitting(sitting_id)
    now = clock.now()
    return render_template(
        "exams/room.html",
        sitting=sitting,
        rows=board.rows(sitting, now),
        alarms=clock_alarms.open_alarms(),
        form=TimeForm(),
        milliseconds=int(now.timestamp() * 1000),
        now=now,
    )


@blueprint.post("/rooms/<sitting_id>/unlock")
@needs("exam.invigilate")
def unlock(sitting_id: str) -> ResponseReturnValue:
    """Open the start gate: nobody needs the code any more."""
    sitting = own_sitting(sitting_id)
    rostering.unlock(sitting, actor=the_user(), now=clock.now())
    db.session.commit()
    flash(_("已开考，考生不用再输口令。"), "ok")
    return redirect(url_for(".room", sitting_id=sitting.id))


@blueprint.post("/rooms/<sitting_id>/time")
@needs("exam.invigilate")
def add_room_time(sitting_id: str) -> ResponseReturnValue:
    """Add time for everyone who is still writing."""
    sitting = own_sitting(sitting_id)
    return _add_time(sitting, open_attempts(sitting), "room")


@blueprint.post("/rooms/attempts/<attempt_id>/time")
@needs("exam.invigilate")
def add_time(attempt_id: str) -> ResponseReturnValue:
    """Add time for one candidate."""
    attempt = own_attempt(attempt_id)
    return _add_time(attempt.booking.sitting, [attempt], "person")


def _add_time(sitting: Sitting, attempts: list[Attempt], kind: str) -> ResponseReturnValue:
    form = TimeForm()
    try:
        if not form.validate_on_submit():
            raise time_account.TimeRefused(_("补多少分钟请填整数，例如 5。"))
        time_account.add_time(
            attempts,
            kind,
            given(form.minutes),
            form.reason.data or "",
            actor=the_user(),
            now=clock.now(),
        )
    except Refusal as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
    else:
        db.session.commit()
        flash(_("已给 %(n)d 人补时，半分钟内会出现在他们的钟上。", n=len(attempts)), "ok")
    return redirect(url_for(".room", sitting_id=sitting.id))


@blueprint.post("/rooms/attempts/<attempt_id>/allow-device")
@needs("exam.invigilate")
def allow_device(attempt_id: str) -> ResponseReturnValue:
    """Let one candidate go on on another device."""
    attempt = own_attempt(attempt_id)
    try:
        starting.allow_takeover(attempt, actor=the_user(), now=clock.now())
    except Refusal as refusal:
        flash(refusal.sentence, "stop")
    else:
        db.session.commit()
        flash(_("已放行 %(n)d 座换设备，十分钟内有效。", n=attempt.booking.seat), "ok")
    return redirect(url_for(".room", sitting_id=attempt.sitting_id))


@blueprint.post("/rooms/attempts/<attempt_id>/hand-in")
@needs("exam.invigilate")
def hand_in_for(attempt_id: str) -> ResponseReturnValue:
    """Hand in for a candidate, with the reason."""
    attempt = own_attempt(attempt_id)
    form = ReasonForm()
    try:
        if not form.validate_on_submit():
            raise handing_in.NotOpen(_("代交要写原因，最多 200 个字。"))
        handing_in.hand_in_for(attempt, given(form.reason), actor=the_user(), now=clock.now())
    except Refusal as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
    else:
        db.session.commit()
        flash(_("已代 %(n)d 座交卷。", n=attempt.booking.seat), "ok")
    return redirect(url_for(".room", sitting_id=attempt.sitting_id))
