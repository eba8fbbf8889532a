"""The private calendar address: made and ended by its owner, fetched by calendar programs."""

from __future__ import annotations

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.config import Settings
from app.extensions import db
from app.permissions import public, signed_in, the_user
from app.training import calendars
from app.training.pages import blueprint

ICALENDAR = "text/calendar; charset=utf-8"


@blueprint.route("/my-class/calendar", methods=["GET", "POST"])
@signed_in
def calendar() -> ResponseReturnValue:
    """Make a calendar address; it is shown this one time."""
    link = ""
    if request.method == "POST":
        token = calendars.make_link(the_user(), now=clock.now())
        db.session.commit()
        settings: Settings = current_app.config["PEIZHEN"]
        link = settings.public_url + url_for("training.calendar_feed", token=token)
    return render_template(
        "training/calendar.html", link=link, standing=calendars.link_of(the_user())
    )


@blueprint.post("/my-class/calendar/end")
@signed_in
def end_calendar() -> ResponseReturnValue:
    """End the address."""
    calendars.end_link(the_user(), now=clock.now())
    db.session.commit()
    flash(_("日历地址已停用，手机上的订阅不再更新。"), "ok")
    return redirect(url_for("training.calendar"))


@blueprint.get("/my-class/timetable.ics")
@signed_in
def calendar_file() -> ResponseReturnValue:
    """Give the timetable once as a file."""
    text = calendars.calendar_of(the_user(), now=clock.now())
    response = Response(text, content_type=ICALENDAR)
    response.headers["Content-Disposition"] = 'attachment; filename="timetable.ics"'
    return response


@blueprint.get("/calendar/<token>.ics")
@public
def calendar_feed(token: str) -> ResponseReturnValue:
    """Give a person's timetable to whoever has the address."""
    user = calendars.find_user(token)
    if user is None:
        abort(404)
    response = Response(calendars.calendar_of(user, now=clock.now()), content_type=ICALENDAR)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
