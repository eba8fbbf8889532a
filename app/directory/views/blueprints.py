"""The two blueprints, and what every answer of the public one carries."""

from __future__ import annotations

from flask import Blueprint, Response

blueprint = Blueprint("directory", __name__)
public_blueprint = Blueprint("public_directory", __name__)


@public_blueprint.after_request
def _keep_out_of_sight(response: Response) -> Response:
    """Keep names out of search engines, caches and other sites' logs."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
