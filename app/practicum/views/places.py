"""The register of places and supervisors, kept by the training body."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import clock
from app.acting import do_and_tell
from app.extensions import db
from app.formatting import in_english
from app.models.people import District, Organisation
from app.models.practicum import PracticumPlace, PracticumSupervisor
from app.permissions import Scope, allows, needs, require, the_user
from app.practicum import places, wording
from app.practicum.forms import PlaceForm, SupervisorForm, TermForm
from app.practicum.pages import blueprint
from app.practicum.places import Agreement
from app.practicum.refusing import PracticumRefused
from app.training.forms import options

PERMISSION = "practicum.manage"


@blueprint.get("/practicum/places")
@needs("practicum.manage")
def places_list() -> ResponseReturnValue:
    """List the places within one's reach."""
    rows = db.session.scalars(
        select(PracticumPlace)
        .options(selectinload(PracticumPlace.supervisors))
        .order_by(PracticumPlace.name)
    ).unique()
    reached = [one for one in rows if allows(the_user(), PERMISSION, places.scope_of(one))]
    districts = {row.code: row for row in db.session.scalars(select(District))}
    on = clock.shanghai_date(clock.now())
    return render_template(
        "practicum/places.html", rows=reached, districts=districts, on=on, wording=wording
    )


@blueprint.route("/practicum/places/new", methods=["GET", "POST"])
@needs("practicum.manage")
def new_place() -> ResponseReturnValue:
    """Register a place."""
    form = PlaceForm()
    bodies = _bodies()
    english = in_english()
    form.organisation.choices = options(
        (one.id, (english and one.name_en) or one.name) for one in bodies.values()
    )
    districts = db.session.scalars(select(District).order_by(District.code))
    form.district.choices = options(
        [
            ("", _("请选一个区。")),
            *((one.code, one.name_en if english else one.name) for one in districts),
        ]
    )
    if not form.is_submitted() and len(bodies) == 1:
        # With several bodies none is chosen yet, and a district nobody chose would be kept unseen.
        form.district.data = next(iter(bodies.values())).district_code or ""
    if form.validate_on_submit():
        body = bodies[form.organisation.data]
        try:
            _must_reach(form, body)
            made = places.add_place(body, _agreement(form), actor=the_user(), now=clock.now())
        except PracticumRefused as refusal:
            db.session.rollback()
            form.show(refusal)
        else:
            db.session.commit()
            flash(_("“%(name)s”已登记。再登记那里的带教老师。", name=made.name), "ok")
            return redirect(url_for("practicum.place", place_id=made.id))
    return render_template(
        "practicum/new_place.html", form=form
    ), 400 if form.is_submitted() else 200


@blueprint.get("/practicum/places/<place_id>")
@needs("practicum.manage")
def place(place_id: str) -> ResponseReturnValue:
    """Show a place with its supervisors."""
    return _page(_find(place_id), SupervisorForm(formdata=None))


@blueprint.post("/practicum/places/<place_id>/term")
@needs("practicum.manage")
def place_term(place_id: str) -> ResponseReturnValue:
    """Change until when an agreement runs."""
    found, form = _find(place_id), TermForm()
    if not form.validate():
        flash(_("请填日期，如 2027-12-31；没有到期日就空着。"), "stop")
        return redirect(url_for("practicum.place", place_id=place_id))

    def act() -> str:
        places.change_term(found, form.until.data, actor=the_user(), now=clock.now())
        return str(_("协议期限已改。"))

    return do_and_tell(act, url_for("practicum.place", place_id=place_id))


@blueprint.post("/practicum/places/<place_id>/supervisors")
@needs("practicum.manage")
def add_supervisor(place_id: str) -> ResponseReturnValue:
    """Register a supervisor; the signing code is shown this once."""
    found, form = _find(place_id), SupervisorForm()
    if not form.validate():
        return _page(found, form)
    name, phone, agreed = form.name.data or "", form.phone.data or "", bool(form.consented.data)
    try:
        row, code = places.add_supervisor(
            found, name, phone, consented=agreed, actor=the_user(), now=clock.now()
        )
    except PracticumRefused as refusal:
        db.session.rollback()
        form.show(refusal)
        return _page(found, form)
    db.session.commit()
    return render_template("practicum/code.html", place=found, row=row, code=code)


@blueprint.post("/practicum/supervisors/<supervisor_id>/code")
@needs("practicum.manage")
def new_code(supervisor_id: str) -> ResponseReturnValue:
    """Give a supervisor another code, shown this once."""
    row = _supervisor(supervisor_id)
    code = places.new_code(row, actor=the_user(), now=clock.now())
    db.session.commit()
    return render_template("practicum/code.html", place=row.place, row=row, code=code)


@blueprint.post("/practicum/supervisors/<supervisor_id>/end")
@needs("practicum.manage")
def end_supervisor(supervisor_id: str) -> ResponseReturnValue:
    """Let a supervisor sign no more."""
    row, now = _supervisor(supervisor_id), clock.now()
    places.end_supervisor(row, clock.shanghai_date(now), actor=the_user(), now=now)
    db.session.commit()
    flash(_("%(name)s不再签字。签过的照旧有效。", name=row.name), "ok")
    return redirect(url_for("practicum.place", place_id=row.place_id))


def _find(place_id: str) -> PracticumPlace:
    found = db.session.get(PracticumPlace, place_id) or abort(404)
    require(PERMISSION, places.scope_of(found))
    return found


def _supervisor(supervisor_id: str) -> PracticumSupervisor:
    found = db.session.get(PracticumSupervisor, supervisor_id) or abort(404)
    require(PERMISSION, places.scope_of(found.place))
    return found


def _bodies() -> dict[str, Organisation]:
    rows = db.session.scalars(
        select(Organisation).where(Organisation.kind == "training_body").order_by(Organisation.name)
    )
    user = the_user()
    return {
        one.id: one
        for one in rows
        if allows(user, PERMISSION, Scope(district=one.district_code, organisation=one.id))
    }


def _must_reach(form: PlaceForm, body: Organisation) -> None:
    reach = Scope(district=form.district.data, organisation=body.id)
    if not allows(the_user(), PERMISSION, reach):
        raise PracticumRefused(_("你的角色管不到这个区，请选你管的区。"), "district")


def _agreement(form: PlaceForm) -> Agreement:
    assert form.agreed_from.data  # noqa: S101 — validated
    return Agreement(
        name=" ".join(str(form.name.data).split()),
        kind=form.kind.data,
        district_code=form.district.data,
        agreed_from=form.agreed_from.data,
        agreed_until=form.agreed_until.data,
    )


def _page(found: PracticumPlace, form: SupervisorForm) -> ResponseReturnValue:
    page = render_template(
        "practicum/place.html",
        place=found,
        form=form,
        term=TermForm(formdata=None, until=found.agreed_until),
        district=db.session.get_one(District, found.district_code),
        on=clock.shanghai_date(clock.now()),
        wording=wording,
    )
    return page, 400 if form.is_submitted() and form.errors else 200
