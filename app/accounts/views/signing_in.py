"""Signing in and out, the second step, and giving the password once more."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import abort, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.accounts import confirming, factors, known_browsers, sessions, signing_in
from app.accounts.addresses import check_page, local_address
from app.accounts.attempts import Place
from app.accounts.forms import CodeForm, ConfirmPasswordForm, SignInForm
from app.accounts.views.base import blueprint
from app.extensions import db
from app.models.people import User
from app.permissions import public, signed_in, the_user

PENDING = timedelta(minutes=5)
"""How long the second step may take after the password was right."""


def this_place() -> Place:
    """Return where this request comes from, for the rule of `attempts`."""
    return Place(request.remote_addr or "", known_browsers.read(request))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Ask who is there."""
    onward = local_address(request.args.get("next", "/"))
    if current_user.is_authenticated and request.method == "GET":
        return redirect(onward)
    form = SignInForm()
    if form.validate_on_submit():
        now = clock.now()
        try:
            user = signing_in.prove(
                form.login.data or "", form.password.data or "", place=this_place(), now=now
            )
        except signing_in.WrongPasswordError as refusal:
            form.show(refusal, "password")
        else:
            if factors.is_on(user):
                return _ask_for_code(user, onward, now)
            return _let_in(user, onward, now, second_factor=False)
    return render_template(
        "accounts/sign_in.html", form=form, onward=onward, check_href=check_page()
    )


def _ask_for_code(user: User, onward: str, now: datetime) -> ResponseReturnValue:
    session["pending"] = {"user": user.id, "at": now.timestamp(), "next": onward}
    db.session.commit()
    return redirect(url_for("accounts.sign_in_code"))


def _let_in(user: User, onward: str, now: datetime, *, second_factor: bool) -> ResponseReturnValue:
    account = user.id
    row = sessions.begin(user, agent=request.user_agent.string, now=now)
    row.second_factor_at = now if second_factor else None
    db.session.commit()
    response = make_response(redirect(onward))
    known_browsers.remember(response, known_browsers.read(request), account)
    return response


def _pending(now: datetime) -> tuple[User, str] | None:
    """Return who gave the right password a moment ago in this browser, and where they want to go."""
    told = session.get("pending")
    if not told or now.timestamp() - told["at"] > PENDING.total_seconds():
        return None
    user = db.session.get(User, told["user"])
    return (user, local_address(told["next"])) if user and user.active else None


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public
def sign_in_code() -> ResponseReturnValue:
    """Ask for the second factor's code."""
    now = clock.now()
    pending = _pending(now)
    if pending is None:
        session.pop("pending", None)
        flash(_("请先输入密码，再在 5 分钟内输入验证码。"), "wait")
        return redirect(url_for("accounts.sign_in"))
    user, onward = pending
    form = CodeForm()
    if form.validate_on_submit():
        try:
            factors.check_code(user, form.code.data or "", now)
        except factors.WrongCodeError as refusal:
            db.session.commit()  # the try stays counted
            form.show(refusal, "code")
        else:
            return _let_in(user, onward, now, second_factor=True)
    return render_template("accounts/sign_in_code.html", form=form)


@blueprint.get("/sign-in/forgotten")
@public
def forgotten() -> ResponseReturnValue:
    """Say how one gets a new password."""
    return render_template("accounts/forgotten.html")


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """Sign this browser out."""
    sessions.end(actor=the_user(), now=clock.now())
    db.session.commit()
    flash(_("已退出登录。"), "ok")
    return redirect(url_for("home.index"))


@blueprint.route("/confirm-password", methods=["GET", "POST"])
@signed_in
def confirm_password() -> ResponseReturnValue:
    """Ask for the password again, then lead back to where one was."""
    onward = local_address(request.args.get("next", "/"))
    form = ConfirmPasswordForm()
    if form.validate_on_submit():
        user, now = the_user(), clock.now()
        row = sessions.current() or abort(401)
        try:
            # This browser is known: it is signed in as this person.
            place = Place(request.remote_addr or "", {user.id: row.id})
            signing_in.prove_again(user, form.password.data or "", place=place, now=now)
        except signing_in.WrongPasswordError as refusal:
            refusal.sentence = _("密码不对，请再填一次。")
            form.show(refusal, "password")
        else:
            confirming.confirm(row, actor=user, now=now)
            db.session.commit()
            return redirect(onward)
    return render_template("accounts/confirm_password.html", form=form, onward=onward)
