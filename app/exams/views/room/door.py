"""The door: a ticket scanned, photographed or typed, the face compared, the result noted.

Each way leads to one person's check. With the script the check appears inside the list and the next
person can be scanned at once; without it, and by the phone's own camera, it is a page of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import (
    Response,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock, code_photos
from app.errors import Refusal, wants_json
from app.exams import checking_in, seating
from app.exams.views import blueprint
from app.exams.views.room.own import may_invigilate, only_room, own_booking, own_sitting, try_to
from app.extensions import db, outside_transaction
from app.models.exams import Booking, Sitting
from app.models.people import User
from app.permissions import needs, signed_in, the_user


@blueprint.get("/door/<ticket>")
@signed_in
def door(ticket: str) -> ResponseReturnValue:
    """Open a scanned ticket: for the invigilator the check, for everybody else the own exams.

    Whether a number exists is told to nobody but the invigilator of its sitting.
    """
    booking = checking_in.by_ticket(ticket)
    if booking is None or not may_invigilate(booking):
        return redirect(url_for(".mine"))
    sitting = booking.sitting
    return render_template(
        "exams/door.html", booking=booking, sitting=sitting, counts=_counts(sitting)
    )


@blueprint.get("/rooms/<sitting_id>/door")
@needs("exam.invigilate")
def door_list(sitting_id: str) -> ResponseReturnValue:
    """List who has come and who has not; a typed number leads to its check."""
    sitting = own_sitting(sitting_id)
    typed = request.args.get("ticket", "").strip()
    if typed:
        try:
            booking = checking_in.at_door(sitting, typed)
        except checking_in.NotAtThisDoor as refusal:
            flash(refusal.sentence, "stop")
        else:
            return redirect(url_for(".door", ticket=booking.ticket_number))
    rooms = {one.name: one.id for one in seating.rooms_of(sitting)}
    only = only_room(sitting)
    found = select(Booking).where(Booking.sitting_id == sitting.id)
    if only:
        found = found.where(Booking.room_id == rooms[only])
    page = render_template(
        "exams/door_list.html",
        sitting=sitting,
        rooms=list(rooms),
        only=only,
        people=db.session.scalars(found.order_by(Booking.seat)).all(),
        counts=_counts(sitting),
    )
    return code_photos.allow_decoder(make_response(page))


@blueprint.get("/rooms/<sitting_id>/door/person")
@needs("exam.invigilate")
def door_person(sitting_id: str) -> ResponseReturnValue:
    """Give the check of whom a scanned code or a typed number names, for the list to show."""
    sitting = own_sitting(sitting_id)
    return _told(checking_in.at_door(sitting, request.args.get("text", "")[:300]))


@blueprint.post("/rooms/<sitting_id>/door/photo")
@needs("exam.invigilate")
def door_photo(sitting_id: str) -> ResponseReturnValue:
    """Read the code on a photo of a ticket, and lead to the check."""
    code_photos.refuse_if_too_large()
    own_sitting(sitting_id)
    outside_transaction()  # reading a photo takes a second
    try:
        texts = code_photos.read()
        booking = checking_in.at_door(own_sitting(sitting_id), texts[0])
    except Refusal as refusal:
        if wants_json():
            raise
        flash(refusal.sentence, "stop")
        return redirect(url_for(".door_list", sitting_id=sitting_id))
    if wants_json():
        return _told(booking)
    return redirect(url_for(".door", ticket=booking.ticket_number))


@blueprint.post("/rooms/seats/<booking_id>/check-in")
@needs("exam.invigilate")
def check_in(booking_id: str) -> ResponseReturnValue:
    """Note what the door found."""
    booking = own_booking(booking_id)

    def do(actor: User, now: datetime) -> str:
        result, note = request.form.get("result", ""), request.form.get("note", "")
        checking_in.check_in(booking, result, note, actor=actor, now=now)
        return str(_("已登记 %(n)d 座。请核对下一位。", n=booking.seat))

    return _done(booking, do)


@blueprint.post("/rooms/seats/<booking_id>/check-in/undo")
@needs("exam.invigilate")
def undo_check_in(booking_id: str) -> ResponseReturnValue:
    """Take back what the door noted."""
    booking = own_booking(booking_id)

    def do(actor: User, now: datetime) -> str:
        checking_in.undo(booking, request.form.get("reason", ""), actor=actor, now=now)
        return str(_("已撤销 %(n)d 座的核对结果。", n=booking.seat))

    return _done(booking, do)


def _done(booking: Booking, do: Callable[[User, datetime], str]) -> ResponseReturnValue:
    """Do an act of the door: on a page of its own, or for the list that shows the check itself."""
    if not wants_json():
        return try_to(do, url_for(".door", ticket=booking.ticket_number))
    said = do(the_user(), clock.now())
    db.session.commit()
    return _told(booking, said)


def _told(booking: Booking, said: str = "") -> Response:
    """Return one person's check as the list shows it, with what has changed around it."""
    sitting = booking.sitting
    return jsonify(
        said=said,
        seat=booking.seat,
        person=render_template("exams/_door_person.html", booking=booking, sitting=sitting),
        around=render_template("exams/_door_around.html", booking=booking, counts=_counts(sitting)),
    )


def _counts(sitting: Sitting) -> dict[str, int]:
    """Return the counts of the room that the page is about, or of all rooms."""
    rooms = {one.name: one.id for one in seating.rooms_of(sitting)}
    return checking_in.counts(sitting, rooms.get(only_room(sitting)))
