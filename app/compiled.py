"""Templates are compiled once for an installation, not once for each of its processes.

Compiling what one page needs costs up to a second, which the first reader after each start would wait
for. Jinja keeps what it compiled in a folder of the installation's own data; it is worth nothing to
anybody else, and gone with the next version of the code.
"""

from __future__ import annotations

import hashlib
import shutil
from contextlib import suppress
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

from app.config import Settings

CODE = Path(__file__).resolve().parent


class Kept(FileSystemBytecodeCache):
    """Jinja's own, for a disk that may be full: then the page is made all the same."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, if it can be kept."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def init_app(app: Flask, settings: Settings) -> None:
    """Keep compiled templates beside the installation's data; of other versions, none."""
    folder = settings.data_dir / "templates" / _version()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:  # nothing may be written there: each process compiles for itself
        return
    for other in folder.parent.iterdir():
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    app.jinja_env.bytecode_cache = Kept(str(folder))


def _version() -> str:
    """Return what changes whenever a file of the code does: filters are part of what is compiled."""
    files = sorted(CODE.rglob("*.py"))
    known = [(str(one), one.stat().st_mtime_ns, one.stat().st_size) for one in files]
    return hashlib.sha256(repr(known).encode()).hexdigest()[:16]
