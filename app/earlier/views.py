"""Pages: earlier certificates in the register, trying and bringing in a sheet, changing a status."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock
from app.accounts.confirming import needs_fresh_password
from app.acting import do_and_tell
from app.earlier import bringing_in, finding
from app.earlier.forms import STATUSES, SheetForm, StatusForm
from app.earlier.refusing import EarlierRefused
from app.earlier.sheet import Read
from app.extensions import db, outside_transaction
from app.models.hospitals import EarlierCertificate, EarlierImport
from app.models.people import User
from app.permissions import Scope, allows, needs, require, the_user

blueprint = Blueprint("earlier", __name__)
A_PAGE = 50


@blueprint.get("/earlier-certificates")
@needs("award.read")
def earlier_list() -> ResponseReturnValue:
    """List earlier certificates; find one by its number."""
    require("award.read", Scope())
    query = finding.stored_form(request.args.get("q", ""))
    rows = select(EarlierCertificate).order_by(EarlierCertificate.number)
    if query:
        rows = rows.where(EarlierCertificate.number.startswith(query, autoescape=True))
    pages = db.paginate(rows, per_page=A_PAGE, error_out=False)
    now = clock.now()
    lines = finding.histories(pages.items)
    return render_template(
        "earlier/list.html",
        pages=pages,
        verdicts={row.id: finding.verdict(row, lines[row.id], now) for row in pages.items},
        query=query,
        may_bring_in=allows(the_user(), "earlier.bring_in", Scope()),
    )


@blueprint.route("/earlier-certificates/bring-in", methods=["GET", "POST"])
@needs("earlier.bring_in")
def bring_in() -> ResponseReturnValue:
    """Try a sheet; then bring it in, the same file once more."""
    require("earlier.bring_in", Scope())
    form, user, now = SheetForm(), the_user(), clock.now()
    done: Read | None = None
    if form.validate_on_submit():
        try:
            data, name = _sent(form)
            if request.form.get("act") == "bring_in":
                tried = form.tried.data or ""
                row = bringing_in.bring_in(
                    data, tried, name, form.source.data.strip(), actor=user, now=now
                )
                db.session.commit()
                flash(_("已补登 %(n)d 张，马上能查到。", n=row.rows), "ok")
                return redirect(url_for("earlier.earlier_list"))
            done, form.tried.data = bringing_in.try_out(data, now)
        except EarlierRefused as refusal:
            db.session.rollback()
            form.file.errors = [*form.file.errors, refusal.sentence]
    page = render_template(
        "earlier/bring_in.html", form=form, done=done, sound=bool(done and not done.faults)
    )
    return page, 400 if form.errors else 200


@blueprint.route("/earlier-certificates/<earlier_id>", methods=["GET", "POST"])
@needs("award.read")
@needs_fresh_password
def earlier(earlier_id: str) -> ResponseReturnValue:
    """Show one earlier certificate with its ledger; enter a change."""
    require("award.read", Scope())
    row, form = db.session.get(EarlierCertificate, earlier_id), StatusForm()
    if row is None:
        abort(404)
    may_change = allows(the_user(), "award.withdraw", Scope())
    if may_change and form.validate_on_submit():

        def act() -> str:
            bringing_in.change(
                row, form.status.data, form.reason.data or "", actor=the_user(), now=clock.now()
            )
            return str(_("已登记，下次查验就会显示。"))

        return do_and_tell(act, url_for("earlier.earlier", earlier_id=row.id))
    if form.is_submitted() and not may_change:
        abort(403)
    lines = finding.histories([row])[row.id]
    people = select(User.id, User.name).where(User.id.in_([line.by_id for line in lines]))
    page = render_template(
        "earlier/one.html",
        row=row,
        brought=db.session.get_one(EarlierImport, row.import_id),
        verdict=finding.verdict(row, lines, clock.now()),
        lines=lines,
        names=dict(db.session.execute(people).all()),
        statuses=STATUSES,
        form=form if may_change else None,
        ended=bool(lines) and lines[-1].status in bringing_in.FINAL,
    )
    return page, 400 if form.is_submitted() else 200


def _sent(form: SheetForm) -> tuple[bytes, str]:
    file = form.file.data
    data = file.read() if file else b""
    if not data:
        raise EarlierRefused(_("请先选表格文件。"))
    outside_transaction()  # taking a workbook apart takes a while
    return data, file.filename or ""
