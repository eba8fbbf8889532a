"""What a candidate sees before and after: own exams, waiting room, receipt, what was handed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from app import clock, throttle
from app.exams import (
    answers,
    comments,
    devices,
    fetching,
    handing_in,
    late,
    misconduct,
    places,
    rules,
    starting,
    time_account,
    voiding,
)
from app.exams.labels import authored
from app.exams.questions import asked
from app.exams.views import blueprint
from app.extensions import db, may_write
from app.models.exams import Attempt, Booking, Result, Sitting
from app.permissions import signed_in, the_user
from question_bank import parse_response, say_response


def own_booking(booking_id: str) -> Booking:
    """Return a booking of the signed-in person, or 404."""
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.user_id != the_user().id:
        abort(404)
    return booking


@blueprint.get("/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """List the person's own exams, the next one first."""
    bookings = db.session.scalars(
        select(Booking)
        .join(Booking.sitting)
        .where(Booking.user_id == the_user().id, Sitting.mock.is_(False))
        .options(
            contains_eager(Booking.sitting),
            selectinload(Booking.attempt).selectinload(Attempt.result),
        )
    ).all()
    ordered = sorted(bookings, key=lambda b: b.sitting.opens_at, reverse=True)
    return render_template(
        "exams/mine.html",
        bookings=ordered,
        cases=misconduct.is_about(the_user()),
        now=clock.now(),
    )


def _back_to_paper(view: Callable[[str], ResponseReturnValue]) -> Callable[[str], Any]:
    """Lead a device of a running attempt to its paper, also when the sign-in has ended meanwhile."""

    # A swipe back leaves the paper for this page, and a long exam outlives a sign-in.
    @wraps(view)
    def led(booking_id: str) -> ResponseReturnValue:
        booking = None if current_user.is_authenticated else db.session.get(Booking, booking_id)
        attempt = booking.attempt if booking else None
        try:
            if attempt is not None:
                answers.find_device(attempt.id, devices.token(attempt.id))
                return redirect(url_for(".paper", booking_id=booking_id))
        except answers.UnknownDevice:
            pass  # somebody without a part in it: the sign-in asks who they are
        return view(booking_id)

    return led


@blueprint.get("/sit/<booking_id>")
@_back_to_paper
@signed_in
def waiting_room(booking_id: str) -> ResponseReturnValue:
    """Show the rules, the time there will be, and the gate."""
    booking = own_booking(booking_id)
    attempt = booking.attempt
    if attempt is not None:
        done = attempt.state != "open"
        return redirect(url_for(".receipt" if done else ".paper", booking_id=booking.id))
    return _waiting_room(booking, clock.now(), "")


def _waiting_room(booking: Booking, now: datetime, trouble: str) -> ResponseReturnValue:
    sitting = booking.sitting
    frozen = sitting.revision.body
    begin = max(now, sitting.opens_at)
    lines = rules.opening_lines(
        begin, sitting.closes_at, frozen["minutes"], booking.time_factor_percent
    )
    gate = rules.gate(
        now,
        sitting.opens_at,
        sitting.last_start_at,
        admitted=sitting.unlocked_at is not None,
        drawn=booking.paper is not None,
    )
    page = render_template(
        "exams/waiting_room.html",
        booking=booking,
        sitting=sitting,
        frozen=frozen,
        gate=gate.value,
        lines=[(time_account.reason(line.kind, booking), line.seconds) for line in lines],
        seconds=sum(line.seconds for line in lines),
        trouble=trouble,
        heavy=fetching.weigh(booking, now),
        now=now,
    )
    return page, (409 if trouble else 200)


@blueprint.post("/sit/<booking_id>/start")
@signed_in
def start(booking_id: str) -> ResponseReturnValue:
    """Start answering on this device."""
    place, now = places.find(booking_id), clock.now()
    if place is None or place.user_id != the_user().id:
        abort(404)
    to_paper = redirect(url_for(".paper", booking_id=booking_id), 303)
    if place.attempt_id is not None:
        attempt = db.session.get_one(Attempt, place.attempt_id)
        again = devices.regain(attempt)  # a second click: its reply replaces the first
        return devices.keep(to_paper, attempt, again) if again else to_paper
    token = devices.new_token(booking_id, 1)
    version = request.form.get("rules", "")
    code = request.form.get("code", "")
    try:
        started = starting.begin(
            place, code=code, rules_version=version, token=token, actor=the_user(), now=now
        )
    except starting.CannotStart as refusal:
        if code and not starting.admitted(place, code):
            throttle.count_try("room-code", booking_id, starting.CODE_PERIOD, now)
            db.session.commit()
        return _waiting_room(own_booking(booking_id), now, refusal.sentence)
    db.session.commit()
    return devices.keep(to_paper, started, token)


@blueprint.post("/sit/<booking_id>/take-over")
@signed_in
def take_over(booking_id: str) -> ResponseReturnValue:
    """Go on on this device, once the invigilator has allowed it."""
    booking = own_booking(booking_id)
    attempt = booking.attempt
    if attempt is None:
        return redirect(url_for(".waiting_room", booking_id=booking.id))
    token = devices.regain(attempt)
    if token is None:
        token = devices.new_token(booking.id, attempt.epoch + 1)
        starting.take_over(attempt, token=token, actor=the_user(), now=clock.now())
        db.session.commit()
    to_paper = redirect(url_for(".paper", booking_id=booking.id), 303)
    return devices.keep(to_paper, attempt, token)


def finished(booking_id: str) -> tuple[Booking, Attempt]:
    """Return a handed-in attempt of the signed-in person or of this device, or 404."""
    booking = db.session.get(Booking, booking_id)
    attempt = booking.attempt if booking else None
    if booking is None or attempt is None:
        abort(404)
    if not current_user.is_authenticated or the_user().id != booking.user_id:
        answers.find_device(attempt.id, devices.token(attempt.id))
    return booking, attempt


@blueprint.get("/sit/<booking_id>/receipt")
@devices.by_device
def receipt(booking_id: str) -> ResponseReturnValue:
    """Show the receipt: when, how many answers, the code, the time account."""
    booking, attempt = finished(booking_id)
    now = clock.now()
    if attempt.state == "open":
        may_write()
        if not handing_in.close_if_over(attempt, now):
            return redirect(url_for(".paper", booking_id=booking.id))
        db.session.commit()
    if booking.sitting.mock:
        return redirect(url_for(".mock_result", booking_id=booking.id))
    if attempt.state == "void":
        return render_template(
            "exams/void_receipt.html",
            booking=booking,
            reason=voiding.reason(attempt),
            cases=misconduct.of_attempt(attempt.id),
        )
    given = answers.standing(attempt)
    return render_template(
        "exams/receipt.html",
        booking=booking,
        attempt=attempt,
        answered=len(given),
        total=len(attempt.paper.slots),
        late=len(late.slots_of(attempt)),
        time_lines=time_account.account(attempt),
        used=int(((attempt.handed_in_at or now) - attempt.started_at).total_seconds()),
        allowed=int((attempt.deadline_at - attempt.started_at).total_seconds()),
    )


@blueprint.get("/sit/<booking_id>/handed-in")
@signed_in
def handed_in(booking_id: str) -> ResponseReturnValue:
    """Show the candidate's own answers as handed in: no key, no mark."""
    booking = own_booking(booking_id)
    attempt = booking.attempt
    if attempt is None or attempt.state == "open":
        return redirect(url_for(".paper", booking_id=booking.id))
    given = answers.standing(attempt)
    shown = {item["number"]: item for group in attempt.paper.shown for item in group["items"]}
    rows, late_slots = [], late.slots_of(attempt)
    for slot in attempt.paper.slots:
        question = asked(slot.version_id, slot.part)
        answer = authored(question, slot.option_order, given.get(slot.number))
        response = parse_response(question, answer)
        is_late = slot.number in late_slots
        rows.append((shown[slot.number], say_response(question, response), is_late))
    return render_template("exams/handed_in.html", booking=booking, attempt=attempt, rows=rows)


@blueprint.get("/sit/<booking_id>/result")
@signed_in
def result(booking_id: str) -> ResponseReturnValue:
    """Show a released result by domain; before the release there is nothing to find here."""
    booking = own_booking(booking_id)
    if booking.sitting.mock:
        return redirect(url_for(".mock_result", booking_id=booking.id))
    found = db.session.scalar(
        select(Result)
        .join(Attempt, Attempt.id == Result.attempt_id)
        .where(Attempt.booking_id == booking.id, Result.released_at.is_not(None))
    )
    if found is None:
        abort(404)
    said = comments.of_attempt(found.attempt)
    return render_template("exams/result.html", booking=booking, result=found, comments=said)
