"""Give out a picture or a sound of a question to somebody who may open the question."""

from __future__ import annotations

import io

from flask import Response, abort, send_file

from app import blobs
from app.bank import media, wall
from app.bank.routes import blueprint
from app.bank.views.opening import today
from app.models.journal import Blob
from app.permissions import needs, the_user

ALONE = "default-src 'none'; sandbox"


@blueprint.get("/media/<sha256>")
@needs("bank.read_practice")
def medium(sha256: str) -> Response:
    """Answer with the bytes; opening a question in whose page they stand was written down there."""
    found = media.find_for(sha256, wall.visible_pools(the_user(), today()))
    if found is None:
        abort(404)
    return medium_response(found)


def medium_response(blob: Blob) -> Response:
    """Return a kept medium as an answer that runs nothing; the caller has asked who may see it.

    Answers a part of the bytes too: some players ask for sounds piece by piece.
    """
    response = send_file(
        io.BytesIO(blobs.get(blob)), mimetype=blob.media_type, conditional=True, max_age=0
    )
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["Cache-Control"] = "no-store"
    return response
