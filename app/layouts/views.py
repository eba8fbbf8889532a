"""Pages of layouts: the list with what is used where, one layout with its samples, its acts."""

from __future__ import annotations

import base64

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, rulebook
from app.acting import do_and_tell
from app.config import Settings
from app.extensions import db, outside_transaction
from app.layouts import choosing, drafting, editing, reading, sampling
from app.layouts.forms import ActForm, LayoutForm, NewForm
from app.layouts.kinds import KINDS, USES
from app.layouts.refusals import LayoutRefused
from app.layouts.sampling import SAMPLES, Says
from app.models.layouts import CertificateLayout
from app.permissions import Scope, allows, needs, require, the_user
from certificates.layouts import CURRENT, Layout, arranging, load_layout
from certificates.sentences import CertificateError

blueprint = Blueprint("layouts", __name__)


@blueprint.get("/layouts")
@needs("layout.read")
def layouts() -> ResponseReturnValue:
    """List layouts, and what is drawn with which."""
    require("layout.read", Scope())
    rows = reading.listed()
    return render_template(
        "layouts/layouts.html",
        rows=rows,
        published={row.id: row for row in rows if row.number is not None},
        places=choosing.places(),
        kinds=KINDS,
        uses=USES,
        samples=SAMPLES,
        form=NewForm(formdata=None),
        may_write=allows(the_user(), "layout.write", Scope()),
    )


@blueprint.post("/layouts")
@needs("layout.write")
def make() -> ResponseReturnValue:
    """Begin a draft."""
    require("layout.write", Scope())
    form = NewForm()
    if form.kind.data not in KINDS or not form.validate_on_submit():
        flash(_("没有做成：请选一种版式，并给它起个 60 字以内的名字。"), "stop")
        return redirect(url_for("layouts.layouts"))
    copied = db.session.get(CertificateLayout, form.copied.data) if form.copied.data else None
    try:
        row = drafting.make(
            form.kind.data, form.name.data or "", copied, actor=the_user(), now=clock.now()
        )
    except LayoutRefused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
        return redirect(url_for("layouts.layouts"))
    db.session.commit()
    return redirect(url_for("layouts.layout", layout_id=row.id))


@blueprint.get("/layouts/<layout_id>")
@needs("layout.read")
def layout(layout_id: str) -> ResponseReturnValue:
    """Show one layout: a draft to be changed, or a published one, with its samples."""
    return _page(_found(layout_id, "layout.read"))


@blueprint.post("/layouts/<layout_id>")
@needs("layout.write")
def save(layout_id: str) -> ResponseReturnValue:
    """Change a draft."""
    row, form = _found(layout_id, "layout.write"), LayoutForm()
    try:
        if not form.validate_on_submit() or form.changes.data is None:
            raise LayoutRefused(_("没有保存：名字最多 60 个字。"))
        drafting.save(
            row,
            form.name.data or "",
            editing.body(row.kind, row.design, request.form),
            form.pictures(),
            form.changes.data,
            actor=the_user(),
            now=clock.now(),
        )
    except LayoutRefused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
        return _page(_found(layout_id, "layout.write"), typed=True), 400
    db.session.commit()
    flash(_("草稿保存了。下面是新的样张。"), "ok")
    return redirect(url_for("layouts.layout", layout_id=layout_id, sample=_sample()))


@blueprint.post("/layouts/<layout_id>/preview")
@needs("layout.write")
def preview(layout_id: str) -> ResponseReturnValue:
    """Draw what a form says before it is saved; the page's script shows it."""
    row, says = _found(layout_id, "layout.write"), _says()
    saved = reading.arrangement(row)
    wish = arranging.read(
        editing.body(row.kind, row.design, request.form),
        seal=saved.seal,
        background=saved.background,
    )
    kind, design, sample = row.kind, row.design, _sample()
    outside_transaction()
    try:
        drawn = sampling.picture(arranging.arrange(kind, design, wish), sample, says)
    except CertificateError as error:
        return {"sentence": LayoutRefused.because(error).sentence}
    except LayoutRefused as refusal:
        return {"sentence": refusal.sentence}
    return {"picture": "data:image/png;base64," + base64.b64encode(drawn).decode()}


@blueprint.get("/layouts/<layout_id>/samples/<sample>")
@needs("layout.read")
def sample_picture(layout_id: str, sample: str) -> ResponseReturnValue:
    """Show a sample of a stored layout as a picture."""
    row, says = _found(layout_id, "layout.read"), _says()
    return _picture(_readable(row), sample, says)


@blueprint.get("/layouts/shipped/<design>/<sample>")
@needs("layout.read")
def shipped_picture(design: str, sample: str) -> ResponseReturnValue:
    """Show a sample of a kind as it ships."""
    require("layout.read", Scope())
    if design not in CURRENT:
        abort(404)
    return _picture(load_layout(design), sample, _says())


@blueprint.post("/layouts/<layout_id>/publish")
@needs("layout.write")
def publish(layout_id: str) -> ResponseReturnValue:
    """Try a draft with every sample, and freeze it."""
    row, says, form = _found(layout_id, "layout.write"), _says(), ActForm()
    form.validate()
    seen = -1 if form.changes.data is None else form.changes.data

    def act() -> str:
        tried = _readable(row)
        outside_transaction()
        sampling.prove(tried, says)
        again = db.session.get_one(CertificateLayout, layout_id)
        drafting.publish(again, seen, actor=the_user(), now=clock.now())
        return str(_("发布了，从此不再改。要用它发证，在“版式”页选用。"))

    return do_and_tell(act, url_for("layouts.layout", layout_id=layout_id))


@blueprint.post("/layouts/<layout_id>/discard")
@needs("layout.write")
def discard(layout_id: str) -> ResponseReturnValue:
    """Throw a draft away."""
    row = _found(layout_id, "layout.write")

    def act() -> str:
        drafting.discard(row, actor=the_user(), now=clock.now())
        return str(_("草稿扔掉了。"))

    return do_and_tell(act, url_for("layouts.layouts"))


@blueprint.post("/layouts/choose")
@needs("layout.write")
def choose() -> ResponseReturnValue:
    """Say which layout a scheme's documents are drawn with from now on."""
    require("layout.write", Scope())
    scheme, use = request.form.get("scheme", ""), request.form.get("use", "")
    kind, _sign, layout_id = request.form.get("layout", "").partition(":")
    if (scheme, use) not in {(place.scheme_code, place.use) for place in choosing.places()}:
        abort(404)
    row = db.session.get(CertificateLayout, layout_id) if layout_id else None

    def act() -> str:
        choosing.choose(scheme, use, kind, row, actor=the_user(), now=clock.now())
        return str(_("选好了。以后签发的用它，已经发出的不变。"))

    return do_and_tell(act, url_for("layouts.layouts"))


def _page(row: CertificateLayout, *, typed: bool = False) -> str:
    """Show a layout; `typed`: with what was typed, after a refusal."""
    wish = reading.arrangement(row)
    if typed:
        wish = arranging.read(editing.body(row.kind, row.design, request.form))
    form = LayoutForm() if typed else LayoutForm(formdata=None, name=row.name, changes=row.changes)
    if typed and form.changes.data is None:
        form.changes.data = row.changes
    return render_template(
        "layouts/layout.html",
        row=row,
        form=form,
        sheet=editing.sheet(row.kind, row.design, wish),
        called_kind=KINDS[row.kind],
        sample=_sample(),
        samples=SAMPLES,
        missing=sampling.missing_rare(),
        may_write=allows(the_user(), "layout.write", Scope()),
    )


def _found(layout_id: str, permission: str) -> CertificateLayout:
    require(permission, Scope())
    row = db.session.get(CertificateLayout, layout_id)
    if row is None:
        abort(404)
    return row


def _readable(row: CertificateLayout) -> Layout:
    try:
        return reading.layout(row)
    except CertificateError as error:
        raise LayoutRefused.because(error) from error


def _picture(found: Layout, sample: str, says: Says) -> ResponseReturnValue:
    if sample not in SAMPLES:
        abort(404)
    outside_transaction()
    return Response(sampling.picture(found, sample, says), mimetype="image/png")


def _sample() -> str:
    wanted = request.values.get("sample", "usual")
    return wanted if wanted in SAMPLES else "usual"


def _says() -> Says:
    """Return title and issuer as the rules have them today, and the installation's seal."""
    on = clock.shanghai_date(clock.now())
    title, issuer = (
        rulebook.value("certificate.title", on),
        rulebook.value("certificate.issuer", on),
    )
    settings: Settings = current_app.config["PEIZHEN"]
    path = settings.seal_image
    seal = path.read_bytes() if path is not None and path.is_file() else None
    return Says(title["zh"], title["en"], issuer["zh"], issuer["en"], seal)
