"""The candidate's pages of booking: open sittings with seats left, changing, cancelling."""

from __future__ import annotations

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.exams import booking, seating
from app.exams.rostering import CannotBook
from app.exams.views import blueprint
from app.exams.views.candidate import own_booking
from app.extensions import db
from app.models.exams import Booking, Sitting
from app.permissions import signed_in, the_user

CHANGE, CANCEL = "exam.change_until_hours", "exam.cancel_until_hours"


@blueprint.get("/book")
@signed_in
def open_sittings() -> ResponseReturnValue:
    """List the sittings that can be booked now."""
    return _offers("")


@blueprint.get("/book/seats")
@signed_in
def seats_left() -> ResponseReturnValue:
    """Return how many seats each open sitting has left, for the page that shows them."""
    return jsonify(seats=seating.seats_left(booking.open_sittings(clock.now())))


@blueprint.post("/book/<sitting_id>")
@signed_in
def book(sitting_id: str) -> ResponseReturnValue:
    """Book a seat for oneself."""
    sitting = _offered(sitting_id)
    try:
        row = booking.book(sitting, the_user(), now=clock.now())
    except CannotBook as refusal:
        db.session.rollback()
        return _offers(refusal.sentence)
    db.session.commit()
    flash(_("约好了，%(seat)d 座。", seat=row.seat), "ok")
    return redirect(url_for(".ticket", booking_id=row.id))


@blueprint.route("/sit/<booking_id>/change", methods=["GET", "POST"])
@signed_in
def change_booking(booking_id: str) -> ResponseReturnValue:
    """Move to another sitting of the same exam."""
    row = own_booking(booking_id)
    trouble = ""
    if request.method == "POST":
        sitting = _offered(request.form.get("sitting", ""))
        try:
            new = booking.change(row, sitting, now=clock.now())
        except CannotBook as refusal:
            db.session.rollback()
            row, trouble = own_booking(booking_id), refusal.sentence
        else:
            db.session.commit()
            flash(_("改好了，新的座位是 %(seat)d 座。", seat=new.seat), "ok")
            return redirect(url_for(".ticket", booking_id=new.id))
    now = clock.now()
    page = render_template(
        "exams/change_booking.html",
        booking=row,
        offers=booking.offers(the_user(), now, instead_of=row),
        last=booking.last_moment(row.sitting, CHANGE),
        may=booking.may_still(row, CHANGE, now),
        trouble=trouble,
    )
    return page, (409 if trouble else 200)


@blueprint.route("/sit/<booking_id>/cancel", methods=["GET", "POST"])
@signed_in
def cancel_booking(booking_id: str) -> ResponseReturnValue:
    """Give one's seat back."""
    if db.session.get(Booking, booking_id) is None and booking.was_cancelled(
        booking_id, the_user()
    ):
        flash(_("这个座位已经取消了。你还有的考试都在这里。"), "wait")
        return redirect(url_for(".mine"))
    row = own_booking(booking_id)
    trouble = ""
    if request.method == "POST":
        try:
            booking.cancel(row, now=clock.now())
        except CannotBook as refusal:
            db.session.rollback()
            row, trouble = own_booking(booking_id), refusal.sentence
        else:
            db.session.commit()
            flash(_("已取消，座位放出来了。"), "ok")
            return redirect(url_for(".mine"))
    now = clock.now()
    page = render_template(
        "exams/cancel_booking.html",
        booking=row,
        last=booking.last_moment(row.sitting, CANCEL),
        may=booking.may_still(row, CANCEL, now),
        trouble=trouble,
    )
    return page, (409 if trouble else 200)


def _offers(trouble: str) -> ResponseReturnValue:
    now = clock.now()
    page = render_template(
        "exams/open_sittings.html", offers=booking.offers(the_user(), now), trouble=trouble
    )
    return page, (409 if trouble else 200)


def _offered(sitting_id: str) -> Sitting:
    """Return a sitting that is or was open for booking, or 404: others are the office's alone."""
    sitting = db.session.get(Sitting, sitting_id)
    if sitting is None or sitting.booking_opens_at is None:
        abort(404)
    return sitting
