"""Static files: addressed by content, cached for a year, compressed once.

Our own files stand under `/static/<release>/`, where the release is a hash over all of them: a new
release never meets an old file, and a script's relative imports stay inside its release. Bootstrap's
style sheet comes from its wheel, under `/bootstrap/static/<release>/`. Outside tests WhiteNoise serves
both in front of Flask, compressed copies included, from a folder made once for each release.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
from pathlib import Path

import flask_bootstrap
from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from app.config import Settings

YEAR = 31_536_000
KEPT = 3  # earlier releases: a server that was started with one may still be running
OWN = Path(__file__).parent / "static"
BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"
FROM_BOOTSTRAP = ("css/bootstrap.min.css",)
"""The only file of Bootstrap's that pages ask for; our scripts are our own."""


@functools.cache
def release() -> str:
    """Return the hash over all of our static files and Bootstrap's."""
    digest = hashlib.sha256()
    files = [*(p for p in sorted(OWN.rglob("*")) if p.is_file())]
    for path in [*files, *(BOOTSTRAP / name for name in FROM_BOOTSTRAP)]:
        digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def address() -> str:
    """Return the path under which Flask places our static files."""
    return f"/static/{release()}"


def init_app(app: Flask, settings: Settings) -> None:
    """Outside tests, serve everything compressed in front of Flask."""
    if settings.testing:
        return  # Flask serves them itself; nothing is copied for each test
    made = _compressed(settings.data_dir / "static")
    served = WhiteNoise(app.wsgi_app, max_age=YEAR, immutable_file_test=lambda _path, _url: True)
    served.add_files(str(made / "own"), prefix=f"{address()}/")
    served.add_files(str(made / "bootstrap"), prefix=f"/bootstrap{address()}/")
    app.wsgi_app = served  # type: ignore[method-assign]


def _compressed(folder: Path) -> Path:
    """Return the folder with this release's files and their compressed copies, made if needed."""
    made = folder / release()
    if made.is_dir():
        return made
    # Made aside and renamed: another process may be doing the same, or this one be interrupted.
    aside = folder / f".{release()}.{os.getpid()}"
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(OWN, aside / "own")
    for name in FROM_BOOTSTRAP:
        target = aside / "bootstrap" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(BOOTSTRAP / name, target)
    compressor = Compressor(quiet=True, use_brotli=False)
    for path in [p for p in aside.rglob("*") if p.is_file()]:
        if compressor.should_compress(path.name):
            compressor.compress(str(path))
    try:
        aside.rename(made)
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)  # the other process was first
    _drop_old(folder)
    return made


def _drop_old(folder: Path) -> None:
    """Remove the releases of long ago."""
    others = [one for one in folder.iterdir() if one.name != release() and one.name[0] != "."]
    for old in sorted(others, key=lambda one: one.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
