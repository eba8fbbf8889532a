"""The exam manager's acts on rooms and seats, and the window in which candidates book alone."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.exams import rostering, seating
from app.exams.forms import given
from app.exams.office_forms import RoomsForm, SeatForm, WindowForm
from app.exams.views import blueprint
from app.exams.views.reaching import get_booking, get_sitting
from app.exams.views.sittings import acted, utc
from app.permissions import needs, the_user


@blueprint.post("/sittings/<sitting_id>/rooms")
@needs("exam.build")
def set_rooms(sitting_id: str) -> ResponseReturnValue:
    """Replace the rooms and their seats."""
    found = get_sitting(sitting_id, "exam.build")
    text = RoomsForm().rooms.data or ""
    return acted(
        sitting_id,
        lambda: seating.set_rooms(
            found, seating.read_rooms(text), actor=the_user(), now=clock.now()
        ),
        _("考场和座位数已记下。"),
    )


@blueprint.post("/sittings/<sitting_id>/booking")
@needs("exam.build")
def open_booking(sitting_id: str) -> ResponseReturnValue:
    """Let candidates book by themselves from one moment to another."""
    found = get_sitting(sitting_id, "exam.build")
    form = WindowForm()
    if not form.validate_on_submit():
        flash(_("开始和截止两个时间都要填，写成年月日和时分。"), "stop")
        return redirect(url_for(".sitting", sitting_id=sitting_id))
    first, last = utc(given(form.opens_at)), utc(given(form.closes_at))
    return acted(
        sitting_id,
        lambda: rostering.open_booking(found, first, last, actor=the_user(), now=clock.now()),
        _("约考时间已定，考生到时可以自己约、改和取消。"),
    )


@blueprint.post("/sittings/<sitting_id>/booking/close")
@needs("exam.build")
def close_booking(sitting_id: str) -> ResponseReturnValue:
    """Leave booking to the office again."""
    found = get_sitting(sitting_id, "exam.build")
    return acted(
        sitting_id,
        lambda: rostering.close_booking(found, actor=the_user(), now=clock.now()),
        _("已关闭自己约考，座位不变，以后由考务安排。"),
    )


@blueprint.post("/sittings/<sitting_id>/seats")
@needs("exam.build")
def deal_seats(sitting_id: str) -> ResponseReturnValue:
    """Deal the seats anew at random."""
    found = get_sitting(sitting_id, "exam.build")
    return acted(
        sitting_id,
        lambda: seating.shuffle(found, actor=the_user(), now=clock.now()),
        _("座位已重新排过。打印过的准考证和座位表要重新打印。"),
    )


@blueprint.post("/sittings/<sitting_id>/bookings/<booking_id>/seat")
@needs("exam.build")
def change_seat(sitting_id: str, booking_id: str) -> ResponseReturnValue:
    """Give one person a certain seat; who has it takes theirs."""
    found = get_sitting(sitting_id, "exam.build")
    booking = get_booking(found, booking_id)
    form = SeatForm()
    if not form.validate_on_submit():
        flash(_("座位号请填整数，例如 12。"), "stop")
        return redirect(url_for(".sitting", sitting_id=sitting_id))
    seat = given(form.seat)
    name = booking.user.name
    return acted(
        sitting_id,
        lambda: seating.move(found, booking, seat, actor=the_user(), now=clock.now()),
        _("%(name)s 现在坐 %(seat)d 座。", name=name, seat=seat),
    )
