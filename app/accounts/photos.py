"""A person's photo: whatever a phone sends becomes a small JPEG that holds nothing but pixels.

Decoding and encoding is slow work, so it happens outside a transaction; the file as it came is
never stored. Whether a photo may be printed or shown is a matter of consent, decided elsewhere.
"""

from __future__ import annotations

import hashlib
import io
from datetime import datetime

from flask_babel import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from app import audit, blobs
from app.errors import Refusal
from app.extensions import db
from app.models.journal import Blob
from app.models.people import User

LARGEST = (600, 800)
SMALLEST = (200, 260)
MOST_BYTES = 10 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "WEBP")
# A JPEG is decoded at a fraction of its size, other kinds whole: 4 bytes a pixel.
MOST_PIXELS = {"JPEG": 60_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}
QUALITY = 88
START_OF_SCAN = 0xDA


class PhotoError(Refusal):
    """The file cannot be used as a photo; the sentence says why and what to send instead."""

    status = 400


def prepare(data: bytes) -> bytes:
    """Return a photo as an upright JPEG of at most 600 × 800 pixels, without any metadata.

    Raises PhotoError.
    """
    if not data:
        raise PhotoError(_("请先选一张照片。"))
    if len(data) > MOST_BYTES:
        raise PhotoError(_("照片超过 10 MB。请在手机里缩小，或重新拍一张。"))
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
        _check_size(picture)
        if not is_whole(data, picture.format or ""):
            raise ValueError("cut off")
        picture.draft("RGB", (LARGEST[0] * 2, LARGEST[1] * 2))
        upright = ImageOps.exif_transpose(picture)
        return _encode(upright)
    except UnidentifiedImageError:
        raise PhotoError(_("这个文件不是照片。请选 JPG、PNG 或 WebP 格式的照片。")) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PhotoError(_("照片的像素太多。请在手机里缩小后再选。")) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise PhotoError(_("这张照片已经损坏，打不开。请换一张，或重新拍。")) from None


def is_whole(data: bytes, kind: str) -> bool:
    """Tell whether a file has its end.

    The PDF renderer tells the imaging library, for the whole process, to fill what is missing
    with grey, so that a photo cut off on its way would pass as one.
    """
    if kind == "PNG":
        return b"IEND" in data[-64:]
    if kind != "JPEG":
        return True
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != START_OF_SCAN:
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return b"\xff\xd9" in data[at:]  # the end of the picture; a thumbnail's came before


def _check_size(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS.get(picture.format or "", 0):
        raise PhotoError(_("照片的像素太多。请在手机里缩小后再选。"))
    if min(width, height) < SMALLEST[0] or max(width, height) < SMALLEST[1]:
        raise PhotoError(
            _("照片太小，印出来会糊。至少要 %(w)d×%(h)d 像素。", w=SMALLEST[0], h=SMALLEST[1])
        )


def _encode(picture: Image.Image) -> bytes:
    ground = Image.new("RGB", picture.size, "white")  # what was transparent becomes white
    whole = picture.convert("RGBA") if "A" in picture.getbands() else picture.convert("RGB")
    ground.paste(whole, mask=whole.getchannel("A") if whole.mode == "RGBA" else None)
    ground.thumbnail(LARGEST)
    written = io.BytesIO()
    ground.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def keep(user: User, jpeg: bytes, *, actor: User, now: datetime) -> Blob:
    """Store a prepared photo as this person's. A former one stays where a certificate shows it.

    The same picture again (a double click) stays the one that is stored.
    """
    present = db.session.get(Blob, user.photo_blob_id) if user.photo_blob_id else None
    if present is not None and present.sha256 == hashlib.sha256(jpeg).hexdigest():
        return present
    blob = blobs.put(jpeg, media_type="image/jpeg", purpose="photo", now=now)
    db.session.flush()
    user.photo_blob_id = blob.id
    audit.record("photo.changed", user, actor=actor, now=now, blob=blob.id)
    return blob


def bytes_of(user: User) -> bytes | None:
    """Return a person's photo, or None. The caller has asked whether it may be seen."""
    blob = db.session.get(Blob, user.photo_blob_id) if user.photo_blob_id else None
    return blobs.get(blob) if blob else None
