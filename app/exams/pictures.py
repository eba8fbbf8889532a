"""Whether pictures and sounds can be shown: their bytes are there, are those stored, and decode.

What was found whole is believed for some minutes, so that a page and the publishing after it do not
read a thousand pictures twice; bytes that were found broken are looked at every time.
"""

from __future__ import annotations

import io
from collections.abc import Collection
from datetime import datetime, timedelta

from PIL import Image
from sqlalchemy import select

from app import blobs, clock
from app.bank.media import LABEL, PURPOSE
from app.bank.sounds import NoSound, clean_sound
from app.extensions import db
from app.models.journal import Blob

__all__ = ["LABEL", "broken"]
BELIEVED = timedelta(minutes=10)
_whole: dict[str, datetime] = {}


def broken(hashes: Collection[str]) -> list[str]:
    """Return which of some media cannot be shown: missing, damaged, or not what they say."""
    now = clock.now()
    asked = [one for one in hashes if now - _whole.get(one, now - BELIEVED) >= BELIEVED]
    stored: dict[str, Blob] = {}
    if asked:
        rows = db.session.scalars(select(Blob).where(Blob.purpose == PURPOSE))
        wanted = set(asked)
        stored = {row.sha256: row for row in rows if row.sha256 in wanted}
    found = []
    for sha256 in asked:
        if sha256 in stored and _decodes(stored[sha256]):
            _whole[sha256] = now
        else:
            _whole.pop(sha256, None)
            found.append(sha256)
    return found


def _decodes(blob: Blob) -> bool:
    try:
        data = blobs.get(blob)
        if blob.media_type.startswith("image/"):
            with Image.open(io.BytesIO(data)) as picture:
                picture.load()
        else:
            clean_sound(data)
    except (blobs.BlobDamagedError, NoSound, OSError, ValueError, SyntaxError, EOFError):
        return False
    return True
