"""The sittings a person invigilates, and the gate of one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock
from app.exams import rostering
from app.exams.views import blueprint
from app.exams.views.room.own import own_sitting
from app.extensions import db
from app.formatting import show_time
from app.models.exams import Sitting, SittingStaff
from app.permissions import needs, the_user


@blueprint.get("/duties")
@needs("exam.invigilate")
def duties() -> ResponseReturnValue:
    """List the sittings a person invigilates."""
    sittings = db.session.scalars(
        select(Sitting)
        .join(SittingStaff, SittingStaff.sitting_id == Sitting.id)
        .where(SittingStaff.user_id == the_user().id)
        .order_by(Sitting.opens_at.desc())
    ).all()
    return render_template("exams/duties.html", sittings=sittings, now=clock.now())


@blueprint.post("/rooms/<sitting_id>/unlock")
@needs("exam.invigilate")
def unlock(sitting_id: str) -> ResponseReturnValue:
    """Open the start gate: nobody needs the code any more."""
    sitting, now = own_sitting(sitting_id), clock.now()
    rostering.unlock(sitting, actor=the_user(), now=now)
    db.session.commit()
    if now < sitting.opens_at:
        at = show_time(sitting.opens_at)
        flash(_("口令已免。考生要到 %(time)s 才能开始，到时不用输口令。", time=at), "ok")
    else:
        flash(_("口令已免，考生现在可以直接开始。"), "ok")
    return redirect(url_for(".room", sitting_id=sitting.id))
