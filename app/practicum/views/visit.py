"""One visit: the page used on the way, writing in later, ending, asking for a signature, correcting."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import abort, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock
from app.clock import SHANGHAI
from app.errors import wants_json
from app.extensions import db
from app.formatting import show_time
from app.models.practicum import PracticumMoment, PracticumVisit
from app.permissions import signed_in, the_user
from app.practicum import moments, places, signing, visits, wording
from app.practicum.forms import AddForm, AskForm, FinishForm, ReasonForm
from app.practicum.pages import blueprint
from app.practicum.refusing import PracticumRefused
from app.practicum.views.mine import own_visit
from app.practicum.visits import Account
from app.training.forms import options
from certificates import qr


@blueprint.get("/practicum/visits/<visit_id>")
@signed_in
def visit(visit_id: str) -> ResponseReturnValue:
    """Show a visit: under way the big button, afterwards the record."""
    return _page(own_visit(visit_id))


@blueprint.post("/practicum/visits/<visit_id>/moments")
@signed_in
def press(visit_id: str) -> ResponseReturnValue:
    """Note the moment that was pressed; the page's script is answered in JSON."""
    found, now = own_visit(visit_id), clock.now()
    step = moments.step(request.form.get("step", ""))
    age = request.form.get("age", "0")
    key = request.form.get("key", "")
    if step is None or not age.isdecimal() or len(age) > 9 or not 8 <= len(key) <= 40:
        abort(400)
    try:
        row = visits.press(
            found, step, key=key, age=timedelta(milliseconds=int(age)), actor=the_user(), now=now
        )
    except PracticumRefused as refusal:
        db.session.rollback()
        if wants_json():
            return jsonify(refused=refusal.sentence), 409
        flash(refusal.sentence, "stop")
        return redirect(url_for("practicum.visit", visit_id=visit_id))
    db.session.commit()
    if wants_json():
        return jsonify(key=row.key, time=show_time(row.happened_at), source=row.source)
    flash(
        _(
            "%(time)s %(what)s，已记下。",
            time=show_time(row.happened_at),
            what=wording.MOMENTS[step.code],
        ),
        "ok",
    )
    return redirect(url_for("practicum.visit", visit_id=visit_id))


@blueprint.post("/practicum/visits/<visit_id>/added")
@signed_in
def add_later(visit_id: str) -> ResponseReturnValue:
    """Write in a moment that was not pressed."""
    found, form = own_visit(visit_id), AddForm()
    if not form.validate():
        return _page(found, add=form)
    step = moments.step(form.step.data) or abort(400)
    assert form.day.data and form.at.data  # noqa: S101, PT018 — validated
    at = datetime.combine(form.day.data, form.at.data, tzinfo=SHANGHAI)
    key = request.form.get("key", "")[:40] or secrets.token_hex(8)

    def act() -> str:
        visits.add_later(
            found,
            step,
            key=key,
            happened_at=at,
            basis=form.basis.data or "",
            actor=the_user(),
            now=clock.now(),
        )
        return str(_("补记好了：%(what)s。", what=wording.MOMENTS[step.code]))

    return _do(found, act, lambda refusal: _page(found, add=form.shown(refusal)))


@blueprint.post("/practicum/visits/<visit_id>/finish")
@signed_in
def finish(visit_id: str) -> ResponseReturnValue:
    """End the visit, or change what was said of it while it waits for a signature."""
    found, form = own_visit(visit_id), FinishForm()
    if not form.validate():
        return _page(found, finish=form)

    def act() -> str:
        account = Account(form.tasks.data or (), form.note.data or "")
        visits.finish(found, account, actor=the_user(), now=clock.now())
        return str(_("记好了。下一步请带教老师签字。"))

    return _do(found, act, lambda refusal: _page(found, finish=form.shown(refusal)))


@blueprint.post("/practicum/visits/<visit_id>/drop")
@signed_in
def drop(visit_id: str) -> ResponseReturnValue:
    """Set an unsigned visit aside."""
    found, form = own_visit(visit_id), ReasonForm()

    def act() -> str:
        visits.drop(found, form.reason.data or "", actor=the_user(), now=clock.now())
        return str(_("这条已作废，留着可以看，不计时间。"))

    return _do(found, act, lambda refusal: _page(found, drop=form.shown(refusal)))


@blueprint.post("/practicum/visits/<visit_id>/correct")
@signed_in
def correct(visit_id: str) -> ResponseReturnValue:
    """Begin a correction of a signed or refused visit."""
    found, form = own_visit(visit_id), ReasonForm()
    try:
        made = signing.correct(found, form.reason.data or "", actor=the_user(), now=clock.now())
    except PracticumRefused as refusal:
        db.session.rollback()
        form.show(refusal)
        return _page(found, correct=form)
    db.session.commit()
    flash(_("这是更正，请改好后再请带教老师签字。签好以前，原来那条照旧。"), "info")
    return redirect(url_for("practicum.visit", visit_id=made.id))


@blueprint.post("/practicum/visits/<visit_id>/moments/<moment_id>/take-out")
@signed_in
def take_out(visit_id: str, moment_id: str) -> ResponseReturnValue:
    """Take a wrong moment out of a correction."""
    found = own_visit(visit_id)
    moment = db.session.get(PracticumMoment, moment_id)
    if moment is None or moment.visit_id != found.id:
        abort(404)

    def act() -> str:
        signing.take_out(found, moment, actor=the_user(), now=clock.now())
        return str(_("去掉了这一笔。原来那条里它还在。"))

    return _do(found, act)


@blueprint.route("/practicum/visits/<visit_id>/ask", methods=["GET", "POST"])
@signed_in
def ask(visit_id: str) -> ResponseReturnValue:
    """Choose a supervisor; the link is shown once, as a code to scan and as text."""
    found, now = own_visit(visit_id), clock.now()
    may_sign = {one.id: one for one in places.supervisors(found.place, clock.shanghai_date(now))}
    form = AskForm()
    form.supervisor.choices = options((one.id, one.name) for one in may_sign.values())
    if form.validate_on_submit():
        chosen = may_sign[form.supervisor.data]
        try:
            row, token = signing.ask(found, chosen, actor=the_user(), now=now)
        except PracticumRefused as refusal:
            db.session.rollback()
            form.show(refusal)
        else:
            db.session.commit()
            link = current_app.config["PEIZHEN"].public_url + url_for("practicum.sign", token=token)
            code = qr.encode(link)
            return render_template(
                "practicum/asked.html", visit=found, row=row, link=link, code=code
            )
    status = 400 if form.is_submitted() else 200
    return render_template("practicum/ask.html", visit=found, form=form, may_sign=may_sign), status


def _do(
    found: PracticumVisit,
    act: Callable[[], str],
    otherwise: Callable[[PracticumRefused], ResponseReturnValue] | None = None,
) -> ResponseReturnValue:
    """Do an act, commit and go back to the visit; or show the page with what was refused."""
    try:
        done = act()
    except PracticumRefused as refusal:
        db.session.rollback()
        if otherwise is not None:
            return otherwise(refusal)
        flash(refusal.sentence, "stop")
    else:
        db.session.commit()
        flash(done, "ok")
    return redirect(url_for("practicum.visit", visit_id=found.id))


def _page(
    found: PracticumVisit,
    *,
    add: AddForm | None = None,
    finish: FinishForm | None = None,
    drop: ReasonForm | None = None,
    correct: ReasonForm | None = None,
) -> ResponseReturnValue:
    wrong = any((add, finish, drop, correct))
    opened = "add" if add else ""
    done = visits.steps(found)
    last = found.ended_at or clock.now()
    if add is None:
        add = AddForm(formdata=None, day=clock.shanghai_date(last))
    if finish is None:
        finish = FinishForm(formdata=None, tasks=found.tasks, note=found.note)
    page = render_template(
        "practicum/under_way.html" if found.state == "open" else "practicum/visit.html",
        visit=found,
        done=done,
        offers=moments.following(done) if found.state == "open" else [],
        left_out=moments.left_out(done),
        key=secrets.token_hex(12),
        minutes=visits.length(found),
        request_row=signing.pending(found) if found.state == "ready" else None,
        answers=signing.answered(found),
        replaced_by=_correction_of(found),
        untouched=not found.sha256 or signing.is_untouched(found),
        add=add,
        finish=finish,
        drop=drop or ReasonForm(formdata=None),
        correct=correct or ReasonForm(formdata=None),
        opened=opened,
        wording=wording,
        now=clock.now(),
    )
    return page, (400 if wrong else 200)


def _correction_of(found: PracticumVisit) -> PracticumVisit | None:
    return db.session.scalar(select(PracticumVisit).where(PracticumVisit.corrects_id == found.id))
