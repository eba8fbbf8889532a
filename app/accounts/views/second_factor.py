"""Setting up and switching off one's own second factor."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts import factors, sessions
from app.accounts.confirming import needs_fresh_password
from app.accounts.forms import CodeForm
from app.accounts.views.base import blueprint
from app.extensions import db
from app.permissions import signed_in, the_user


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@signed_in
@needs_fresh_password
def second_factor() -> ResponseReturnValue:
    """Show where the second factor stands, with the QR code while it is being set up."""
    form, user, now = CodeForm(), the_user(), clock.now()
    if form.validate_on_submit():
        try:
            factors.confirm(user, form.code.data or "", actor=user, now=now)
        except factors.WrongCodeError as refusal:
            db.session.commit()  # the try stays counted
            form.show(refusal, "code")
        else:
            row = sessions.current() or abort(401)
            row.second_factor_at = now
            sessions.revoke_all(user, actor=user, now=now, but=row)
            db.session.commit()
            flash(_("二次验证已开启。以后登录要输入验证码，其他设备都已退出。"), "ok")
            return redirect(url_for("accounts.account"))
    begun = user.totp_sealed is not None and not factors.is_on(user)
    return render_template(
        "accounts/second_factor.html",
        form=form,
        on=factors.is_on(user),
        required=factors.is_required(user, now),
        picture=factors.picture(user) if begun else "",
        secret=factors.secret_of(user) if begun else "",
    )


@blueprint.post("/account/second-factor/begin")
@signed_in
@needs_fresh_password
def begin_second_factor() -> ResponseReturnValue:
    """Make a new secret and show it."""
    user = the_user()
    factors.begin(user, actor=user, now=clock.now())
    db.session.commit()
    return redirect(url_for("accounts.second_factor"))


@blueprint.post("/account/second-factor/remove")
@signed_in
@needs_fresh_password
def remove_second_factor() -> ResponseReturnValue:
    """Switch the own second factor off."""
    user = the_user()
    factors.remove(user, actor=user, now=clock.now())
    db.session.commit()
    flash(_("二次验证已关闭。"), "ok")
    return redirect(url_for("accounts.account"))
