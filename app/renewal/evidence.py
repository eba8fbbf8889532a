"""Proofs that a holder sends from a phone: a picture made small and clean, or a PDF as it came.

A picture is decoded and written anew, so that nothing but pixels is kept. A PDF is never opened
here: it is given out as a download only, to its owner and to who checks it. Preparing is slow work
and happens outside a transaction.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from app import blobs
from app.accounts.photos import MOST_PIXELS, is_whole
from app.extensions import db
from app.models.journal import Blob
from app.renewal.refusing import RenewalRefused

MOST_BYTES = 10 * 1024 * 1024
LARGEST = (1600, 1600)
QUALITY = 80
FORMATS = ("JPEG", "PNG", "WEBP")
JPEG, PDF = "image/jpeg", "application/pdf"
PURPOSE = "evidence"


@dataclass(frozen=True)
class Proof:
    """A file that may be kept."""

    data: bytes
    media_type: str


def prepare(data: bytes, field: str) -> Proof | None:
    """Return what is kept of a sent file; None when none was sent. Raises RenewalRefused."""
    if not data:
        return None
    if len(data) > MOST_BYTES:
        raise RenewalRefused(_("文件超过 10 MB。请在手机里缩小，或重新拍一张。"), field)
    if data.startswith(b"%PDF-"):
        if b"%%EOF" not in data[-2048:]:
            raise RenewalRefused(_("这个 PDF 不完整，打不开。请重新导出后再传。"), field)
        return Proof(data, PDF)
    try:
        return Proof(_clean(data), JPEG)
    except UnidentifiedImageError:
        sentence = _("这个文件不是照片，也不是 PDF。请传 JPG、PNG、WebP 或 PDF。")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        sentence = _("照片的像素太多。请在手机里缩小后再选。")
    except (OSError, ValueError, SyntaxError, EOFError):
        sentence = _("这张照片已经损坏，打不开。请换一张，或重新拍。")
    raise RenewalRefused(sentence, field)


def keep(proof: Proof | None, now: datetime) -> str | None:
    """Store a proof and return its blob's id."""
    if proof is None:
        return None
    blob = blobs.put(proof.data, media_type=proof.media_type, purpose=PURPOSE, now=now)
    db.session.flush()
    return blob.id


def name_of(blob: Blob) -> str:
    """Return a file name that tells nothing of anybody."""
    return f"{blob.id}.{'pdf' if blob.media_type == PDF else 'jpg'}"


def _clean(data: bytes) -> bytes:
    picture = Image.open(io.BytesIO(data), formats=FORMATS)
    kind = picture.format or ""
    if picture.width * picture.height > MOST_PIXELS.get(kind, 0):
        raise Image.DecompressionBombError
    if not is_whole(data, kind):
        raise ValueError("cut off")
    picture.draft("RGB", LARGEST)
    upright = ImageOps.exif_transpose(picture)
    ground = Image.new("RGB", upright.size, "white")
    whole = upright.convert("RGBA") if "A" in upright.getbands() else upright.convert("RGB")
    ground.paste(whole, mask=whole.getchannel("A") if whole.mode == "RGBA" else None)
    ground.thumbnail(LARGEST)
    written = io.BytesIO()
    ground.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
