"""The instructor's pages of one half day: who signed, the code on the screen, heads, doubts, paper."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

from flask import Response, abort, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from app import clock, rulebook
from app.acting import do_and_tell
from app.config import Settings
from app.extensions import db
from app.models.classes import MeetingSign, SignDoubt, TrainingRoom
from app.models.training import ClassMeeting, TrainingClass
from app.permissions import needs, the_user
from app.training import attendance, codes, roll, scope, sheets, signing, waiting
from app.training.pages import blueprint
from app.training.views.recording import enrolled
from certificates import qr

PIXELS = 16
"""A module of the code on the screen, before the page scales it: sharp on a projector."""


@blueprint.get("/classes/<class_id>/presence/<meeting_id>")
@needs("class.record")
def presence(class_id: str, meeting_id: str) -> ResponseReturnValue:
    """Show who signed in and out of a half day, and what does not add up."""
    found, meeting = find_meeting(class_id, meeting_id)
    people, signs = enrolled(found), signing.signs_of(meeting)
    return render_template(
        "training/presence.html",
        training_class=found,
        meeting=meeting,
        people=people,
        signs=signs,
        signed={kind: sum(kind in one for one in signs.values()) for kind in codes.KINDS},
        heads=signing.heads(meeting),
        doubts=signing.doubts(meeting),
        held=roll.held_marks(meeting),
        standing=attendance.standing(meeting),
        windows={kind: signing.window(meeting, kind) for kind in codes.KINDS},
    )


@blueprint.get("/classes/<class_id>/presence/<meeting_id>/screen/<any('in', 'out'):way>")
@needs("class.record")
def sign_screen(class_id: str, meeting_id: str, way: str) -> ResponseReturnValue:
    """Show the changing code full screen."""
    found, meeting = find_meeting(class_id, meeting_id)
    return render_template(
        "training/screen.html",
        training_class=found,
        meeting=meeting,
        way=way,
        shown=_screen(meeting, way),
        window=signing.window(meeting, way),
    )


@blueprint.get("/classes/<class_id>/presence/<meeting_id>/screen/<any('in', 'out'):way>/code")
@needs("class.record")
def sign_code(class_id: str, meeting_id: str, way: str) -> ResponseReturnValue:
    """Give the screen its next code, and how many have signed."""
    _found, meeting = find_meeting(class_id, meeting_id)
    return jsonify(_screen(meeting, way))


@blueprint.post("/classes/<class_id>/presence/<meeting_id>/heads")
@needs("class.record")
def count_heads(class_id: str, meeting_id: str) -> ResponseReturnValue:
    """Keep the heads that were counted."""
    _found, meeting = find_meeting(class_id, meeting_id)
    kind, typed = request.form.get("kind", ""), request.form.get("people", "").strip()
    if kind not in codes.KINDS:
        abort(400)

    def act() -> str:
        if not (typed.isascii() and typed.isdigit() and len(typed) < 6):
            raise signing.SignRefused(_("人数要填整数，比如 58。"))
        row = signing.count_heads(meeting, kind, int(typed), actor=the_user(), now=clock.now())
        return str(_("记下了：点到 %(n)s 人。", n=row.people))

    return do_and_tell(act, _hub(class_id, meeting_id))


@blueprint.post("/classes/<class_id>/presence/<meeting_id>/doubts/<row_id>")
@needs("class.record")
def settle_doubt(class_id: str, meeting_id: str, row_id: str) -> ResponseReturnValue:
    """Let in a second person on one device, with a reason; or keep them out."""
    _found, meeting = find_meeting(class_id, meeting_id)
    row = db.session.get(SignDoubt, row_id)
    if row is None or row.meeting_id != meeting.id:
        abort(404)
    admit, reason = request.form.get("admit") == "1", request.form.get("reason", "").strip()

    def act() -> str:
        signing.settle(row, meeting, admit=admit, reason=reason, actor=the_user(), now=clock.now())
        name = row.enrolment.user.name
        if row.admitted:
            return str(_("%(name)s已放行，原因记下了。", name=name))
        return str(_("%(name)s没有放行。", name=name))

    return do_and_tell(act, _hub(class_id, meeting_id))


@blueprint.get("/classes/<class_id>/presence/<meeting_id>/sheet.pdf")
@needs("class.record")
def sign_in_sheet(class_id: str, meeting_id: str) -> ResponseReturnValue:
    """Give the sign-in sheet to print."""
    found, meeting = find_meeting(class_id, meeting_id)
    room = db.session.get(TrainingRoom, meeting.room_id) if meeting.room_id else None
    name = quote(f"签到表 {found.title} {meeting.title}.pdf")
    pdf = sheets.sign_in_sheet(found, meeting, enrolled(found), room, clock.now())
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{name}"
    return response


def find_meeting(class_id: str, meeting_id: str) -> tuple[TrainingClass, ClassMeeting]:
    """Return a half day of a class whose presence one may record; answers 404 for others."""
    on = clock.shanghai_date(clock.now())
    found = scope.find_class(the_user(), "class.record", class_id, on)
    meeting = db.session.get(ClassMeeting, meeting_id)
    if meeting is None or meeting.class_id != found.id:
        abort(404)
    return found, meeting


def code_seconds(meeting: ClassMeeting) -> int:
    """Return how long a code is shown, by the rule of the half day's date."""
    on = clock.shanghai_date(meeting.starts_at)
    return max(1, int(rulebook.value("training.code_seconds", on)))


def _screen(meeting: ClassMeeting, way: str) -> dict[str, Any]:
    """Return what the screen shows at this moment; outside the window there is no code."""
    now, seconds = clock.now(), code_seconds(meeting)
    opens, closes = signing.window(meeting, way)
    signed = select(func.count()).where(
        MeetingSign.meeting_id == meeting.id, MeetingSign.kind == way
    )
    image = ""
    if opens <= now <= closes:
        settings: Settings = current_app.config["PEIZHEN"]
        path = url_for(
            "training.sign", meeting_id=meeting.id, code=codes.code(meeting.id, way, now, seconds)
        )
        png = qr.encode(settings.public_url + path).png(PIXELS)
        image = "data:image/png;base64," + base64.b64encode(png).decode()
    return {
        "image": image,
        "next": round(codes.seconds_left(now, seconds) * 1000),
        "signed": db.session.scalar(signed) or 0,
        "enrolled": waiting.count_enrolled(meeting.class_id),
    }


def _hub(class_id: str, meeting_id: str) -> str:
    return url_for("training.presence", class_id=class_id, meeting_id=meeting_id)
