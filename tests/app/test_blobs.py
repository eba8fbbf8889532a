"""Stored files: what comes back is what was stored, or it is said that it is not."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from app import blobs
from app.extensions import db
from app.models.journal import Blob

pytestmark = pytest.mark.rows
NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


def stored(data: bytes = b"portrait") -> Blob:
    blob = blobs.put(data, media_type="image/jpeg", purpose="photo", now=NOW)
    db.session.commit()
    return blob


def path_of(app: Flask, blob: Blob) -> Path:
    path: Path = app.config["PEIZHEN"].blob_dir / blob.id[:2] / blob.id
    return path


def test_it_works(app: Flask) -> None:
    blob = stored()
    assert blobs.get(blob) == b"portrait"
    assert (blob.size, blob.sha256) == (8, hashlib.sha256(b"portrait").hexdigest())


def test_nothing_half_written_is_left(app: Flask) -> None:
    blob = stored()
    assert [path.name for path in path_of(app, blob).parent.glob(f"{blob.id}*")] == [blob.id]


@pytest.mark.parametrize("damage", [b"", b"portrai", b"Portrait"])
def test_changed_bytes_are_not_given_out(app: Flask, damage: bytes) -> None:
    blob = stored()
    path_of(app, blob).write_bytes(damage)
    with pytest.raises(blobs.BlobDamagedError, match=blob.id):
        blobs.get(blob)


def test_missing_bytes_are_not_an_empty_file(app: Flask) -> None:
    blob = stored()
    path_of(app, blob).unlink()
    with pytest.raises(blobs.BlobDamagedError, match=blob.id):
        blobs.get(blob)
