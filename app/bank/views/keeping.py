"""What was typed is never lost: a form that outlived its sign-in, and a text far too long.

A stale token or an ended sign-in saves nothing and shows everything that was typed again. A post
beyond the limit is not read at all; the browser's own page still holds it.
"""

from __future__ import annotations

from flask import current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.bank.routes import blueprint
from app.bank.views.draft import STALE
from app.errors import Refusal, for_script, wants_json
from app.extensions import db
from app.permissions import allows, the_user

TYPED = {"bank.new", "bank.edit"}
SHOWN_ALOUD = ("stem", "scene", "explanation", "text")
LEFT_OUT = {"csrf_token", "do"}


@blueprint.before_request
def keep_for_the_signed_out() -> ResponseReturnValue | None:
    """Show what was typed when the sign-in ended meanwhile, in place of the sign-in page."""
    typed = request.method == "POST" and request.endpoint in TYPED
    return _kept() if typed and not current_user.is_authenticated else None


@blueprint.errorhandler(CSRFError)
def show_again(_error: CSRFError) -> ResponseReturnValue:
    """Show the form again with everything typed, and a fresh token."""
    db.session.rollback()
    answer = _again() if request.endpoint in TYPED else None
    if answer is not None:
        return answer
    if wants_json():
        return for_script(400)
    return render_template("errors/400.html", request_id=g.get("request_id", "")), 400


@blueprint.errorhandler(RequestEntityTooLarge)
def too_long(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Say how much fits; the page behind still holds the text."""
    db.session.rollback()
    if wants_json():
        return for_script(413)
    page = render_template("bank/too_long.html", request_id=g.get("request_id", ""))
    return page, 413


def _again() -> ResponseReturnValue | None:
    """Return the form with what was typed; None where the page itself cannot be opened."""
    if not current_user.is_authenticated or not allows(the_user(), "bank.write"):
        return _kept()
    request.environ[STALE] = True
    view = current_app.view_functions[str(request.endpoint)]
    try:
        return current_app.make_response(view(**(request.view_args or {})))  # type: ignore[arg-type]
    except (HTTPException, Refusal):
        db.session.rollback()
        return None


def _kept() -> tuple[str, int] | None:
    """Return the page that keeps what was typed; None where nobody typed anything."""
    typed = [
        (name, value) for name, value in request.form.items(multi=True) if name not in LEFT_OUT
    ]
    texts = [(name, value) for name, value in typed if name.endswith(SHOWN_ALOUD) and value.strip()]
    return (render_template("bank/keep.html", typed=typed, texts=texts), 400) if texts else None
