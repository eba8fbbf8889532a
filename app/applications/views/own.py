"""The applicant's pages: one application for each class, filled in on a phone."""

from __future__ import annotations

from contextlib import closing

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import blobs, clock
from app.acting import do_and_tell
from app.applications import documents, filing, reviewing
from app.applications.refusals import ApplicationRefused
from app.applications.views.blueprint import blueprint
from app.applications.wording import DOCUMENTS
from app.eligibility.panel import award_panel
from app.extensions import db, outside_transaction
from app.models.journal import Blob
from app.models.training import Enrolment
from app.permissions import signed_in, the_user


@blueprint.get("/my/applications")
@signed_in
def mine() -> ResponseReturnValue:
    """List a person's classes, each with its application."""
    return render_template("applications/mine.html", rows=filing.own(the_user()))


@blueprint.get("/my/applications/<enrolment_id>")
@signed_in
def own(enrolment_id: str) -> ResponseReturnValue:
    """Show one application: what is there, what is missing, what was returned and why."""
    enrolment, now = _own(enrolment_id), clock.now()
    on = clock.shanghai_date(now)
    found = filing.find(enrolment)
    last = found.steps[-1] if found and found.steps else None
    return render_template(
        "applications/own.html",
        enrolment=enrolment,
        application=found,
        panel=award_panel(enrolment, on),
        asked=filing.asked_documents(on),
        titles=DOCUMENTS,
        there=filing.documents(found) if found else {},
        texts=filing.declarations(on),
        faults=last.faults if last and found and found.state == "returned" else {},
        parts=reviewing.parts(on),
        clock=reviewing.clock_of(found, now) if found else None,
        open_to_me=found is None or found.state in filing.APPLICANTS,
    )


@blueprint.post("/my/applications/<enrolment_id>/documents/<kind>")
@signed_in
def attach(enrolment_id: str, kind: str) -> ResponseReturnValue:
    """Add or replace a document."""
    _own(enrolment_id)
    now = clock.now()
    if kind not in DOCUMENTS:
        abort(404)
    back = url_for("applications.own", enrolment_id=enrolment_id)
    try:
        outside_transaction()  # a photo takes a while to be drawn anew
        data, media_type = documents.prepare(_given())
        found = filing.begin(_own(enrolment_id), now=now)
        gone = filing.attach(found, kind, data, media_type, actor=the_user(), now=now)
    except ApplicationRefused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
        return redirect(back)
    db.session.commit()
    for blob_id in gone:
        blobs.remove_bytes(blob_id)
    flash(_("%(what)s已收到。", what=DOCUMENTS[kind]), "ok")
    return redirect(back)


@blueprint.post("/my/applications/<enrolment_id>/documents/<kind>/remove")
@signed_in
def take_away(enrolment_id: str, kind: str) -> ResponseReturnValue:
    """Take a document away again."""
    enrolment, now = _own(enrolment_id), clock.now()
    found, gone = filing.find(enrolment), []
    back = url_for("applications.own", enrolment_id=enrolment_id)
    if found is None or kind not in DOCUMENTS:
        abort(404)

    def act() -> str:
        gone.extend(filing.take_away(found, kind, actor=the_user(), now=now))
        return str(_("%(what)s已删除。", what=DOCUMENTS[kind]))

    answer = do_and_tell(act, back)
    for blob_id in gone:
        blobs.remove_bytes(blob_id)
    return answer


@blueprint.post("/my/applications/<enrolment_id>/file")
@signed_in
def file(enrolment_id: str) -> ResponseReturnValue:
    """Hand the application in."""
    enrolment, now = _own(enrolment_id), clock.now()
    declared = request.form.getlist("declared")

    def act() -> str:
        found = filing.begin(enrolment, now=now)
        filing.file(found, declared, actor=the_user(), now=now)
        return str(_("申请已交给协会。接受或退回都会通知你。"))

    return do_and_tell(act, url_for("applications.own", enrolment_id=enrolment_id))


@blueprint.post("/my/applications/<enrolment_id>/withdraw")
@signed_in
def withdraw(enrolment_id: str) -> ResponseReturnValue:
    """Take the application back."""
    found, now = filing.find(_own(enrolment_id)), clock.now()
    if found is None:
        abort(404)

    def act() -> str:
        filing.withdraw(found, actor=the_user(), now=now)
        return str(_("申请已撤回。可以改好再交。"))

    return do_and_tell(act, url_for("applications.own", enrolment_id=enrolment_id))


@blueprint.get("/my/applications/<enrolment_id>/documents/<kind>")
@signed_in
def document(enrolment_id: str, kind: str) -> ResponseReturnValue:
    """Give the applicant their own document."""
    found = filing.find(_own(enrolment_id))
    row = filing.documents(found).get(kind) if found else None
    blob = db.session.get(Blob, row.blob_id) if row and row.blob_id else None
    if blob is None:
        abort(404)
    return given_out(blob, kind)


def _given() -> bytes:
    file = request.files.get("file")
    if file is None:
        return b""
    with closing(file):
        return bytes(file.read())


def given_out(blob: Blob, kind: str) -> Response:
    """Return a document as a download: what somebody sent is never shown as a page of ours."""
    response = Response(blobs.get(blob), mimetype=blob.media_type)
    ending = "pdf" if blob.media_type == documents.PDF else "jpg"
    response.headers["Content-Disposition"] = f'attachment; filename="{kind}.{ending}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _own(enrolment_id: str) -> Enrolment:
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None or enrolment.user_id != the_user().id:
        abort(404)
    return enrolment
