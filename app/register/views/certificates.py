"""One certificate's life for staff, and the acts that change it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_pgettext

from app import clock
from app.accounts.confirming import needs_fresh_password
from app.errors import Refusal
from app.extensions import db
from app.models.awards import Certificate
from app.models.register import Hearing
from app.permissions import allows, needs, the_user
from app.register import deciding, ledger
from app.register.forms import ActForm
from app.register.places import find_certificate, scope_of
from app.register.views.blueprint import blueprint
from app.register.views.showing import obstacle, whole

ACTS = {
    "suspend": ("suspended", lazy_pgettext("certificate", "暂停")),
    "reinstate": ("valid", lazy_pgettext("certificate", "恢复")),
    "cancel": ("cancelled", lazy_pgettext("certificate", "注销")),
    "withdraw": ("withdrawn", lazy_pgettext("certificate", "撤销")),
}


@blueprint.get("/awards/register/certificates/<certificate_id>")
@needs("award.read")
def certificate(certificate_id: str) -> ResponseReturnValue:
    """Show one certificate's ledger, hearings and appeals."""
    row = find_certificate(certificate_id, "award.read")
    now = clock.now()
    may_act = allows(the_user(), "award.withdraw", scope_of(row))
    return render_template(
        "register/certificate.html",
        acts=possible_acts(row, now) if may_act else [],
        may_act=may_act,
        **whole(row, now),
    )


def possible_acts(row: Certificate, now: datetime) -> list[tuple[str, Any]]:
    """Return what can be done with a certificate as its ledger stands, with the button's words."""
    if row.status in ledger.FINAL:
        return []
    suspended = row.status == "suspended"
    return [
        (act, label) for act, (_status, label) in ACTS.items() if act != "reinstate" or suspended
    ]


@blueprint.route("/awards/register/certificates/<certificate_id>/<act>", methods=["GET", "POST"])
@needs("award.withdraw")
@needs_fresh_password
def change(certificate_id: str, act: str) -> ResponseReturnValue:
    """Suspend, reinstate, cancel or withdraw; or tell the holder first, where the rules ask it."""
    if act not in ACTS:
        abort(404)
    row = find_certificate(certificate_id, "award.withdraw")
    form, there = form_for(act), redirect(url_for(".certificate", certificate_id=row.id))
    if form.validate_on_submit():
        try:
            said = do(row, act, form)
        except Refusal as refusal:
            db.session.rollback()
            flash(refusal.sentence, "stop")
            return there
        db.session.commit()
        flash(said, "ok")
        return there
    if row.status in ledger.FINAL:
        return there
    return act_page(row, act, form, url_for(".change", certificate_id=row.id, act=act)), (
        400 if form.errors else 200
    )


def form_for(act: str) -> ActForm:
    """Return the form of an act with its reasons."""
    form = ActForm()
    form.offer(ACTS[act][0], clock.shanghai_date(clock.now()))
    return form


def do(row: Certificate, act: str, form: ActForm) -> str:
    """Do what the form asks and return what to say; the caller commits."""
    made = deciding.act(
        row,
        ACTS[act][0],
        reason_code=form.reason_code.data,
        reason=form.reason.data or "",
        until=form.until.data if "until" in form else None,
        actor=the_user(),
        now=clock.now(),
    )
    return say(made)


def say(made: object) -> str:
    """Say what came of an act."""
    if isinstance(made, Hearing):
        return str(_("已告知持证人，等陈述或期满以后再决定。证书状态现在没有变。"))
    word = ledger.word(made.status)  # type: ignore[attr-defined]
    return str(_("已改成“%(word)s”，下次扫码就会显示，持证人也收到了通知。", word=word))


def act_page(row: Certificate, act: str, form: ActForm, action: str, back: str = "") -> str:
    """Return the page that asks for the reason."""
    now = clock.now()
    return render_template(
        "register/act.html",
        form=form,
        act=act,
        act_word=ACTS[act][1],
        action=action,
        back=back or url_for("register.certificate", certificate_id=row.id),
        obstacle=obstacle(lambda: deciding.may_act(row, actor=the_user(), now=now)),
        **whole(row, now),
    )
