"""The state checker's page: look through the register, and mend one finding at a time."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, clock, jobs
from app.accounts.confirming import needs_fresh_password
from app.acting import do_and_tell
from app.extensions import db
from app.models.journal import Job
from app.permissions import Scope, allows, needs, require, the_user
from app.register import finding, repairing
from app.register.found import as_json
from app.register.views.blueprint import blueprint

CHECK = "register.check"
MOST_FOUND = 500


@jobs.handles(CHECK, heavy=True)
def look_through(job: Job) -> dict[str, Any]:
    """Look through the register and keep what was found with the job."""
    now = clock.now()
    found = finding.find(now, tick=lambda done, total: jobs.report_progress(job, done, total))
    return {
        "found": [as_json(one) for one in found[:MOST_FOUND]],
        "many": len(found),
        "at": now.isoformat(),
    }


@blueprint.get("/awards/register/check")
@needs("award.read")
def check() -> ResponseReturnValue:
    """Show the latest check, what it found, and the log of repairs."""
    require("award.read", Scope())
    latest = db.session.scalars(
        select(Job).where(Job.kind == CHECK).order_by(Job.created_at.desc()).limit(1)
    ).first()
    log = repairing.log()
    done = {
        (row.code, row.object_id)
        for row, _name in log
        if latest is not None and latest.finished_at and row.at >= latest.created_at
    }
    result = latest.result if latest is not None and latest.state == "done" else None
    return render_template(
        "register/check.html",
        job=latest,
        found=(result or {}).get("found", []),
        many=(result or {}).get("many", 0),
        done=done,
        log=log,
        may_repair=allows(the_user(), "register.repair", Scope()),
    )


@blueprint.post("/awards/register/check")
@needs("award.read")
def start_check() -> ResponseReturnValue:
    """Begin a check."""
    require("award.read", Scope())

    def act() -> str:
        if jobs.is_under_way(CHECK):
            return str(_("检查已经在进行，过一会儿刷新这一页。"))
        job = jobs.enqueue(CHECK, {}, owner=the_user(), now=clock.now())
        audit.record("register.checked", job, actor=the_user(), now=clock.now())
        return str(_("开始检查了，过一会儿刷新这一页。"))

    return do_and_tell(act, url_for(".check"))


@blueprint.route("/awards/register/check/repair", methods=["GET", "POST"])
@needs("register.repair")
@needs_fresh_password
def repair() -> ResponseReturnValue:
    """Ask once more, then mend one finding."""
    require("register.repair", Scope())
    code, object_id = request.values.get("code", ""), request.values.get("object", "")
    if request.method == "POST":
        return do_and_tell(lambda: _mend(code, object_id), url_for(".check"))
    found = finding.find_again(code, object_id, clock.now())
    if found is None or not found.repair:
        return redirect(url_for(".check"))
    return render_template("register/repair.html", found=found)


def _mend(code: str, object_id: str) -> str:
    if not code or not object_id:
        abort(400)
    repairing.repair(code, object_id, actor=the_user(), now=clock.now())
    return str(_("已修复，记在下面的记录里。"))
