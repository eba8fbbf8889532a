"""The door: a ticket scanned or typed, the face compared, the result noted."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.exams import checking_in, seating
from app.exams.views import blueprint
from app.exams.views.room.own import may_invigilate, own_booking, own_sitting, try_to
from app.extensions import db
from app.models.exams import Booking
from app.models.people import User
from app.permissions import needs, signed_in


@blueprint.get("/door/<ticket>")
@signed_in
def door(ticket: str) -> ResponseReturnValue:
    """Open a scanned ticket: for the invigilator the check, for everybody else the own exams.

    Whether a number exists is told to nobody but the invigilator of its sitting.
    """
    booking = checking_in.by_ticket(ticket)
    if booking is None or not may_invigilate(booking):
        return redirect(url_for(".mine"))
    return render_template(
        "exams/door.html",
        booking=booking,
        sitting=booking.sitting,
        counts=checking_in.counts(booking.sitting),
    )


@blueprint.get("/rooms/<sitting_id>/door")
@needs("exam.invigilate")
def door_list(sitting_id: str) -> ResponseReturnValue:
    """List who has come and who has not; a typed number leads to its check."""
    sitting = own_sitting(sitting_id)
    typed = request.args.get("ticket", "").strip()
    booking = checking_in.by_ticket(typed)
    if booking is not None and booking.sitting_id == sitting.id:
        return redirect(url_for(".door", ticket=booking.ticket_number))
    if typed:
        flash(_("这一场没有准考证号 %(number)s，请再看一遍号码。", number=typed[:20]), "stop")
    rooms = {one.name: one.id for one in seating.rooms_of(sitting)}
    only = request.args.get("room", "") if request.args.get("room") in rooms else ""
    found = select(Booking).where(Booking.sitting_id == sitting.id)
    if only:
        found = found.where(Booking.room_id == rooms[only])
    return render_template(
        "exams/door_list.html",
        sitting=sitting,
        rooms=list(rooms),
        only=only,
        people=db.session.scalars(found.order_by(Booking.seat)).all(),
        counts=checking_in.counts(sitting, rooms.get(only)),
    )


@blueprint.post("/rooms/seats/<booking_id>/check-in")
@needs("exam.invigilate")
def check_in(booking_id: str) -> ResponseReturnValue:
    """Note what the door found."""
    booking = own_booking(booking_id)
    back = url_for(".door", ticket=booking.ticket_number)

    def do(actor: User, now: datetime) -> str:
        result, note = request.form.get("result", ""), request.form.get("note", "")
        checking_in.check_in(booking, result, note, actor=actor, now=now)
        return str(_("已登记 %(n)d 座。请核对下一位。", n=booking.seat))

    return try_to(do, back)


@blueprint.post("/rooms/seats/<booking_id>/check-in/undo")
@needs("exam.invigilate")
def undo_check_in(booking_id: str) -> ResponseReturnValue:
    """Take back what the door noted."""
    booking = own_booking(booking_id)

    def do(actor: User, now: datetime) -> str:
        checking_in.undo(booking, request.form.get("reason", ""), actor=actor, now=now)
        return str(_("已撤销 %(n)d 座的核对结果。", n=booking.seat))

    return try_to(do, url_for(".door", ticket=booking.ticket_number))
