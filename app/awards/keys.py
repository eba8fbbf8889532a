"""The key that certificates are signed with: read from its file, made by itself in a demonstration.

Deliberately not in the database and not in backups: whoever takes a copy of the data must not be
able to sign. Every host of an installation is given the same file.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from flask import current_app

from app.config import Settings
from certificates.signing import Signer, SigningError, load_signer, make_key

_DEMO_FILE = "demo-signing.pem"
_DEMO_NAME = "演示密钥，不作证明 Demonstration only"
_DEMO_FROM = datetime(2020, 1, 1, tzinfo=UTC)  # demonstration data lie in the past
_DEMO_YEARS = 30


def signer() -> Signer:
    """Return the key in force. Raises SigningError when it is missing or cannot sign."""
    settings: Settings = current_app.config["PEIZHEN"]
    path = settings.signing_key_file
    if path is None and settings.demo:
        path = settings.data_dir / _DEMO_FILE
        _make_demo_key(path)
    if path is None:
        raise SigningError(
            "还没有签名密钥。请管理员用命令 python -m certificates.new_key 做一个，把 SIGNING_KEY_FILE 指向那个文件，再来签发。",
            "There is no signing key yet. Ask the administrator to make one with "
            "python -m certificates.new_key, to name its file in SIGNING_KEY_FILE, and issue then.",
        )
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise SigningError(
            "签名密钥的文件打不开，证书没有签发。请管理员检查 SIGNING_KEY_FILE 指向的文件和它的权限。",
            "The file of the signing key cannot be opened; nothing was issued. Ask the "
            "administrator to check the file that SIGNING_KEY_FILE names, and its permissions.",
        ) from error


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> Signer:
    return load_signer(path.read_bytes())


def _make_demo_key(path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and linked: of two processes that begin at once, the first one's key stays.
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.touch(mode=0o600)
    temporary.write_bytes(make_key(_DEMO_NAME, _DEMO_FROM, _DEMO_YEARS))
    with suppress(FileExistsError):
        path.hardlink_to(temporary)
    temporary.unlink()
