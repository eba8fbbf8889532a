"""Pictures and sounds of a paper, for the one candidate whose paper holds them.

Addresses number them through the paper and say nothing. The waiting room fetches them before the
clock starts, so that they come from the browser's own cache when the line is down.
"""

from __future__ import annotations

from datetime import datetime

from flask import Response, abort
from flask_login import current_user

from app import clock
from app.bank import media
from app.bank.views.media import medium_response
from app.exams import answers, devices, fetching
from app.exams.views import blueprint
from app.extensions import db
from app.models.exams import Booking
from app.permissions import the_user

KEPT = "private, max-age=14400, immutable"


@blueprint.get("/sit/<booking_id>/media/<int:number>")
@devices.by_device
def medium(booking_id: str, number: int) -> Response:
    """Answer with the bytes of one medium of the paper; 404 for anyone else and at other times."""
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.paper is None or not _may_see(booking, clock.now()):
        abort(404)
    hashes = booking.paper.media
    found = media.find(hashes[number - 1]) if 0 < number <= len(hashes) else None
    if found is None:
        abort(404)
    response = medium_response(found)
    response.headers["Cache-Control"] = KEPT
    return response


def _may_see(booking: Booking, now: datetime) -> bool:
    """Tell whether this browser waits for this very start, or is a device of the running attempt."""
    attempt = booking.attempt
    if attempt is None:
        own = current_user.is_authenticated and the_user().id == booking.user_id
        return own and fetching.may_wait(booking, now)
    if attempt.state != "open":
        return False
    try:
        answers.find_device(attempt.id, devices.token(attempt.id))
    except answers.UnknownDevice:
        return False
    return True
