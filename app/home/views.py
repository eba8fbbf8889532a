"""Views of the home feature."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    has_request_context,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import text

from app import clock, translating
from app.accounts.addresses import check_page, local_address
from app.accounts.wording import ROLES, roles_in_words
from app.config import Settings
from app.extensions import babel, db
from app.home import navigation, trainee
from app.home.sample import sample_form
from app.models.people import User
from app.notices import recent
from app.permissions import PERMISSIONS, is_staff, public, signed_in, the_user
from app.training import waiting

blueprint = Blueprint("home", __name__)
LANGUAGES = ("zh", "en")
THEMES = ("auto", "light", "dark")


@blueprint.get("/health")
@public
def health() -> ResponseReturnValue:
    """Say that the server and its database answer."""
    db.session.execute(text("SELECT 1"))
    return jsonify(status="ok")


@blueprint.get("/")
@public
def index() -> ResponseReturnValue:
    """Show the next step of whoever asks."""
    if not current_user.is_authenticated:
        return render_template("home/welcome.html", check_href=check_page())
    user = the_user()
    now = clock.now()
    learner = trainee.of(user, now)
    # Whoever works for nobody here can only have come to learn, with the role of a trainee or not.
    learns = not is_staff(user)
    return render_template(
        "home/index.html",
        user=user,
        learner=learner,
        learns=learns,
        places=waiting.own_places(user) if learns else [],
        news=recent.newest(user, now),
    )


@blueprint.get("/styleguide")
@public
def styleguide() -> ResponseReturnValue:
    """Show every component and state; not in production."""
    settings: Settings = current_app.config["PEIZHEN"]
    if not (settings.demo or settings.testing):
        abort(404)
    return render_template("styleguide.html", sample=sample_form())


@blueprint.post("/display")
@public
def display() -> ResponseReturnValue:
    """Keep how pages are shown: language, theme, type size, contrast."""
    form = request.form
    choice = dict(session.get("display", {}))
    if form.get("lang") in LANGUAGES:
        choice["lang"] = form["lang"]
    if form.get("theme") in THEMES:
        choice["theme"] = form["theme"]
    for name in ("large", "contrast"):
        if name in form:
            choice[name] = form[name] == "1"
    session["display"] = choice
    if current_user.is_authenticated:
        user = the_user()
        user.locale = choice.get("lang", user.locale)
        user.theme = choice.get("theme", user.theme)
        user.large_type = choice.get("large", user.large_type)
        user.more_contrast = choice.get("contrast", user.more_contrast)
        db.session.commit()
    return redirect(local_address(form.get("next", "")))


@blueprint.get("/permissions")
@signed_in
def permissions() -> ResponseReturnValue:
    """Show the one map of who may do what."""
    held = {grant.role for grant in the_user().grants if grant.revoked_at is None}
    return render_template("home/permissions.html", permissions=PERMISSIONS, roles=ROLES, held=held)


def chosen_locale() -> str:
    """Return the language of this answer: asked for, saved, or Chinese."""
    if not has_request_context():  # commands and the worker
        return "zh"
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        return str(asked)
    if request.blueprint == "check":  # the public check page sets and reads no cookie
        return "zh"
    if current_user.is_authenticated and current_user.locale in LANGUAGES:
        return str(current_user.locale)
    return str(session.get("display", {}).get("lang", "zh"))


def _shown() -> dict[str, Any]:
    """What every template is given."""
    settings: Settings = current_app.config["PEIZHEN"]
    if request.blueprint == "check":
        look = SimpleNamespace(theme="light", large=False, contrast=False)
        return {
            "demo": settings.demo,
            "locale": chosen_locale(),
            "display": look,
            "navigation": [],
            "account": None,
            "server_now": clock.now(),
        }
    kept = session.get("display", {})
    user = the_user() if current_user.is_authenticated else None
    return {
        "demo": settings.demo,
        "locale": chosen_locale(),
        "display": SimpleNamespace(
            theme=user.theme if user else kept.get("theme", "auto"),
            large=user.large_type if user else kept.get("large", False),
            contrast=user.more_contrast if user else kept.get("contrast", False),
        ),
        "navigation": navigation.items(),
        "account": _account(user) if user else None,
        "server_now": clock.now(),
    }


def _account(user: User) -> SimpleNamespace:
    """What the frame says about the signed-in person."""
    return SimpleNamespace(
        href=url_for("accounts.account"), name=user.name, role=roles_in_words(user)
    )


def init_app(app: Flask) -> None:
    """Choose languages and give templates what they all need."""
    babel.init_app(app, locale_selector=chosen_locale)
    translating.init_app(app)
    app.context_processor(_shown)
