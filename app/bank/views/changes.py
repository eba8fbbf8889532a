"""Change many questions: choose what, look at what it would do, confirm; the lists of what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload
from werkzeug.datastructures import MultiDict

from app import clock, jobs
from app.bank import change_jobs, change_making, changing, filters, finding, wording
from app.bank.changing import ChangeRefused, Plan
from app.bank.routes import blueprint
from app.bank.views.opening import today
from app.bank.views.questions import reader_of
from app.extensions import db
from app.models.bank import Change, ChangeList, QuestionEntry
from app.models.journal import Job
from app.permissions import allows, needs, the_user

PER_PAGE = 50
AGAIN = 3  # seconds after which the page of a list under way asks again
MOST_TICKED = 500
SHOWN = 50
"""Questions of a plan that are shown one by one; the rest are counted."""
CARRIED = ("action", "reason", *(f"to_{action}" for action in changing.ACTIONS))

__all__ = ["change_jobs"]  # registers the worker's part


@blueprint.get("/changes")
@needs("bank.change")
def changes() -> ResponseReturnValue:
    """List what was done to many questions at once, newest first."""
    pages = db.paginate(
        select(ChangeList)
        .options(joinedload(ChangeList.made_by))
        .order_by(ChangeList.made_at.desc(), ChangeList.id),
        per_page=PER_PAGE,
        error_out=False,
    )
    ids = [one.id for one in pages.items]
    numbers = db.session.execute(
        select(Change.change_list_id, func.count())
        .where(Change.change_list_id.in_(ids))
        .group_by(Change.change_list_id)
    )
    return render_template(
        "bank/changes.html",
        pages=pages,
        numbers={row[0]: row[1] for row in numbers},
        words=wording,
    )


@blueprint.get("/changes/new")
@needs("bank.change")
def new_change() -> ResponseReturnValue:
    """Choose what to do to the chosen questions; once chosen, show what it would do to each."""
    ids = _chosen(request.args)
    if not ids:
        flash(_("还没有选题。请在列表里勾选，或选“符合条件的全部”。"), "info")
        address: dict[str, Any] = dict(_filters(request.args).given())
        return redirect(url_for("bank.questions", **address))
    if "action" not in request.args:
        return _choose(len(ids))
    try:
        plan = _plan(ids, request.args)
    except ChangeRefused as refused:
        return _choose(len(ids), refused.sentence)
    return render_template(
        "bank/change_confirm.html",
        plan=plan,
        chosen=len(ids),
        hidden=_hidden(request.args),
        back=_back(request.args),
        later=len(plan.steps) > change_making.AT_ONCE,
        shown=SHOWN,
        words=wording,
        pools=reader_of(the_user()).pools,
        opened_at=clock.now(),
    )


@blueprint.post("/changes")
@needs("bank.change")
def make_change() -> ResponseReturnValue:
    """Make the change that was looked at; when it would do something else by now, show it again."""
    user, now = the_user(), clock.now()
    plan = _plan(_chosen(request.form), request.form)
    if plan.digest != request.form.get("seen"):
        db.session.rollback()
        flash(_("你看过之后，这批题有了变化。没有改；请再看一遍，再确认。"), "wait")
        return redirect(_back(request.form, step="confirm"))
    listed = change_making.begin(plan, actor=user, pools=reader_of(user).pools, now=now)
    done, listed_id = listed.state == change_making.DONE, listed.id
    db.session.commit()
    if done:
        flash(_("改了 %(n)d 题。不合适可以撤销。", n=len(plan.steps)), "ok")
    else:
        flash(_("%(n)d 题正在后台修改，这一页会显示进度。", n=len(plan.steps)), "info")
    return redirect(url_for("bank.change_list", change_list_id=listed_id))


@blueprint.get("/changes/<change_list_id>")
@needs("bank.change")
def change_list(change_list_id: str) -> ResponseReturnValue:
    """Show one list: what became what, what was left alone, how far the worker is."""
    listed = _listed(change_list_id)
    reader = reader_of(the_user())
    changed = (
        select(Change)
        .join(Change.entry)
        .options(contains_eager(Change.entry))
        .where(Change.change_list_id == listed.id, QuestionEntry.pool.in_(reader.pools))
        .order_by(QuestionEntry.code)
    )
    stopped = change_making.has_stopped(listed)
    page = render_template(
        "bank/change.html",
        listed=listed,
        pages=db.paginate(changed, per_page=PER_PAGE, error_out=False),
        outcomes=change_making.outcomes(listed),
        job=db.session.get(Job, listed.job_id) if listed.job_id else None,
        stopped=stopped,
        may_undo=_may_undo(listed),
        words=wording,
        pools=reader.pools,
        opened_at=clock.now(),
    )
    response = make_response(page)
    if listed.state in change_making.UNDER_WAY and not stopped:
        response.headers["Refresh"] = str(AGAIN)
    return response


@blueprint.post("/changes/<change_list_id>/stop")
@needs("bank.change")
def stop_change(change_list_id: str) -> ResponseReturnValue:
    """Stop the worker between two batches; what it did stays listed."""
    listed = _listed(change_list_id)
    job = db.session.get(Job, listed.job_id) if listed.job_id else None
    if not _may_undo(listed):
        raise ChangeRefused(_("只有做这次修改的人，或审题人，才能让它停下。"))
    if job is None or not jobs.cancel(job, actor=the_user(), now=clock.now()):
        raise ChangeRefused(_("这次修改已经结束，没有要停的。"))
    db.session.commit()
    flash(_("已经停下。"), "ok")
    return redirect(url_for("bank.change_list", change_list_id=change_list_id))


@blueprint.post("/changes/<change_list_id>/undo")
@needs("bank.change")
def undo_change(change_list_id: str) -> ResponseReturnValue:
    """Take a list back; what was changed since stays and is named."""
    user = the_user()
    listed = _listed(change_list_id)
    if not _may_undo(listed):
        raise ChangeRefused(_("只有做这次修改的人，或审题人，才能撤销它。"))
    change_making.begin_undo(listed, actor=user, pools=reader_of(user).pools, now=clock.now())
    done = listed.state == change_making.UNDONE
    db.session.commit()
    flash(_("已经撤销。") if done else _("正在后台撤销，这一页会显示进度。"), "ok")
    return redirect(url_for("bank.change_list", change_list_id=change_list_id))


def _listed(change_list_id: str) -> ChangeList:
    listed = db.session.get(ChangeList, change_list_id)
    if listed is None:
        abort(404)
    return listed


def _may_undo(listed: ChangeList) -> bool:
    user = the_user()
    return listed.made_by_id == user.id or allows(user, "bank.approve")


def _filters(values: Mapping[str, str]) -> finding.Wanted:
    return replace(finding.Wanted.asked(values), sort="")


def _chosen(values: MultiDict[str, str]) -> list[str]:
    """Return the ids of the ticked questions, or of all that fit the filters of the address."""
    if values.get("all") == "yes":
        return finding.ids_of(_filters(values), reader_of(the_user()))
    return list(dict.fromkeys(values.getlist("entry")))[:MOST_TICKED]


def _plan(ids: list[str], values: Mapping[str, str]) -> Plan:
    wish = changing.wish_of(values, today())
    user = the_user()
    return changing.plan(ids, wish, actor=user, pools=reader_of(user).pools)


def _hidden(values: MultiDict[str, str], *, acts: bool = True) -> list[tuple[str, str]]:
    """Return what a form has to carry on: the choice of questions, and what is to be done."""
    kept = list(_filters(values).given().items())
    kept += [("all", "yes")] if values.get("all") == "yes" else []
    kept += [("entry", one) for one in values.getlist("entry")]
    return [*kept, *((name, values[name]) for name in CARRIED if acts and name in values)]


def _back(values: MultiDict[str, str], *, step: str = "choose") -> str:
    """Return the address of a step with the same choice."""
    address: dict[str, Any] = {}
    for name, value in _hidden(values, acts=step == "confirm"):
        address.setdefault(name, []).append(value)
    return url_for("bank.new_change", **address)


def _choose(number: int, trouble: str = "") -> ResponseReturnValue:
    """Show what can be done to the chosen questions."""
    user = the_user()
    return render_template(
        "bank/change_choose.html",
        chosen=number,
        trouble=trouble,
        given=request.args,
        hidden=_hidden(request.args, acts=False),
        tags=[one for one in filters.filters(reader_of(user).pools) if one.name == "tag"],
        may_retire=allows(user, "bank.activate"),
        may_refile=allows(user, "bank.approve") or allows(user, "bank.write"),
        named_domains=[(code, wording.domain_name(code)) for code in wording.DOMAINS],
        words=wording,
    )
