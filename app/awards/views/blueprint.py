"""The two blueprints, and what every answer of the public one carries."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, Response
from flask.blueprints import BlueprintSetupState

from app.awards.cookieless import SessionsButForChecks

blueprint = Blueprint("awards", __name__)
check_blueprint = Blueprint("check", __name__)


@check_blueprint.record_once
def _leave_cookies_alone(state: BlueprintSetupState) -> None:
    cast(Flask, state.app).session_interface = SessionsButForChecks()


@check_blueprint.after_request
def _keep_out_of_sight(response: Response) -> Response:
    """Keep personal data out of search engines, caches and other sites' logs."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
