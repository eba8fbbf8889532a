"""What a trainee's phone opens when it scans the code: one button that signs in or out."""

from __future__ import annotations

from flask import abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.errors import Refusal
from app.extensions import db
from app.models.classes import MeetingSign
from app.models.training import ClassMeeting
from app.permissions import signed_in, the_user
from app.secrecy import token_hash
from app.training import codes, devices, signing
from app.training.pages import blueprint
from app.training.views.presence import code_seconds


@blueprint.get("/s/<meeting_id>/<code>")
@signed_in
def sign(meeting_id: str, code: str) -> ResponseReturnValue:
    """Read a scanned code while it lasts, and offer the button."""
    meeting, user, now = _meeting(meeting_id), the_user(), clock.now()
    way = codes.find_kind(meeting.id, code, now, code_seconds(meeting))
    if way is None:
        return _refused(meeting, _("这个码已经换过了。请对着老师屏幕上的码，当场再扫一次。"), 410)
    try:
        enrolment = signing.find_enrolment(meeting, user)
        signing.refuse_outside(meeting, way, now)
    except Refusal as refusal:
        return _refused(meeting, refusal.sentence, refusal.status)
    own = signing.signs_of(meeting, [enrolment.id]).get(enrolment.id, {})
    if way in own:
        return _done(meeting, own[way], new=False)
    mark = devices.read(request) or devices.new_mark()
    ticket = codes.make_ticket(meeting.id, way, user.id, token_hash(mark), now)
    page = render_template("training/sign.html", meeting=meeting, way=way, ticket=ticket)
    response = make_response(page)
    devices.give(response, mark)
    return response


@blueprint.post("/s/<meeting_id>")
@signed_in
def sign_now(meeting_id: str) -> ResponseReturnValue:
    """Sign, with the ticket that the scanned code gave this person on this device."""
    meeting, user, now = _meeting(meeting_id), the_user(), clock.now()
    mark = devices.read(request)
    if not mark:
        sentence = _(
            "这个浏览器不保存 Cookie，认不出是哪部手机，没有签上。请换浏览器再扫，或找老师点名。"
        )
        return _refused(meeting, sentence, 409)
    ticket = request.form.get("ticket", "")
    way = codes.read_ticket(ticket, meeting.id, user.id, token_hash(mark), now)
    if not way:
        return _refused(meeting, _("过了一分钟没有按，没有签上。请再扫一次屏幕上的码。"), 410)
    try:
        enrolment = signing.find_enrolment(meeting, user)
        row, new = signing.sign(meeting, enrolment, way, token_hash(mark), now=now)
    except signing.DeviceTaken as taken:
        db.session.rollback()
        signing.note_doubt(meeting, enrolment, way, taken.other, now=now)
        db.session.commit()
        return _refused(meeting, taken.sentence, taken.status)
    except Refusal as refusal:
        db.session.rollback()
        return _refused(meeting, refusal.sentence, refusal.status)
    db.session.commit()
    return _done(meeting, row, new=new)


def _meeting(meeting_id: str) -> ClassMeeting:
    meeting = db.session.get(ClassMeeting, meeting_id)
    if meeting is None:
        abort(404)
    return meeting


def _refused(meeting: ClassMeeting, sentence: str, status: int) -> ResponseReturnValue:
    return render_template("training/sign_refused.html", meeting=meeting, sentence=sentence), status


def _done(meeting: ClassMeeting, row: MeetingSign, *, new: bool) -> ResponseReturnValue:
    return render_template("training/signed.html", meeting=meeting, row=row, new=new)
