"""The holder's phone card, and the association's list of reported sites: pages of signed-in people."""

from __future__ import annotations

import base64
from datetime import datetime

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, clock
from app.checking import answering, photos, presence, register, reports
from app.checking.register import Found
from app.config import Settings
from app.errors import Refusal
from app.extensions import db, may_write
from app.models.awards import Certificate
from app.models.checking import SiteReport
from app.models.people import User
from app.permissions import needs, signed_in, the_user
from certificates import qr

blueprint = Blueprint("checking", __name__)
SHOWS = "shows_photo"
LASTS = 600
"""Seconds for which the photo may be seen after the holder said so."""
PAGE = 50


@blueprint.get("/my/certificates/<certificate_id>/card")
@signed_in
def card(certificate_id: str) -> ResponseReturnValue:
    """Show the holder the code of this minute, to be scanned at a desk."""
    found, now = _own(certificate_id), clock.now()
    shows = found.has_photo and (found.photo_is_public or _lets_see(found, now))
    digits = presence.code(found.id, now, with_photo=shows)
    settings: Settings = current_app.config["PEIZHEN"]
    # The domain of today, whatever was printed: the phone card is read now.
    address = f"{qr.address(settings.public_url, found.token)}/now/{digits}"
    page = render_template(
        "checking/card.html",
        answer=answering.answer(found, answering.said(found, whole=True)),
        certificate_id=found.id,
        has_photo=found.has_photo,
        shows_photo=shows,
        asks=found.has_photo and not found.photo_is_public,
        digits=f"{digits[:4]} {digits[4:]}",
        seconds=presence.seconds_left(now),
        qr="data:image/png;base64," + base64.b64encode(qr.encode(address).png()).decode(),
    )
    answer = make_response(page)
    answer.headers["Refresh"] = str(presence.seconds_left(now))
    return answer


@blueprint.get("/my/certificates/<certificate_id>/card/photo")
@signed_in
def card_photo(certificate_id: str) -> ResponseReturnValue:
    """Show the holder their own photo, small."""
    found = _own(certificate_id)
    if not found.has_photo:
        abort(404)
    return Response(photos.small(found.photo_blob_id or ""), mimetype="image/jpeg")


@blueprint.post("/my/certificates/<certificate_id>/card")
@signed_in
def let_photo_be_seen(certificate_id: str) -> ResponseReturnValue:
    """Let whoever scans in the next ten minutes see the photo, or no longer."""
    found, now = _own(certificate_id), clock.now()
    lets = request.form.get("photo") == "yes"
    session[SHOWS] = [found.id, int(now.timestamp()) + LASTS] if lets else None
    action = "certificate.photo_let_be_seen" if lets else "certificate.photo_hidden"
    audit.record(action, db.session.get_one(Certificate, found.id), actor=the_user(), now=now)
    db.session.commit()
    return redirect(url_for("checking.card", certificate_id=found.id))


@blueprint.get("/sites/reports")
@needs("check.reports")
def site_reports() -> ResponseReturnValue:
    """List reported sites, those that wait first."""
    order = (SiteReport.outcome != "open", SiteReport.created_at.desc())
    page = db.paginate(select(SiteReport).order_by(*order), per_page=PAGE, max_per_page=PAGE)
    people = {row.handled_by_id for row in page.items if row.handled_by_id}
    told = {row.id: reports.contact(row) for row in page.items if row.outcome == "open"}
    read = [report_id for report_id, contact in told.items() if contact]
    names = dict(db.session.execute(select(User.id, User.name).where(User.id.in_(people))).all())
    listed = render_template("checking/site_reports.html", pages=page, names=names, contacts=told)
    if read:
        may_write()
        audit.record_many(
            "site_report.contact_read", SiteReport, read, actor=the_user(), now=clock.now()
        )
        db.session.commit()
    return listed


@blueprint.post("/sites/reports/<report_id>")
@needs("check.reports")
def handle_report(report_id: str) -> ResponseReturnValue:
    """Say what a reported site is."""
    row = db.session.scalars(
        select(SiteReport).where(SiteReport.id == report_id).with_for_update()
    ).first()
    outcome, note = request.form.get("outcome", ""), request.form.get("note", "").strip()
    there = redirect(url_for("checking.site_reports"))
    if row is None or outcome not in reports.OUTCOMES:
        abort(404)
    if not note or len(note) > 300:
        flash(_("没有保存：请写一句做了什么，最多 300 个字。"), "stop")
        return there
    try:
        reports.handle(row, outcome, note, actor=the_user(), now=clock.now())
    except Refusal as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
        return there
    db.session.commit()
    flash(_("已记下对 %(site)s 的处理。", site=row.site), "ok")
    return there


def _own(certificate_id: str) -> Found:
    """Return a certificate of the person who asks; another's is not there."""
    row = db.session.get(Certificate, certificate_id)
    if row is None or row.user_id != the_user().id:
        abort(404)
    found = register.by_token(row.token, clock.now()).found
    if found is None:
        abort(404)
    return found


def _lets_see(found: Found, now: datetime) -> bool:
    """Tell whether the holder let the photo of this certificate be seen in the last minutes."""
    said = session.get(SHOWS)
    return said is not None and said[0] == found.id and said[1] > now.timestamp()
