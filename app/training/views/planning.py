"""Changing a class, its half days and its body's rooms."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock
from app.acting import do_and_tell
from app.errors import Refusal
from app.extensions import db
from app.models.classes import TrainingRoom
from app.models.people import Organisation
from app.models.training import ClassMeeting, TrainingClass
from app.permissions import Scope, allows, needs, require, the_user
from app.training import planning, rooms, scope, timetable
from app.training.forms import options
from app.training.half_days import show_half_day
from app.training.outline import lessons
from app.training.pages import blueprint
from app.training.plan_forms import ChangeForm, HalfDayForm, RoomForm


@blueprint.route("/classes/<class_id>/edit", methods=["GET", "POST"])
@needs("class.manage")
def edit(class_id: str) -> ResponseReturnValue:
    """Change name, dates, capacity and plan."""
    now, user = clock.now(), the_user()
    found = scope.find_class(user, "class.manage", class_id, clock.shanghai_date(now))
    form = ChangeForm(obj=found)
    if form.validate_on_submit():
        try:
            moved = planning.change(found, form.change(), actor=user, now=now)
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(refusal.sentence)
        else:
            db.session.commit()
            said = _("已保存。") + (_("候补进班 %(n)s 人。", n=moved) if moved else "")
            flash(said, "ok")
            return redirect(_page_of(class_id))
    page = render_template("training/edit.html", training_class=found, form=form)
    return page, 409 if form.is_submitted() else 200


@blueprint.route("/classes/<class_id>/timetable/add", methods=["GET", "POST"])
@needs("class.manage")
def add_half_day(class_id: str) -> ResponseReturnValue:
    """Add a half day."""
    found = _class(class_id)
    form = _half_day_form(found, None)
    if form.validate_on_submit():
        try:
            timetable.add(found, form.half_day(), actor=the_user(), now=clock.now())
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(refusal.sentence)
        else:
            db.session.commit()
            flash(_("加了一个半天。"), "ok")
            return redirect(_page_of(class_id))
    page = render_template("training/half_day.html", training_class=found, form=form, meeting=None)
    return page, 409 if form.is_submitted() else 200


@blueprint.route("/classes/<class_id>/timetable/<meeting_id>", methods=["GET", "POST"])
@needs("class.manage")
def half_day(class_id: str, meeting_id: str) -> ResponseReturnValue:
    """Change time, room or lessons of a half day."""
    found = _class(class_id)
    row = _meeting(found, meeting_id)
    form = _half_day_form(found, row)
    if form.validate_on_submit():
        try:
            new = timetable.change(row, found, form.half_day(), actor=the_user(), now=clock.now())
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(refusal.sentence)
        else:
            db.session.commit()
            said = _("“%(half)s”已改。", half=show_half_day(row.title)) if new else _("没有变化。")
            flash(said, "ok" if new else "info")
            return redirect(_page_of(class_id))
    page = render_template("training/half_day.html", training_class=found, form=form, meeting=row)
    return page, 409 if form.is_submitted() else 200


@blueprint.post("/classes/<class_id>/timetable/<meeting_id>/remove")
@needs("class.manage")
def remove_half_day(class_id: str, meeting_id: str) -> ResponseReturnValue:
    """Take a half day out of the timetable."""
    row = _meeting(_class(class_id), meeting_id)

    def act() -> str:
        title = show_half_day(row.title)
        timetable.remove(row, actor=the_user(), now=clock.now())
        return str(_("“%(half)s”已从时间表里删除。", half=title))

    return do_and_tell(act, _page_of(class_id))


@blueprint.route("/classes/rooms", methods=["GET", "POST"])
@needs("class.manage")
def list_rooms() -> ResponseReturnValue:
    """Show the rooms of one's bodies, and register one."""
    bodies = _bodies()
    form = RoomForm()
    form.organisation.choices = options((body.id, body.name) for body in bodies.values())
    if form.validate_on_submit():
        try:
            row = rooms.register(
                form.organisation.data, form.facts(), actor=the_user(), now=clock.now()
            )
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(refusal.sentence)
        else:
            db.session.commit()
            flash(_("%(name)s登记好了，排课时可以选。", name=row.name), "ok")
            return redirect(url_for("training.list_rooms"))
    page = render_template("training/rooms.html", form=form, rooms=rooms.rooms_of(bodies))
    return page, 409 if form.is_submitted() else 200


@blueprint.post("/classes/rooms/<room_id>/take-off")
@needs("class.manage")
def take_room_off(room_id: str) -> ResponseReturnValue:
    """Offer a room no longer."""
    row = db.session.get(TrainingRoom, room_id)
    if row is None:
        abort(404)
    body = row.organisation
    require("class.manage", Scope(district=body.district_code, organisation=body.id))

    def act() -> str:
        rooms.take_off(row, actor=the_user(), now=clock.now())
        return str(_("%(name)s不再供排课。", name=row.name))

    return do_and_tell(act, url_for("training.list_rooms"))


def _class(class_id: str) -> TrainingClass:
    on = clock.shanghai_date(clock.now())
    return scope.find_class(the_user(), "class.manage", class_id, on)


def _meeting(found: TrainingClass, meeting_id: str) -> ClassMeeting:
    row = db.session.get(ClassMeeting, meeting_id)
    if row is None or row.class_id != found.id:
        abort(404)
    return row


def _half_day_form(found: TrainingClass, row: ClassMeeting | None) -> HalfDayForm:
    offered = {room.id: room for room in rooms.rooms_of([found.organisation_id])}
    if row is not None and row.room_id and row.room_id not in offered:
        offered[row.room_id] = db.session.get_one(TrainingRoom, row.room_id)
    return HalfDayForm.of(row, found, offered, lessons(found.edition.outline))


def _bodies() -> dict[str, Organisation]:
    user = the_user()
    found = db.session.scalars(
        select(Organisation).where(Organisation.kind == "training_body").order_by(Organisation.name)
    )
    return {
        body.id: body
        for body in found
        if allows(user, "class.manage", Scope(district=body.district_code, organisation=body.id))
    }


def _page_of(class_id: str) -> str:
    return url_for("training.training_class", class_id=class_id)
