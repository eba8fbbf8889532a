"""The pages of completion: the training body's for a class, the association's for what was handed in."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from app import clock
from app.acting import do_and_tell
from app.completion import lists, telling
from app.completion.lists import CompletionRefused
from app.extensions import db
from app.models.finishing import CompletionEntry, CompletionList
from app.models.people import User
from app.models.training import TrainingClass
from app.permissions import allows, needs, require, the_user
from app.training.scope import class_scope, class_scope_allows, find_class
from app.training.views.recording import enrolled

blueprint = Blueprint("completion", __name__)


@blueprint.get("/classes/<class_id>/completion")
@needs("class.read")
def of_class(class_id: str) -> ResponseReturnValue:
    """Show who of a class completed as of now, and the lists made so far."""
    on = clock.shanghai_date(clock.now())
    found = find_class(the_user(), "class.read", class_id, on)
    people = enrolled(found)
    return render_template(
        "completion/class.html",
        training_class=found,
        people=people,
        lines=lists.lines(people, on),
        rows=lists.of_class(found),
        may_make=class_scope_allows(the_user(), "class.manage", found, on),
        on=on,
    )


@blueprint.post("/classes/<class_id>/completion")
@needs("class.manage")
def make(class_id: str) -> ResponseReturnValue:
    """Freeze a list."""
    now, user = clock.now(), the_user()
    on = clock.shanghai_date(now)
    found = find_class(user, "class.manage", class_id, on)
    try:
        row = lists.make(found, enrolled(found), on=on, actor=user, now=now)
    except CompletionRefused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
        return redirect(url_for("completion.of_class", class_id=class_id))
    db.session.commit()
    if row.state == "made":
        flash(_("名单出好了。看过没有错，就交给协会。"), "ok")
    else:
        flash(_("记录和协会接受的这份一样，没有出新的名单。"), "info")
    return redirect(url_for("completion.one_list", class_id=class_id, list_id=row.id))


@blueprint.get("/classes/<class_id>/completion/<list_id>")
@needs("class.read")
def one_list(class_id: str, list_id: str) -> ResponseReturnValue:
    """Show a list as it was frozen."""
    on = clock.shanghai_date(clock.now())
    found = find_class(the_user(), "class.read", class_id, on)
    may_hand = class_scope_allows(the_user(), "class.manage", found, on)
    return _page(_of(found, list_id), may_hand=may_hand, may_decide=False)


@blueprint.post("/classes/<class_id>/completion/<list_id>/hand-in")
@needs("class.manage")
def hand_in(class_id: str, list_id: str) -> ResponseReturnValue:
    """Hand a list to the association."""
    now, user = clock.now(), the_user()
    found = find_class(user, "class.manage", class_id, clock.shanghai_date(now))
    row = _of(found, list_id)
    back = url_for("completion.one_list", class_id=class_id, list_id=list_id)

    def act() -> str:
        lists.hand_in(row, actor=user, now=now)
        return str(_("名单交给协会了。结果会通知你。"))

    return do_and_tell(act, back)


@blueprint.get("/completion")
@needs("completion.decide")
def queue() -> ResponseReturnValue:
    """List what was handed in, what waits first."""
    counted = (
        select(
            CompletionEntry.list_id,
            func.count().label("people"),
            func.count().filter(CompletionEntry.complete.is_(True)).label("complete"),
        )
        .group_by(CompletionEntry.list_id)
        .subquery()
    )
    found = db.session.execute(
        select(CompletionList, counted.c.people, counted.c.complete)
        .join(counted, counted.c.list_id == CompletionList.id)
        .where(CompletionList.handed_at.is_not(None))
        .order_by(CompletionList.state != "handed", CompletionList.handed_at.desc())
        .limit(200)
    ).unique()
    user = the_user()
    rows = [
        row
        for row in found
        if allows(user, "completion.decide", class_scope(row[0].training_class))
    ]
    return render_template("completion/queue.html", rows=rows)


@blueprint.get("/completion/<list_id>")
@needs("completion.decide")
def handed(list_id: str) -> ResponseReturnValue:
    """Show a list to whoever decides on it."""
    row = _handed(list_id)
    return _page(row, may_hand=False, may_decide=row.state == "handed")


@blueprint.post("/completion/<list_id>/accept")
@needs("completion.decide")
def accept(list_id: str) -> ResponseReturnValue:
    """Accept a list."""
    row, now, user = _handed(list_id), clock.now(), the_user()

    def act() -> str:
        fresh = row.state == "handed"
        lists.accept(row, on=clock.shanghai_date(now), actor=user, now=now)
        if fresh:
            telling.decided(row, _handed_by(row), now=now)
            telling.completed(row, now=now)
        return str(_("名单接受了。结业的人报考时按它算。"))

    return do_and_tell(act, url_for("completion.handed", list_id=list_id))


@blueprint.post("/completion/<list_id>/return")
@needs("completion.decide")
def give_back(list_id: str) -> ResponseReturnValue:
    """Return a list with its faults."""
    row, now, user = _handed(list_id), clock.now(), the_user()
    faults = {one.id: request.form.get(f"fault-{one.id}", "") for one in row.entries}

    def act() -> str:
        lists.give_back(row, faults, on=clock.shanghai_date(now), actor=user, now=now)
        telling.decided(row, _handed_by(row), now=now)
        return str(_("名单退回了，问题已写明。"))

    return do_and_tell(act, url_for("completion.handed", list_id=list_id))


def _of(training_class: TrainingClass, list_id: str) -> CompletionList:
    row = lists.read(list_id)
    if row is None or row.class_id != training_class.id:
        abort(404)
    return row


def _handed(list_id: str) -> CompletionList:
    row = lists.read(list_id)
    if row is None or row.handed_at is None:
        abort(404)
    require("completion.decide", class_scope(row.training_class))
    return row


def _handed_by(row: CompletionList) -> User:
    return db.session.get_one(User, row.handed_by_id)


def _page(row: CompletionList, *, may_hand: bool, may_decide: bool) -> ResponseReturnValue:
    ids = [row.made_by_id, row.handed_by_id, row.decided_by_id]
    people = db.session.scalars(select(User).where(User.id.in_([one for one in ids if one])))
    return render_template(
        "completion/list.html",
        row=row,
        training_class=row.training_class,
        names={one.id: one.name for one in people},
        untouched=lists.is_untouched(row),
        may_hand=may_hand and row.state == "made",
        may_decide=may_decide,
        may_read_class=allows(the_user(), "class.read", class_scope(row.training_class)),
    )
