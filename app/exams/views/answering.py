"""The answering page, its plain form and handing in (see docs/exam-protocol.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.bank.answer_form import read_answer, typed_answer
from app.exams import answers, devices, handing_in, rescue, room_messages, time_account
from app.exams.views import blueprint
from app.exams.views.exchanging import standing
from app.extensions import csrf, db, may_write
from app.formatting import in_english
from app.models.exams import Attempt, Booking
from app.models.people import User

VALUE = "value"
"""The name of the plain form's answer field, and how its several fields begin."""


@blueprint.get("/sit/<booking_id>/paper")
@devices.by_device
def paper(booking_id: str) -> ResponseReturnValue:
    """Show the answering page: the whole paper in one load, with what is stored already."""
    booking = db.session.get(Booking, booking_id)
    attempt = booking.attempt if booking else None
    if booking is None or attempt is None:
        abort(404)
    held = _held_token(attempt)
    if held is None:
        return redirect(url_for(".other_device", booking_id=booking.id))
    now = clock.now()
    if handing_in.is_over(attempt, now):
        # Only then: on SQLite nobody could save while this page is being drawn.
        may_write()
        handing_in.close_if_over(attempt, now)
        db.session.commit()
    if attempt.state != "open":
        return redirect(url_for(".receipt", booking_id=booking.id))
    device = answers.find_device(attempt.id, held)
    page = make_response(_paper_page(booking, device, now, request.args.get("q", 1, type=int)))
    return page if held == devices.token(attempt.id) else devices.keep(page, attempt, held)


def _held_token(attempt: Attempt) -> str | None:
    """Return the device token of this browser, or None.

    A browser that was killed may have lost a young cookie; the sign-in that started the attempt
    derives it again, so that nobody needs leave to go on where they were.
    """
    held = devices.token(attempt.id)
    try:
        answers.find_device(attempt.id, held)
    except answers.UnknownDevice:
        return devices.regain(attempt)
    return held


def _paper_page(
    booking: Booking,
    device: answers.Device,
    now: datetime,
    number: int,
    *,
    tried: Any = None,
    why: str = "",
) -> str:
    """Draw the page; `tried`: what a form post brought and `why` it was no answer."""
    attempt = device.attempt
    given = answers.standing(attempt)
    groups = attempt.paper.shown
    items = [(group, item) for group in groups for item in group["items"]]
    number = min(max(number, 1), len(items))
    group, item = items[number - 1]
    return render_template(
        "exams/paper.html",
        booking=booking,
        attempt=attempt,
        data=_page_data(booking, device, given, now),
        group=group,
        item=item,
        number=number,
        total=len(items),
        given=given,
        here=tried if why else given.get(number),
        why=why,
        left=max(0, int((attempt.deadline_at - now).total_seconds())),
    )


def _page_data(
    booking: Booking, device: answers.Device, given: dict[int, Any], now: datetime
) -> dict[str, Any]:
    """Return all that the page's script needs, in one load."""
    attempt = device.attempt
    language = "en" if in_english() else None
    media = attempt.paper.media
    addresses = [
        url_for(".medium", booking_id=booking.id, number=number)
        for number in range(1, len(media) + 1)
    ]
    return {
        **standing(device, now),
        "attempt": attempt.id,
        "booking": booking.id,
        "groups": attempt.paper.shown,
        "media": addresses,
        "given": {str(slot): value for slot, value in given.items()},
        "next_sequence": answers.next_sequence(device),
        "account": time_account.account(attempt),
        "messages": room_messages.to_attempt(attempt),
        "rescue": rescue.key_text(attempt.id, device.epoch),
        "seat": booking.seat,
        "urls": {
            "comment": url_for(".comment", attempt_id=attempt.id),
            # These two read no cookie, so the language stands in the address.
            "save": url_for(".save", attempt_id=attempt.id, lang=language),
            "state": url_for(".state", attempt_id=attempt.id, lang=language),
            "hand_in": url_for(".hand_in", attempt_id=attempt.id),
            "receipt": url_for(".receipt", booking_id=booking.id),
            "other_device": url_for(".other_device", booking_id=booking.id),
        },
    }


@blueprint.get("/sit/<booking_id>/other-device")
@devices.by_device
def other_device(booking_id: str) -> ResponseReturnValue:
    """Say that this exam runs on another device, and how to go on here."""
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.attempt is None:
        abort(404)
    return render_template("exams/other_device.html", booking=booking)


@blueprint.post("/attempts/<attempt_id>/answer-form")
@csrf.exempt  # type: ignore[untyped-decorator]
@devices.by_device
def answer_form(attempt_id: str) -> ResponseReturnValue:
    """Take one answer as a form post, for browsers where the page's script does not run."""
    devices.refuse_foreign_pages()
    device = answers.find_device(attempt_id, devices.token(attempt_id), lock=True)
    if not device.live:
        # A form post has no answers still under way: what comes from here was chosen just now.
        raise answers.UnknownDevice(_("这场考试已换到另一部设备，请在那部设备上答题。"))
    now = clock.now()
    handing_in.close_if_over(device.attempt, now)
    slot = request.form.get("slot", 0, type=int)
    item = _item(device.attempt, slot)
    receipt = answers.record_from_form(device, slot, read_answer(item, request.form, VALUE), now)
    db.session.commit()
    if receipt.refused:
        tried, why = typed_answer(item, request.form, VALUE), receipt.refused[0]["why"]
        return _paper_page(device.attempt.booking, device, now, slot, tried=tried, why=why), 400
    booking_id = device.attempt.booking_id
    if receipt.late and device.attempt.state == "open":
        why = _("这一部分的时间到了。刚才的答案留着，注明迟到，不计分；别的部分还可以答。")
        return _paper_page(device.attempt.booking, device, now, slot, why=why), 409
    if receipt.late:
        return redirect(url_for(".receipt", booking_id=booking_id), 303)
    if request.form.get("go") == "hand-in":
        return redirect(url_for(".confirm_hand_in", attempt_id=attempt_id), 303)
    go = request.form.get("go", slot + 1, type=int)
    return redirect(url_for(".paper", booking_id=booking_id, q=go), 303)


def _item(attempt: Attempt, slot: int) -> dict[str, Any]:
    """Return what a slot of the paper shows. Raises BadDelivery for a number that it has not."""
    items = (item for group in attempt.paper.shown for item in group["items"])
    found = next((item for item in items if item["number"] == slot), None)
    if found is None:
        raise answers.BadDelivery(_("第 %(n)d 题不在这份试卷上", n=slot))
    return dict(found)


@blueprint.get("/attempts/<attempt_id>/hand-in")
@devices.by_device
def confirm_hand_in(attempt_id: str) -> ResponseReturnValue:
    """Ask before handing in, naming what is unanswered (the script shows the same in place)."""
    device = answers.find_device(attempt_id, devices.token(attempt_id))
    attempt = device.attempt
    given = answers.standing(attempt)
    missing = [slot.number for slot in attempt.paper.slots if slot.number not in given]
    return render_template(
        "exams/confirm_hand_in.html",
        attempt=attempt,
        booking=attempt.booking,
        missing=missing,
        total=len(attempt.paper.slots),
    )


@blueprint.post("/attempts/<attempt_id>/hand-in")
@csrf.exempt  # type: ignore[untyped-decorator]
@devices.by_device
def hand_in(attempt_id: str) -> ResponseReturnValue:
    """Hand in. A second click, another tab or the sweeper: the same receipt.

    A page that does so by itself, at its own zero, says `at_zero`: while there is time, it goes on.
    """
    devices.refuse_foreign_pages()
    device = answers.find_device(attempt_id, devices.token(attempt_id), lock=True)
    now = clock.now()
    if not device.live:
        raise answers.UnknownDevice(_("这场考试已换到另一部设备，请在那部设备上交卷。"))
    if request.form.get("at_zero") and handing_in.goes_on(device.attempt, now):
        return redirect(url_for(".paper", booking_id=device.attempt.booking_id), 303)
    if not handing_in.close_if_over(device.attempt, now):
        candidate = db.session.get_one(User, device.attempt.user_id)
        handing_in.hand_in(device.attempt, "candidate", actor=candidate, now=now)
    booking_id = device.attempt.booking_id
    db.session.commit()
    return redirect(url_for(".receipt", booking_id=booking_id), 303)
