"""The two blueprints: the public form and look-up, and the association's pages."""

from __future__ import annotations

from flask import Blueprint, Response

blueprint = Blueprint("complaints", __name__)
public_blueprint = Blueprint("complain", __name__)


@public_blueprint.after_request
def _keep_out_of_sight(response: Response) -> Response:
    """Keep what people tell us out of search engines, caches and other sites' logs."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
