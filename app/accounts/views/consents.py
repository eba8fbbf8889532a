"""The page of one's own consents."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts import consents, identity, wording
from app.accounts.views.base import blueprint
from app.extensions import db
from app.permissions import signed_in, the_user


@blueprint.get("/account/consents")
@signed_in
def own_consents() -> ResponseReturnValue:
    """Show each purpose by itself."""
    return render_template(
        "accounts/consents.html",
        purposes=consents.purposes(the_user(), clock.now()),
        names=wording.CONSENTS,
    )


@blueprint.post("/account/consents/<kind>/give")
@signed_in
def give_consent(kind: str) -> ResponseReturnValue:
    """Consent to one purpose."""
    user = the_user()
    consents.give(user, kind, actor=user, now=clock.now())
    db.session.commit()
    flash(_("已记下你的同意。随时可以在这里撤回。"), "ok")
    return redirect(url_for("accounts.own_consents"))


@blueprint.post("/account/consents/<kind>/withdraw")
@signed_in
def withdraw_consent(kind: str) -> ResponseReturnValue:
    """Withdraw one consent; what rests on it ends at once."""
    user, now = the_user(), clock.now()
    consents.withdraw(user, kind, actor=user, now=now)
    sentence = _("已撤回，马上生效。")
    if kind == "identity_number":
        erased = identity.erase(user, actor=user, now=now)
        sentence = (
            _("已撤回。保存的证件号码已经删除。")
            if erased
            else _("已撤回。证件号码已经用于发证，按规定随证书记录保留，不再用于其他用途。")
        )
    db.session.commit()
    flash(sentence, "ok")
    return redirect(url_for("accounts.own_consents"))
