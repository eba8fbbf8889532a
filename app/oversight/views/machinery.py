"""Whether the machinery runs: messages, jobs, and the clock."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock, clock_alarms, jobs
from app.errors import Refusal
from app.extensions import db
from app.models.journal import ClockAlarm, Job, OutboxMessage
from app.oversight import delivery, wording
from app.oversight.trail import names_of
from app.oversight.views.base import blueprint
from app.permissions import Scope, allows, needs, require, the_user

MOST = 50


@blueprint.get("/operations/messages")
@needs("operations.read")
def messages() -> ResponseReturnValue:
    """Show how many messages left, and those that did not."""
    require("operations.read", Scope())
    stuck = db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.state.in_(("waiting", "failed", "stopped")))
        .order_by(OutboxMessage.created_at.desc())
        .limit(MOST)
    ).all()
    return render_template(
        "oversight/messages.html",
        stuck=stuck,
        counts=delivery.counts(),
        names=names_of((message.user_id for message in stuck), reader=the_user()),
        may_act=allows(the_user(), "operations.act", Scope()),
        alarms=clock_alarms.open_alarms(),
        wording=wording,
    )


@blueprint.post("/operations/messages/<message_id>/<any(again, stop):act>")
@needs("operations.act")
def change_message(message_id: str, act: str) -> ResponseReturnValue:
    """Send a message again, or stop trying."""
    require("operations.act", Scope())
    message = db.session.get(OutboxMessage, message_id, with_for_update=True) or abort(404)
    verb = delivery.send_again if act == "again" else delivery.stop
    verb(message, actor=the_user(), now=clock.now())
    db.session.commit()
    flash(_("已放回发送队列。") if act == "again" else _("已停止发送这条消息。"), "ok")
    return redirect(url_for("oversight.messages"))


@blueprint.get("/operations/jobs", endpoint="jobs")
@needs("operations.read")
def job_list() -> ResponseReturnValue:
    """Show the newest jobs with their progress."""
    require("operations.read", Scope())
    rows = db.session.scalars(select(Job).order_by(Job.created_at.desc()).limit(MOST)).all()
    return render_template(
        "oversight/jobs.html",
        rows=rows,
        may_act=allows(the_user(), "operations.act", Scope()),
        alarms=clock_alarms.open_alarms(),
        wording=wording,
    )


class EndedError(Refusal):
    """The job has ended already."""


@blueprint.post("/operations/jobs/<job_id>/cancel")
@needs("operations.act")
def cancel_job(job_id: str) -> ResponseReturnValue:
    """Cancel a job that waits or runs."""
    require("operations.act", Scope())
    job = db.session.get(Job, job_id, with_for_update=True) or abort(404)
    if not jobs.cancel(job, actor=the_user(), now=clock.now()):
        raise EndedError(_("这项任务已经结束，没有可取消的。"))
    db.session.commit()
    flash(_("任务已取消。正在进行的，到下一步就停下。"), "ok")
    return redirect(url_for("oversight.jobs"))


@blueprint.post("/operations/clock/<alarm_id>")
@needs("operations.act")
def acknowledge_clock(alarm_id: str) -> ResponseReturnValue:
    """Note by name that a step of the clock was seen."""
    require("operations.act", Scope())
    alarm = db.session.get(ClockAlarm, alarm_id, with_for_update=True) or abort(404)
    clock_alarms.acknowledge(alarm, actor=the_user(), now=clock.now())
    db.session.commit()
    flash(_("已记下你确认了这次时钟跳变。"), "ok")
    return redirect(url_for("oversight.jobs"))
