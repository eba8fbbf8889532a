"""Stored files behind a small interface: bytes by id, written once, checked when read.

The folder store serves one machine; another store needs the same three functions. A blob's row is
written in the acting transaction, its bytes before it: a crash leaves at most an orphan file.
"""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path

from flask import current_app

from app.config import Settings
from app.extensions import db
from app.models.journal import Blob


class BlobDamagedError(Exception):
    """Stored bytes are missing or differ from what was stored."""


def _path(blob_id: str) -> Path:
    settings: Settings = current_app.config["PEIZHEN"]
    return settings.blob_dir / blob_id[:2] / blob_id


def put(data: bytes, *, media_type: str, purpose: str, now: datetime) -> Blob:
    """Store bytes and return the row, added to the session."""
    blob = Blob(
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        size=len(data),
        purpose=purpose,
        created_at=now,
    )
    path = _path(blob.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    db.session.add(blob)
    return blob


def get(blob: Blob) -> bytes:
    """Return a blob's bytes. Raises BlobDamagedError when they are not those that were stored."""
    try:
        data = _path(blob.id).read_bytes()
    except FileNotFoundError as error:
        raise BlobDamagedError(blob.id) from error
    if hashlib.sha256(data).hexdigest() != blob.sha256:
        raise BlobDamagedError(blob.id)
    return data


def remove_bytes(blob_id: str) -> None:
    """Delete a file whose row is gone; call it after the commit that deleted the row."""
    _path(blob_id).unlink(missing_ok=True)
