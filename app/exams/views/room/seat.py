"""One seat of the room: who sits there, what happened second by second, and the acts for one."""

from __future__ import annotations

import io
from datetime import datetime

from flask import abort, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts import passwords, photos
from app.accounts.confirming import needs_fresh_password
from app.exams import (
    attempt_log,
    board,
    handing_in,
    rescuing,
    voiding,
)
from app.exams.forms import ReasonForm, given
from app.exams.views import blueprint
from app.exams.views.room.own import own_attempt, own_booking, try_to
from app.extensions import db, outside_transaction
from app.models.exams import Attempt, Booking
from app.models.people import User
from app.permissions import needs, the_user


def _page_of(booking: Booking) -> str:
    return url_for(".seat", booking_id=booking.id)


@blueprint.get("/rooms/seats/<booking_id>")
@needs("exam.invigilate")
def seat(booking_id: str) -> ResponseReturnValue:
    """Show one candidate of the room with the log of the attempt."""
    booking = own_booking(booking_id)
    now = clock.now()
    found = attempt_log.lines(booking)
    rows = board.rows(booking.sitting, now)
    return render_template(
        "exams/seat.html",
        booking=booking,
        sitting=booking.sitting,
        row=next(row for row in rows if row.booking_id == booking.id),
        lines=found,
        names=attempt_log.names(found),
        may_rescue=rescuing.why_not(booking, now) == "",
        now=now,
    )


@blueprint.get("/rooms/seats/<booking_id>/photo")
@needs("exam.invigilate")
def seat_photo(booking_id: str) -> ResponseReturnValue:
    """Send a candidate's photo to those who compare it with the face."""
    jpeg = photos.bytes_of(own_booking(booking_id).user)
    if jpeg is None:
        abort(404)
    response = send_file(io.BytesIO(jpeg), mimetype="image/jpeg", max_age=None)
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@blueprint.post("/rooms/attempts/<attempt_id>/hand-in")
@needs("exam.invigilate")
def hand_in_for(attempt_id: str) -> ResponseReturnValue:
    """Hand in for a candidate, with the reason."""
    attempt, form = own_attempt(attempt_id), ReasonForm()

    def do(actor: User, now: datetime) -> str:
        if not form.validate_on_submit():
            raise handing_in.NotOpen(_("代交要写原因，最多 200 个字。"))
        handing_in.hand_in_for(attempt, given(form.reason), actor=actor, now=now)
        return str(_("已代 %(n)d 座交卷。", n=attempt.booking.seat))

    return try_to(do, _page_of(attempt.booking))


@blueprint.route("/rooms/attempts/<attempt_id>/void", methods=["GET", "POST"])
@needs("exam.invigilate")
@needs_fresh_password
def void(attempt_id: str) -> ResponseReturnValue:
    """Make an attempt void, after the password was given again."""
    attempt: Attempt = own_attempt(attempt_id)
    if request.method == "GET":
        return render_template("exams/void.html", attempt=attempt, booking=attempt.booking)

    def do(actor: User, now: datetime) -> str:
        if request.form.get("acknowledged") != "yes":
            raise voiding.VoidRefused(_("请先勾选“我知道作废不能收回”，再作废。"))
        voiding.void(attempt, request.form.get("reason", ""), actor=actor, now=now)
        return str(_("已作废 %(n)d 座的答卷，原因已记入操作记录。", n=attempt.booking.seat))

    return try_to(do, _page_of(attempt.booking))


@blueprint.route("/rooms/seats/<booking_id>/password", methods=["GET", "POST"])
@needs("exam.invigilate")
def seat_password(booking_id: str) -> ResponseReturnValue:
    """Give a candidate of this room a password for the day; it is shown this one time."""
    booking, once = own_booking(booking_id), ""
    if request.method == "POST":
        rescuing.refuse_unless_possible(booking, clock.now())
        outside_transaction()
        once = passwords.make_given()
        made = passwords.make_hash(once)
        why = request.form.get("reason", "")
        rescuing.give_password(booking, made, why, actor=the_user(), now=clock.now())
        db.session.commit()
    trouble = rescuing.why_not(booking, clock.now())
    return render_template("exams/seat_password.html", booking=booking, once=once, trouble=trouble)
