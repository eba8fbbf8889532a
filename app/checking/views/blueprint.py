"""The blueprint, and what every answer of it carries."""

from __future__ import annotations

from flask import Blueprint, Response

blueprint = Blueprint("check", __name__)


@blueprint.after_request
def _keep_out_of_sight(response: Response) -> Response:
    """Keep personal data out of search engines, caches and other sites' logs."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
