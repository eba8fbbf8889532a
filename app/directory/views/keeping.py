"""An institution's entry, as its manager keeps it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.acting import do_and_tell
from app.directory import counting, keeping
from app.directory.forms import UNITS, EntryForm, PriceForm
from app.directory.keeping import Entry
from app.directory.refusing import DirectoryRefused
from app.directory.views.blueprints import blueprint
from app.extensions import db
from app.models.directory import InstitutionPage, InstitutionPrice
from app.models.people import Organisation
from app.permissions import needs, the_user


@blueprint.get("/institutions")
@needs("directory.keep")
def own_institutions() -> ResponseReturnValue:
    """Show the institutions whose entry one keeps; of just one, the entry itself."""
    rows = keeping.own_organisations(the_user())
    if len(rows) == 1:
        return redirect(url_for("directory.entry", organisation_id=rows[0].id))
    return render_template("directory/own_institutions.html", rows=rows)


@blueprint.route("/institutions/<organisation_id>", methods=["GET", "POST"])
@needs("directory.keep")
def entry(organisation_id: str) -> ResponseReturnValue:
    """Show and save an institution's entry."""
    organisation, now = _own(organisation_id), clock.now()
    row, today = keeping.find_page(organisation), clock.shanghai_date(now)
    form = EntryForm(obj=row)
    if form.validate_on_submit():
        try:
            keeping.save(organisation, _entry(form), actor=the_user(), now=now)
        except DirectoryRefused as refusal:
            db.session.rollback()
            form.insurer.errors = [*form.insurer.errors, refusal.sentence]
        else:
            db.session.commit()
            flash(_("已保存。"), "ok")
            return redirect(url_for("directory.entry", organisation_id=organisation_id))
    page = render_template(
        "directory/entry.html",
        form=form,
        price_form=PriceForm(formdata=None),
        organisation=organisation,
        row=row,
        count=counting.practitioners([organisation_id], today)[organisation_id],
        threshold=counting.threshold(today),
        units=UNITS,
    )
    return page, 400 if form.is_submitted() else 200


@blueprint.post("/institutions/<organisation_id>/prices")
@needs("directory.keep")
def add_price(organisation_id: str) -> ResponseReturnValue:
    """Display one more price."""
    page, form = _page(organisation_id), PriceForm()

    def act() -> str:
        if not form.validate():
            raise DirectoryRefused(
                " ".join(str(one) for all_ in form.errors.values() for one in all_)
            )
        keeping.add_price(
            page,
            (form.service.data or "").strip(),
            form.fen,
            form.unit.data,
            actor=the_user(),
            now=clock.now(),
        )
        return str(_("已加上这条价目。"))

    return do_and_tell(act, url_for("directory.entry", organisation_id=organisation_id) + "#prices")


@blueprint.post("/institutions/<organisation_id>/prices/<price_id>/remove")
@needs("directory.keep")
def remove_price(organisation_id: str, price_id: str) -> ResponseReturnValue:
    """Take a price off the display."""
    page = _page(organisation_id)
    row = db.session.get(InstitutionPrice, price_id)
    if row is None or row.page_id != page.id:
        abort(404)

    def act() -> str:
        keeping.remove_price(page, row, actor=the_user(), now=clock.now())
        return str(_("已删掉这条价目。"))

    return do_and_tell(act, url_for("directory.entry", organisation_id=organisation_id) + "#prices")


def _own(organisation_id: str) -> Organisation:
    own = {row.id: row for row in keeping.own_organisations(the_user())}
    if organisation_id not in own:
        abort(404)
    return own[organisation_id]


def _page(organisation_id: str) -> InstitutionPage:
    row = keeping.find_page(_own(organisation_id))
    if row is None:
        abort(404)
    return row


def _entry(form: EntryForm) -> Entry:
    return Entry(
        kind=form.kind.data,
        address=(form.address.data or "").strip(),
        phone=(form.phone.data or "").strip(),
        hours=(form.hours.data or "").strip(),
        insurer=(form.insurer.data or "").strip(),
        insurance_kind=form.insurance_kind.data or "",
        insured_until=form.insured_until.data,
        published=form.published.data,
    )
