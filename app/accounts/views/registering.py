"""Opening one's own account with a class code."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock, rulebook
from app.accounts import attempts, known_browsers, passwords, registering, sessions
from app.accounts.forms import RegisterForm
from app.accounts.phones import normal_phone
from app.accounts.registering import RegistrationError
from app.accounts.views.base import blueprint
from app.accounts.views.signing_in import this_place
from app.errors import Refusal
from app.extensions import db, may_write, outside_transaction
from app.models.people import User
from app.models.training import TrainingClass
from app.permissions import public

WRONG_MOST = 40
"""Wrong class codes and phone numbers in use, a quarter of an hour and address: one classroom."""


@blueprint.route("/register", methods=["GET", "POST"])
@public
def register() -> ResponseReturnValue:
    """Open a trainee's account for the class whose code stands in the address."""
    code = request.args.get("code", "").strip()
    if not code:
        return render_template("accounts/ask_code.html", error="", code="")
    training_class = registering.find_open_class(code)
    if training_class is None:
        return _unknown_code(code)
    if current_user.is_authenticated:
        return redirect(_onward(code))
    form = RegisterForm()
    user = _open_account(form) if form.validate_on_submit() else None
    if user is None:
        return _page(form, training_class, code)
    account, now = user.id, clock.now()
    sessions.begin(user, agent=request.user_agent.string, now=now)
    db.session.commit()
    response = current_app.make_response(redirect(_onward(code)))
    known_browsers.remember(response, known_browsers.read(request), account)
    return response


def _page(form: RegisterForm, training_class: TrainingClass, code: str) -> str:
    return render_template(
        "accounts/register.html",
        form=form,
        training_class=training_class,
        code=code,
        onward=_onward(code),
        consent=rulebook.value("consent.texts", clock.shanghai_date(clock.now()))["service"],
    )


def _onward(code: str) -> str:
    """Return the page that joins the class, or home where classes are not part of the site."""
    if "training.join" in current_app.view_functions:
        return url_for("training.join", code=code)
    return url_for("home.index")


def _unknown_code(code: str) -> ResponseReturnValue:
    may_write()
    attempts.limit("register.wrong", this_place().network, WRONG_MOST, clock.now())
    db.session.commit()
    sentence = _("没有找到这个班级码，或这个班已经不收人。请向班主任再问一次。")
    return render_template("accounts/ask_code.html", error=sentence, code=code), 404


def _open_account(form: RegisterForm) -> User | None:
    """Make the account, or put the sentence into the form."""
    password = form.password.data or ""
    try:
        passwords.check(password, about=(form.name.data, normal_phone(form.phone.data or "")))
        outside_transaction()
        made = passwords.make_hash(password)
        return registering.register_trainee(
            name=form.name.data or "",
            phone=form.phone.data or "",
            password_hash=made,
            now=clock.now(),
        )
    except RegistrationError as refusal:
        form.show(refusal, refusal.field)
        attempts.limit("register.wrong", this_place().network, WRONG_MOST, clock.now())
        db.session.commit()
    except Refusal as refusal:
        form.show(refusal, "password")
    return None
