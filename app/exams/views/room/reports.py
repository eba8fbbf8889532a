"""Irregularities of a sitting: reported in the room with a photo, read there and at the release."""

from __future__ import annotations

import io
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import blobs, clock
from app.bank import media
from app.errors import Refusal
from app.exams import incidents
from app.exams.views import blueprint
from app.exams.views.reaching import sitting_scope
from app.exams.views.room.own import is_own, own_sitting, picked
from app.extensions import db, outside_transaction
from app.models.exams import Sitting
from app.models.journal import Blob
from app.models.room import Incident
from app.permissions import allows, needs, signed_in, the_user


@blueprint.route("/rooms/<sitting_id>/incidents", methods=["GET", "POST"])
@needs("exam.invigilate")
def incidents_of(sitting_id: str) -> ResponseReturnValue:
    """List a sitting's reports, and take one."""
    sitting, trouble, now = own_sitting(sitting_id), "", clock.now()
    if request.method == "POST":
        try:
            _report(sitting, now)
        except Refusal as refusal:
            db.session.rollback()
            trouble = refusal.sentence
        else:
            db.session.commit()
            flash(_("已记下异常情况，公布成绩时会一起显示。"), "ok")
            return redirect(url_for(".incidents_of", sitting_id=sitting_id))
    page = render_template(
        "exams/incidents.html",
        sitting=sitting,
        chosen=picked(sitting),
        found=incidents.of_sitting(sitting_id),
        kinds=incidents.KINDS,
        trouble=trouble,
        moment=f"{now.astimezone(clock.SHANGHAI):%Y-%m-%dT%H:%M}",
    )
    return page, 409 if trouble else 200


def _report(sitting: Sitting, now: datetime) -> None:
    file = request.files.get("photo")
    data = file.read(media.MOST_BYTES + 1) if file else b""
    photo = None
    if data:
        outside_transaction()  # drawing the photo anew is slow
        photo = media.clean_picture(data)
    told = incidents.Report(
        kind=request.form.get("kind", ""),
        text=request.form.get("text", ""),
        place=request.form.get("place", ""),
        happened_at=_moment(request.form.get("happened_at", "")),
    )
    people = picked(sitting)
    if people == []:
        raise incidents.IncidentRefused(
            _("这一场没有你选的座位。写的内容还在：请回名单重新勾选，或就这样记成关于整个考场。")
        )
    people = people or []
    attempts = [one.attempt for one in people if one.attempt is not None]
    if people and not attempts:
        seats = "、".join(str(one.seat) for one in people)
        told = incidents.Report(told.kind, told.text, told.place or seats, told.happened_at)
    incidents.report(sitting, attempts, told, photo, actor=the_user(), now=now)


def _moment(typed: str) -> datetime:
    """Read a form's local time, Shanghai's. Raises IncidentRefused."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=clock.SHANGHAI)
    except ValueError:
        raise incidents.IncidentRefused(_("发生的时间请写成年月日和时分。")) from None


@blueprint.get("/incidents/<incident_id>/photo")
@signed_in
def incident_photo(incident_id: str) -> ResponseReturnValue:
    """Send a report's photo to the sitting's invigilators and to who releases its results."""
    row = db.session.get(Incident, incident_id)
    sitting = db.session.get(Sitting, row.sitting_id) if row else None
    blob = db.session.get(Blob, row.photo_id) if row and row.photo_id else None
    if sitting is None or blob is None or not _may_see(sitting):
        abort(404)
    return send_file(io.BytesIO(blobs.get(blob)), mimetype=blob.media_type, max_age=None)


def _may_see(sitting: Sitting) -> bool:
    releases = allows(the_user(), "exam.release", sitting_scope(sitting))
    return releases or is_own(sitting)
