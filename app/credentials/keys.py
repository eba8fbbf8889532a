"""The keys that credentials are signed with: a folder beside the PDF's key; a demonstration makes one.

Like that key neither in the database nor in backups. What the files mean is
`certificates.credential.keys`.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from flask import current_app

from app.config import Settings
from certificates.credential import did, keys
from certificates.credential.keys import CredentialKey, Keyring

FOLDER = "credential-keys"
_DEMO_FOLDER = "demo-credential-keys"
_DEMO_FROM = date(2020, 1, 1)  # demonstration data lie in the past


def ring(host: str = "") -> Keyring:
    """Return our name and keys. Raises CredentialKeyError for a file that is none.

    `host` names another address of ours that was printed once: what was signed under it is still
    ours, with the same keys.
    """
    settings: Settings = current_app.config["PEIZHEN"]
    return keys.of(did.issuer(_site(settings, host)), _keys(settings))


def _site(settings: Settings, host: str) -> str:
    parts = urlsplit(settings.public_url)
    name = host.lower()
    if name and name != parts.netloc.lower() and name in settings.own_domains:
        return urlunsplit(parts._replace(netloc=name))
    return settings.public_url


def _keys(settings: Settings) -> tuple[CredentialKey, ...]:
    folder = _folder(settings)
    if folder is None:
        return ()
    try:
        changed = folder.stat().st_mtime_ns
    except OSError:
        return ()
    return _read(folder, changed)


def _folder(settings: Settings) -> Path | None:
    if settings.signing_key_file is not None:
        return settings.signing_key_file.parent / FOLDER
    if not settings.demo:
        return None
    folder = settings.data_dir / _DEMO_FOLDER
    _make_demo_key(folder)
    return folder


@lru_cache(maxsize=4)
def _read(folder: Path, _changed: int) -> tuple[CredentialKey, ...]:
    return keys.load(folder)


def _make_demo_key(folder: Path) -> None:
    if folder.exists():
        return
    # Made aside and renamed whole: of two processes that begin at once, the first one's key stays.
    aside = folder.with_name(f"{folder.name}.{os.getpid()}")
    path = keys.write(aside, _DEMO_FROM)
    with suppress(OSError):
        aside.rename(folder)
        return
    path.unlink()
    aside.rmdir()
