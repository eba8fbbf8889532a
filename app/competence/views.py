"""Pages of one's own conflicts of interest, their register, and competence files."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are older

from app import clock
from app.accounts.wording import ROLES
from app.acting import do_and_tell
from app.competence import declaring, filing
from app.competence.forms import NOBODY, DeclarationForm, EntryForm
from app.competence.wording import KINDS, REASONS
from app.errors import Refusal
from app.extensions import db
from app.models.conflicts import CompetenceEntry, ConflictDeclaration
from app.models.people import Organisation, User
from app.permissions import allows, needs, signed_in, the_user

blueprint = Blueprint("competence", __name__)


@blueprint.get("/my/conflicts")
@signed_in
def my_conflicts() -> ResponseReturnValue:
    """Show one's own declarations and a form for another."""
    form = _declaration_form(formdata=None)
    form.since.data = clock.shanghai_date(clock.now())
    return _conflicts_page(form)


@blueprint.post("/my/conflicts")
@signed_in
def declare() -> ResponseReturnValue:
    """Declare a conflict of interest."""
    form = _declaration_form()
    if not form.validate_on_submit():
        return _conflicts_page(form), 400
    chosen = form.organisation.data
    try:
        declaring.declare(
            the_user(),
            name=form.name.data or "",
            phone=form.phone.data or "",
            organisation=db.session.get(Organisation, chosen) if chosen else None,
            reason=form.reason.data,
            note=form.note.data or "",
            since=form.since.data or clock.shanghai_date(clock.now()),
            until=form.until.data,
            now=clock.now(),
        )
    except Refusal as refusal:
        db.session.rollback()
        form.form_errors.append(refusal.sentence)
        return _conflicts_page(form), 400
    db.session.commit()
    flash(_("记下了。和这个人、这个单位有关的提出、考评、决定，系统不会让你办。"), "ok")
    return redirect(url_for("competence.my_conflicts"))


@blueprint.post("/my/conflicts/<conflict_id>/end")
@signed_in
def end_conflict(conflict_id: str) -> ResponseReturnValue:
    """End one's own declaration today."""
    row = db.session.get(ConflictDeclaration, conflict_id)
    if row is None or row.user_id != the_user().id:
        abort(404)

    def act() -> str:
        declaring.end(row, actor=the_user(), now=clock.now())
        return str(_("这一条到今天为止。"))

    return do_and_tell(act, url_for("competence.my_conflicts"))


@blueprint.get("/competence")
@needs("competence.read")
def people() -> ResponseReturnValue:
    """List who writes, examines, invigilates or marks, with what is on file."""
    today = clock.shanghai_date(clock.now())
    return render_template(
        "competence/people.html", people=filing.people(), roles=ROLES, today=today
    )


@blueprint.get("/competence/conflicts")
@needs("competence.read")
def conflicts() -> ResponseReturnValue:
    """Show the register of conflicts of interest."""
    today = clock.shanghai_date(clock.now())
    rows = declaring.register()
    return render_template("competence/register.html", rows=rows, reasons=REASONS, today=today)


@blueprint.get("/competence/people/<user_id>")
@needs("competence.read")
def person(user_id: str) -> ResponseReturnValue:
    """Show one competence file."""
    return _person_page(_user(user_id), EntryForm(formdata=None))


@blueprint.post("/competence/people/<user_id>")
@needs("competence.write")
def add_entry(user_id: str) -> ResponseReturnValue:
    """Put an entry on somebody's file."""
    user, form = _user(user_id), EntryForm()
    if not form.validate_on_submit():
        return _person_page(user, form), 400
    try:
        filing.add(
            user,
            form.kind.data,
            form.title.data or "",
            form.obtained_on.data or clock.shanghai_date(clock.now()),
            form.valid_until.data,
            actor=the_user(),
            now=clock.now(),
        )
    except Refusal as refusal:
        db.session.rollback()
        form.form_errors.append(refusal.sentence)
        return _person_page(user, form), 400
    db.session.commit()
    flash(_("已登记。"), "ok")
    return redirect(url_for("competence.person", user_id=user_id))


@blueprint.post("/competence/entries/<entry_id>/remove")
@needs("competence.write")
def remove_entry(entry_id: str) -> ResponseReturnValue:
    """Take an entry off a file."""
    row = db.session.get(CompetenceEntry, entry_id)
    if row is None:
        abort(404)

    def act() -> str:
        filing.remove(row, actor=the_user(), now=clock.now())
        return str(_("已从档案里去掉，操作记录里还在。"))

    return do_and_tell(act, url_for("competence.person", user_id=row.user_id))


def _declaration_form(**given: None) -> DeclarationForm:
    form = DeclarationForm(**given)
    rows = db.session.execute(
        select(Organisation.id, Organisation.name).order_by(Organisation.name).limit(1000)
    )
    form.organisation.choices = [
        SelectChoice(NOBODY, _("（不是单位）")),
        *(SelectChoice(one, name) for one, name in rows),
    ]
    return form


def _conflicts_page(form: DeclarationForm) -> str:
    return render_template(
        "competence/mine.html",
        form=form,
        rows=declaring.of(the_user()),
        reasons=REASONS,
        today=clock.shanghai_date(clock.now()),
    )


def _person_page(user: User, form: EntryForm) -> str:
    return render_template(
        "competence/person.html",
        person=filing.person(user),
        done=filing.done(user),
        conflicts=declaring.of(user),
        roles=ROLES,
        kinds=KINDS,
        reasons=REASONS,
        today=clock.shanghai_date(clock.now()),
        form=form,
        may_write=allows(the_user(), "competence.write") and user.id != the_user().id,
    )


def _user(user_id: str) -> User:
    found = db.session.get(User, user_id)
    if found is None:
        abort(404)
    return found
