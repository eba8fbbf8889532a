"""Counting study time: signs of life of an open lesson, presence answers, and a button without script.

The exchanges of the page go without the sign-in's cookie: a ticket says whose time it is, can be made
by nobody else and earns nothing but that person's study time, so another site has nothing to forge.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app import clock
from app.exchanges import exchange
from app.extensions import db
from app.learning import counting, seat_time, tickets
from app.learning.pages import blueprint
from app.learning.seat_time import Told
from app.learning.views import finding
from app.permissions import signed_in, the_user

View = TypeVar("View", bound=Callable[..., Any])
MOST_BODY = 4096
WRITTEN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def by_ticket(view: View) -> View:
    """State that a route is guarded by the ticket it is brought, which the verb checks."""
    view.door = "device"  # type: ignore[attr-defined]
    return view


@blueprint.post("/learn/beat")
@exchange
@by_ticket
def beat() -> Response:
    """Take a sign of life of an open lesson page."""
    body, now = body_of(), clock.now()
    ticket, place = tickets.read(body.get("ticket")), body.get("place")
    told = seat_time.beat(ticket, place, now)
    if told is None:
        try:
            told = seat_time.beat_with_care(ticket, place, now)
            db.session.commit()
        except IntegrityError:  # another tab opened the person's stretch at the same moment
            db.session.rollback()
            told = seat_time.beat_with_care(ticket, place, now)
            db.session.commit()
    return _tell(told)


@blueprint.post("/learn/presence")
@exchange
@by_ticket
def presence() -> Response:
    """Take the answer to a presence check; the clock goes on from there."""
    body = body_of()
    told = counting.answer_check(body.get("ticket"), body.get("chosen"), clock.now())
    db.session.commit()
    return _tell(told)


@blueprint.post("/learn/<edition_id>/<code>/time")
@signed_in
def press(edition_id: str, code: str) -> ResponseReturnValue:
    """Count the time since the page was opened, for a browser without script."""
    user = the_user()
    at = finding.own_course(user, edition_id)
    version = finding.find_version(at, code)
    counting.press(user, at, version, now=clock.now())
    db.session.commit()
    return redirect(url_for("learning.lesson", edition_id=edition_id, code=code))


def body_of(most: int = MOST_BODY) -> dict[str, Any]:
    """Return the JSON object that was sent, of at most so many bytes; empty for anything else."""
    request.max_content_length = most
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def written(answer: dict[str, Any]) -> Response:
    """Return an answer as JSON."""
    return Response(WRITTEN.encode(answer), mimetype="application/json")


def _tell(told: Told) -> Response:
    answer: dict[str, Any] = {"ticket": tickets.write(told.ticket), "earned": told.earned}
    if told.check is not None:
        answer["check"] = told.check
    if told.over:
        answer["over"] = True
        answer["why"] = _("班级已经结束，或这一页开得太久，不再计时。")
    return written(answer)
