"""The holder's own renewal: what is still missing, drawn and listed; handing in."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock, rulebook
from app.extensions import db
from app.models.renewal import Renewal
from app.permissions import signed_in, the_user
from app.renewal import granting, handing_in, progress, reach, wording
from app.renewal.forms import HandInForm
from app.renewal.pages import blueprint
from app.renewal.progress import Progress
from app.renewal.refusing import RenewalRefused


@blueprint.get("/my/renewal")
@signed_in
def mine() -> ResponseReturnValue:
    """Show how far the renewal of one's certificate is, and the whole log."""
    user, now = the_user(), clock.now()
    certificates = progress.renewable(user.id, now)
    at = progress.of(certificates[0], now) if certificates else None
    return render_template(
        "renewal/mine.html",
        at=at,
        obstacle=_obstacle(at) if at else "",
        earlier=_earlier(user.id),
        wording=wording,
        practice_missing=handing_in.practice_missing,
    )


@blueprint.route("/my/renewal/<certificate_id>/hand-in", methods=["GET", "POST"])
@signed_in
def hand_in(certificate_id: str) -> ResponseReturnValue:
    """Sign the code of conduct and hand in."""
    user, now = the_user(), clock.now()
    certificate, form = reach.own(certificate_id, user), HandInForm()
    conduct = rulebook.value("renewal.conduct", clock.shanghai_date(now))
    if form.validate_on_submit():
        try:
            row = handing_in.hand_in(certificate, form.version.data or "", actor=user, now=now)
        except RenewalRefused as refusal:
            db.session.rollback()
            flash(refusal.sentence, "stop")
            return redirect(url_for("renewal.mine"))
        db.session.commit()
        if row.state == "handed_in":
            flash(_("已交给协会。核对完会发消息给你。"), "ok")
        return redirect(url_for("renewal.mine"))
    at = progress.of(certificate, now)
    if _obstacle(at):
        return redirect(url_for("renewal.mine"))
    form.version.data = conduct["version"]
    page = render_template(
        "renewal/hand_in.html",
        form=form,
        at=at,
        conduct=conduct,
        following=granting.following(certificate, now),
        wording=wording,
    )
    return page, 400 if form.is_submitted() else 200


def _obstacle(at: Progress) -> str:
    """Return why it cannot be handed in now, or nothing."""
    try:
        handing_in.refuse_unless_possible(at, first=at.renewal is None)
    except RenewalRefused as refusal:
        return refusal.sentence
    return ""


def _earlier(user_id: str) -> list[Renewal]:
    rows = select(Renewal).where(
        Renewal.user_id == user_id, Renewal.state.in_(("granted", "refused"))
    )
    return list(db.session.scalars(rows.order_by(Renewal.decided_at.desc()).limit(20)))
