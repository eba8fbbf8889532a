"""The holder's photo as the check shows it: at most 15 KB, the size of the picture on a phone.

Made from the stored photo when it is first asked for, and kept by the process for a while: never
stored a second time, so that whoever erases a photo has erased it.
"""

from __future__ import annotations

import io
from functools import lru_cache

from flask import current_app
from PIL import Image, ImageOps

from app import blobs
from app.extensions import db
from app.models.journal import Blob

MOST_BYTES = 15_000
PIXELS = (288, 384)
"""Three times what the page shows, for the screens of phones."""
QUALITIES = (80, 70, 60, 48, 36, 24)
KEPT = 512


def small(blob_id: str) -> bytes:
    """Return a small JPEG of a stored photo. Raises BlobDamagedError when its bytes are not there."""
    return _small(blob_id, current_app.config["SQLALCHEMY_DATABASE_URI"])


@lru_cache(maxsize=KEPT)
def _small(blob_id: str, _database: str) -> bytes:
    stored = blobs.get(db.session.get_one(Blob, blob_id))
    with Image.open(io.BytesIO(stored)) as picture:
        picture.draft("RGB", PIXELS)
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        fitted = ImageOps.fit(upright, PIXELS, Image.Resampling.BICUBIC, centering=(0.5, 0.35))
    fitted.info.clear()  # camera data and comments stay behind
    for quality in QUALITIES:
        made = _jpeg(fitted, quality)
        if len(made) <= MOST_BYTES:
            return made
    # So restless that no quality helps (noise): smaller it always fits.
    return _jpeg(fitted.resize((144, 192), Image.Resampling.BICUBIC), QUALITIES[-1])


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
