"""The room's page that takes in answers from a device's encrypted file."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.errors import Refusal
from app.exams import rescue as rescuing
from app.exams.views import blueprint
from app.exams.views.room.own import own_sitting
from app.extensions import db
from app.models.exams import Sitting
from app.permissions import needs, the_user


@blueprint.get("/rooms/<sitting_id>/rescue")
@needs("exam.invigilate")
def rescue(sitting_id: str) -> ResponseReturnValue:
    """Ask for the file, and say what will become of it."""
    return _page(own_sitting(sitting_id))


@blueprint.post("/rooms/<sitting_id>/rescue")
@needs("exam.invigilate")
def take_in(sitting_id: str) -> ResponseReturnValue:
    """Take the file's answers in, each under its own number."""
    sitting = own_sitting(sitting_id)
    try:
        done = rescuing.take_in(sitting, _given(), actor=the_user(), now=clock.now())
    except Refusal as refusal:
        db.session.rollback()
        return _page(sitting, refusal.sentence)
    seat = done.attempt.booking.seat
    db.session.commit()
    flash(_("%(n)d 座的文件收好了：算数的 %(m)d 条。", n=seat, m=done.stored), "ok")
    if done.late:
        flash(
            _("%(m)d 条在时间到以后才收，已留下并注明迟到，由指定的人决定算不算。", m=done.late),
            "wait",
        )
    if done.refused:
        why = done.refused[0].rstrip("。.")
        flash(_("%(m)d 条没有收：%(why)s。其余的都收了。", m=len(done.refused), why=why), "wait")
    return redirect(url_for(".rescue", sitting_id=sitting.id))


def _given() -> str:
    """Return the file's text, or what was pasted."""
    uploaded = request.files.get("file")
    raw = uploaded.read(rescuing.MOST_SIGNS + 1) if uploaded and uploaded.filename else b""
    return raw.decode("utf-8", "replace") if raw else request.form.get("text", "")


def _page(sitting: Sitting, trouble: str = "") -> ResponseReturnValue:
    page = render_template("exams/rescue.html", sitting=sitting, trouble=trouble)
    return page, (400 if trouble else 200)
