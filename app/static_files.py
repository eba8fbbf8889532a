"""Static files: addressed by content hash, cached for a year, compressed once.

WhiteNoise serves them in front of Flask. The hash stands in the query (`?v=…`), so that a new
release never shows an old style sheet; Bootstrap's own files come from its wheel.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import flask_bootstrap
from flask import Flask
from whitenoise import WhiteNoise

YEAR = 31_536_000


def init_app(app: Flask) -> None:
    """Serve `app/static` and Bootstrap's files, and add content hashes to their addresses."""
    folders = {
        "static": Path(app.static_folder or ""),
        "bootstrap.static": Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5",
    }
    hashes: dict[tuple[str, str], str] = {}

    @app.url_defaults
    def _add_hash(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint not in folders or "filename" not in values:
            return
        key = (endpoint, values["filename"])
        if key not in hashes or app.debug:
            path = folders[endpoint] / values["filename"]
            hashes[key] = (
                hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "0"
            )
        values["v"] = hashes[key]

    if app.config["TESTING"]:
        return  # Flask serves them itself; WhiteNoise would scan the folders for each test
    served = WhiteNoise(app.wsgi_app, max_age=YEAR, immutable_file_test=lambda _path, _url: True)
    served.add_files(str(folders["static"]), prefix="static/")
    served.add_files(str(folders["bootstrap.static"]), prefix="bootstrap/static/")
    app.wsgi_app = served  # type: ignore[method-assign]
