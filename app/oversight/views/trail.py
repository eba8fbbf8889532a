"""操作记录: the audit trail, how its chain stands, and a full check on demand."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, clock_alarms, jobs
from app.audit_chain import read_state
from app.extensions import db, may_write, reading_only
from app.oversight import trail as verbs
from app.oversight.views.base import blueprint
from app.permissions import Scope, needs, require, the_user


@blueprint.get("/trail")
@needs("audit.read")
def trail() -> ResponseReturnValue:
    """Show the trail; the reading is a line of it."""
    require("audit.read", Scope())
    wanted = verbs.Wanted(
        action=request.args.get("action", "").strip(),
        object_id=request.args.get("object_id", "").strip(),
        actor_id=request.args.get("actor_id", "").strip(),
        before=request.args.get("before", type=int),
    )
    wanted.must_be_references()
    may_write()
    verbs.note_reading(wanted, actor=the_user(), now=clock.now())
    db.session.commit()
    with reading_only():
        lines, older = verbs.read(wanted, reader=the_user())
        return render_template(
            "oversight/trail.html",
            lines=lines,
            older=older,
            wanted=wanted,
            actions=verbs.actions(),
            state=read_state(),
            alarms=clock_alarms.open_alarms(),
        )


@blueprint.post("/trail/check")
@needs("audit.read")
def check_trail() -> ResponseReturnValue:
    """Ask the worker to check the whole chain."""
    require("audit.read", Scope())
    if not jobs.is_under_way("audit.verify"):
        jobs.enqueue("audit.verify", {}, owner=the_user(), now=clock.now())
        db.session.commit()
    flash(_("已开始核对整条链。核对完，结果写在这一页上方。"), "info")
    return redirect(url_for("oversight.trail"))
