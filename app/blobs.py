"""Stored files behind a small interface: bytes by id, written once, checked when read.

The folder store serves one machine; another store needs the same three functions. A blob's row is
written in the acting transaction, its bytes before it: a crash leaves at most an orphan file.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from flask import current_app

from app.config import Settings
from app.extensions import db
from app.models.journal import Blob


class BlobDamagedError(Exception):
    """Stored bytes are missing or differ from what was stored."""


def _path(blob_id: str) -> Path:
    settings: Settings = current_app.config["PEIZHEN"]
    return settings.blob_dir / f"{blob_id[:2]}/{blob_id}"


def put(data: bytes, *, media_type: str, purpose: str, now: datetime) -> Blob:
    """Store bytes and return the row, added to the session."""
    blob = Blob(
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        size=len(data),
        purpose=purpose,
        created_at=now,
    )
    write(blob.id, data)
    db.session.add(blob)
    return blob


def write(blob_id: str, data: bytes) -> None:
    """Write the bytes of a blob whose row is written later, whole or not at all; raises OSError."""
    path = _path(blob_id)
    temporary = path.with_suffix(".part")
    try:
        with _created(temporary) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except OSError:  # the disk is full, say: half a file helps nobody and fills it more
        temporary.unlink(missing_ok=True)
        raise


def _created(path: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except FileNotFoundError:  # the first in its folder
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("wb")


def made_from(blob: Blob, name: str, make: Callable[[bytes], bytes]) -> bytes:
    """Return something made from a blob's bytes, kept beside them so that it is made once.

    `make` gives the same for the same bytes. Raises BlobDamagedError as `get` does.
    """
    path = _path(blob.id).with_suffix(f".{name}")
    try:
        kept = path.read_bytes()
    except FileNotFoundError:
        kept = b""
    head = hashlib.sha256(kept[32:]).digest()
    if kept[:32] == head and len(kept) > len(head):
        return kept[32:]
    made = make(get(blob))
    temporary = path.with_suffix(f".{os.getpid()}-{name}")
    with suppress(OSError):  # without room for it, it is made anew each time
        temporary.write_bytes(hashlib.sha256(made).digest() + made)
        temporary.rename(path)
    return made


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
    path = _path(blob_id)
    for beside in path.parent.glob(f"{blob_id}.*"):
        beside.unlink(missing_ok=True)
    path.unlink(missing_ok=True)
