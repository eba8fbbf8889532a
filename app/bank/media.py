"""Pictures and sounds of questions: cleaned before they are kept, found by what they hold.

Whatever comes, from a form or a file of questions, becomes a picture that holds nothing but pixels,
or a sound that holds nothing but sound. `clean_…` is slow and belongs outside transactions; `keep`
writes. Who may see a medium is asked here too; where it stands in a question is not known here.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import select

from app import blobs
from app.accounts.photos import is_whole
from app.bank.sounds import NoSound, clean_sound
from app.errors import Refusal
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionLabel
from app.models.journal import Blob

PURPOSE = "question"
LABEL = "medium"
MOST_BYTES = 10 * 1024 * 1024
LARGEST = (1600, 1600)  # pixels: a phone shows 400 wide at threefold density
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
# A JPEG is decoded at a fraction of its size, other kinds whole: 4 bytes a pixel.
MOST_PIXELS = {"JPEG": 60_000_000}
MOST_PIXELS_WHOLE = 16_000_000
QUALITY = 88


class MediumRefused(Refusal):
    """The file cannot be used in a question; the sentence says why and what to send instead."""

    status = 400


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A picture or a sound as it may be kept: `kind` is `picture` or `sound`."""

    kind: str
    data: bytes
    media_type: str

    @property
    def sha256(self) -> str:
        """The name under which it is found: 64 hexadecimal digits of what is kept."""
        return hashlib.sha256(self.data).hexdigest()


def clean_picture(data: bytes) -> Cleaned:
    """Return a picture drawn anew, at most 1600 × 1600 pixels, without any metadata.

    Photos become JPEG, drawings and what is transparent PNG. Raises MediumRefused.
    """
    _refuse_by_size(data)
    head = data[:2048].lower()
    if b"<svg" in head or head.lstrip().startswith((b"<?xml", b"<html", b"<!doctype")):
        raise MediumRefused(_("SVG 图片里可以藏程序，不能收。请另存为 PNG 再传。"))
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
        kind = picture.format or ""
        if picture.width * picture.height > MOST_PIXELS.get(kind, MOST_PIXELS_WHOLE):
            raise _many_pixels()
        if getattr(picture, "n_frames", 1) > 1:
            raise MediumRefused(_("会动的图片不能用。请存成一张不动的 PNG 或 JPG。"))
        if not is_whole(data, kind):
            raise ValueError("cut off")
        picture.draft("RGB", (LARGEST[0] * 2, LARGEST[1] * 2))
        return _drawn(ImageOps.exif_transpose(picture), photo=kind == "JPEG")
    except UnidentifiedImageError:
        raise MediumRefused(_("这个文件不是能用的图片。请选 JPG、PNG、WebP 或 GIF。")) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _many_pixels() from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise MediumRefused(_("这张图片已经损坏，打不开。请重新存一份再传。")) from None


def clean_recording(data: bytes) -> Cleaned:
    """Return a sound without tags and hidden parts. Raises MediumRefused."""
    _refuse_by_size(data)
    try:
        kept, media_type = clean_sound(data)
    except NoSound:
        raise MediumRefused(
            _("这个文件不是能用的录音。请选完整的 MP3、M4A、OGG 或 WAV。")
        ) from None
    return Cleaned("sound", kept, media_type)


def clean(data: bytes) -> Cleaned:
    """Return what a file turns out to be, picture or sound. Raises MediumRefused."""
    try:
        return clean_recording(data)
    except MediumRefused:
        return clean_picture(data)


def keep(cleaned: Cleaned, *, now: datetime) -> Blob:
    """Store what was cleaned, once: the same bytes again are the same blob."""
    stored = find(cleaned.sha256)
    if stored is not None:
        return stored
    stored = blobs.put(cleaned.data, media_type=cleaned.media_type, purpose=PURPOSE, now=now)
    db.session.flush()
    return stored


def keep_picture(data: bytes, *, now: datetime) -> Blob:
    """Clean and store a picture; its `sha256` differs from that of `data`. Raises MediumRefused."""
    return keep(clean_picture(data), now=now)


def keep_sound(data: bytes, *, now: datetime) -> Blob:
    """Clean and store a sound; its `sha256` may differ from that of `data`. Raises MediumRefused."""
    return keep(clean_recording(data), now=now)


def find(sha256: str) -> Blob | None:
    """Return the stored medium with this hash, or None."""
    query = select(Blob).where(Blob.sha256 == sha256, Blob.purpose == PURPOSE)
    return db.session.scalars(query.order_by(Blob.created_at, Blob.id).limit(1)).first()


def find_for(sha256: str, pools: Collection[str]) -> Blob | None:
    """Return a medium for somebody who may open questions of these pools, or None.

    What no question carries yet was just uploaded: only who was shown its hash can ask for it.
    """
    carried = set(
        db.session.scalars(
            select(QuestionEntry.pool)
            .join(QuestionLabel, QuestionLabel.entry_id == QuestionEntry.id)
            .where(QuestionLabel.kind == LABEL, QuestionLabel.value == sha256)
            .distinct()
        )
    )
    return find(sha256) if not carried or carried & set(pools) else None


def _refuse_by_size(data: bytes) -> None:
    if not data:
        raise MediumRefused(_("这个文件是空的，请重新选一个。"))
    if len(data) > MOST_BYTES:
        raise MediumRefused(_("文件超过 10 MB。请压缩或剪短后再传。"))


def _many_pixels() -> MediumRefused:
    return MediumRefused(_("图片的像素太多。请缩小到长边 4000 以内再传。"))


def _drawn(picture: Image.Image, *, photo: bool) -> Cleaned:
    clear = picture.mode == "P" or "A" in picture.getbands() or "transparency" in picture.info
    drawn = picture.convert("RGBA" if clear else "RGB")
    drawn.thumbnail(LARGEST)
    bare = Image.new(drawn.mode, drawn.size)  # a new one has no comments, profiles or tags
    bare.paste(drawn)
    out = io.BytesIO()
    if photo:
        bare.convert("RGB").save(out, "JPEG", quality=QUALITY, optimize=True)
        return Cleaned("picture", out.getvalue(), "image/jpeg")
    bare.save(out, "PNG", optimize=True)
    return Cleaned("picture", out.getvalue(), "image/png")
