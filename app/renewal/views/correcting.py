"""Corrections: asking with a proof, one's own requests; the association's list and decision."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import audit, clock
from app.accounts.confirming import needs_fresh_password
from app.acting import do_and_tell
from app.errors import Refusal
from app.extensions import db, may_write
from app.models.awards import Certificate
from app.models.journal import Blob
from app.models.people import User
from app.models.renewal import Correction
from app.permissions import allows, needs, signed_in, the_user
from app.register import ledger
from app.renewal import correcting, reach, wording
from app.renewal.correcting import Wanted
from app.renewal.forms import CorrectionForm, ReasonForm
from app.renewal.pages import blueprint
from app.renewal.refusing import RenewalRefused
from app.renewal.views.log import file_answer, received


@blueprint.route("/my/certificates/<certificate_id>/exchange", methods=["GET", "POST"])
@signed_in
def ask_exchange(certificate_id: str) -> ResponseReturnValue:
    """Ask for a new certificate: another name or photo, a lost or spoilt one."""
    user, now = the_user(), clock.now()
    certificate, form = reach.own(certificate_id, user), CorrectionForm()
    if form.validate_on_submit():
        try:
            proof = received(form.proof.data)
            correcting.ask(certificate, _wanted(form), proof, actor=user, now=now)
        except RenewalRefused as refusal:
            db.session.rollback()
            form.show(refusal)
        else:
            db.session.commit()
            flash(_("已提出。由协会决定，有结果会发消息给你。"), "ok")
            return redirect(url_for("renewal.ask_exchange", certificate_id=certificate_id))
    page = render_template(
        "renewal/ask_exchange.html",
        form=form,
        certificate=certificate,
        possible=ledger.verdict_now(certificate, now).code in correcting.EXCHANGED,
        requests=_own(user, certificate),
        wording=wording,
    )
    return page, 400 if form.is_submitted() else 200


@blueprint.post("/my/exchanges/<correction_id>/take-back")
@signed_in
def take_back_exchange(correction_id: str) -> ResponseReturnValue:
    """Take one's own request back."""
    row = db.session.get(Correction, correction_id)
    if row is None or row.user_id != the_user().id:
        abort(404)

    def act() -> str:
        correcting.take_back(row, actor=the_user(), now=clock.now())
        return str(_("已撤回，原来的证书不变。"))

    there = url_for("renewal.ask_exchange", certificate_id=row.certificate_id)
    return do_and_tell(act, there)


@blueprint.get("/exchanges")
@needs("award.read")
def exchanges() -> ResponseReturnValue:
    """List the requests, those that wait first."""
    user, today = the_user(), clock.shanghai_date(clock.now())
    rows = (
        select(Correction)
        .where(Correction.certificate_id.in_(reach.readable(user, today)))
        .options(selectinload(Correction.certificate))
        .order_by(Correction.state != "asked", Correction.asked_at.desc(), Correction.id)
    )
    pages = db.paginate(rows, per_page=20, error_out=False)
    return render_template("renewal/exchanges.html", pages=pages, wording=wording)


@blueprint.get("/exchanges/<correction_id>")
@needs("award.read")
def exchange(correction_id: str) -> ResponseReturnValue:
    """Show one request with its proof."""
    user, now = the_user(), clock.now()
    row, scope = reach.find(Correction, correction_id, "award.read", user)
    decides = row.state == "asked" and allows(user, "award.decide", scope)
    obstacle = ""
    if decides:
        try:
            correcting.may_decide(row, actor=user, now=now)
        except Refusal as refusal:
            obstacle = refusal.sentence
    decider = db.session.get(User, row.decided_by_id) if row.decided_by_id else None
    return render_template(
        "renewal/exchange.html",
        row=row,
        decides=decides,
        obstacle=obstacle,
        decider=decider,
        form=ReasonForm(formdata=None),
        wording=wording,
    )


@blueprint.get("/exchanges/<correction_id>/proof")
@signed_in
def exchange_proof(correction_id: str) -> ResponseReturnValue:
    """Give out the proof: to who asked, and to who decides."""
    row, reader = db.session.get(Correction, correction_id), the_user()
    if row is None or row.proof_blob_id is None:
        abort(404)
    if row.user_id != reader.id:
        if not allows(reader, "award.read", reach.scope_of(row.certificate)):
            abort(404)
        may_write()
        audit.record("correction.proof_read", row, actor=reader, now=clock.now())
        db.session.commit()
    return file_answer(db.session.get_one(Blob, row.proof_blob_id))


@blueprint.route("/exchanges/<correction_id>/approve", methods=["GET", "POST"])
@needs("award.decide")
@needs_fresh_password
def approve_exchange(correction_id: str) -> ResponseReturnValue:
    """Issue the certificate that replaces the old one."""
    row, _scope = reach.find(Correction, correction_id, "award.decide", the_user())
    if request.method == "GET":
        return render_template("renewal/approve_exchange.html", row=row, wording=wording)

    def act() -> str:
        new: Certificate = correcting.approve(row, actor=the_user(), now=clock.now())
        return str(_("已换新证，编号 %(number)s。", number=new.printed["number_grouped"]))

    return do_and_tell(act, url_for("renewal.exchange", correction_id=correction_id))


@blueprint.post("/exchanges/<correction_id>/refuse")
@needs("award.decide")
def refuse_exchange(correction_id: str) -> ResponseReturnValue:
    """Decide that the certificate stays as it is."""
    row, _scope = reach.find(Correction, correction_id, "award.decide", the_user())

    def act() -> str:
        reason = request.form.get("reason", "")
        correcting.refuse(row, reason, actor=the_user(), now=clock.now())
        return str(_("已决定不换，本人会收到理由。"))

    return do_and_tell(act, url_for("renewal.exchange", correction_id=correction_id))


def _wanted(form: CorrectionForm) -> Wanted:
    return Wanted(
        kind=form.kind.data,
        new_name=" ".join((form.new_name.data or "").split()),
        new_name_latin=" ".join((form.new_name_latin.data or "").split()),
        statement=form.statement.data.strip(),
    )


def _own(user: User, certificate: Certificate) -> list[Correction]:
    rows = select(Correction).where(
        Correction.user_id == user.id, Correction.certificate_id == certificate.id
    )
    return list(db.session.scalars(rows.order_by(Correction.asked_at.desc()).limit(20)))
