"""The files sent with an application: a photo of a paper, or a PDF. Whatever is neither is refused.

A photo is written anew as an upright JPEG, so that where and with what it was taken is gone; a PDF
stays as it is and is only ever given out as a download. Reading a photo is slow work, done outside
a transaction.
"""

from __future__ import annotations

import io

from flask_babel import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from app.accounts.photos import FORMATS, MOST_PIXELS, is_whole
from app.applications.refusals import ApplicationRefused

JPEG, PDF = "image/jpeg", "application/pdf"
MOST_BYTES = 10 * 1024 * 1024
LARGEST = (2000, 2000)
"""Pixels: a paper of A4 can be read."""
SMALLEST = 400
QUALITY = 80


def prepare(data: bytes) -> tuple[bytes, str]:
    """Return what is stored of a file, and its kind. Raises ApplicationRefused."""
    if not data:
        raise ApplicationRefused(_("请先选一个文件。"))
    if len(data) > MOST_BYTES:
        raise ApplicationRefused(_("文件超过 10 MB，没有收下。请在手机里缩小，或拍成一张照片。"))
    if data.startswith(b"%PDF-"):
        if b"%%EOF" not in data[-2048:]:
            raise ApplicationRefused(_("这份 PDF 不完整，打不开。请重新选一次。"))
        return data, PDF
    return _picture(data), JPEG


def _picture(data: bytes) -> bytes:
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
        kind = picture.format or ""
        if picture.width * picture.height > MOST_PIXELS[kind]:
            raise ApplicationRefused(_("照片的像素太多。请在手机里缩小后再选。"))
        if max(picture.size) < SMALLEST:
            raise ApplicationRefused(_("照片太小，字看不清。请离近一点重新拍。"))
        if not is_whole(data, kind):
            raise ValueError("cut off")
        picture.draft("RGB", LARGEST)
        return _encode(ImageOps.exif_transpose(picture))
    except UnidentifiedImageError:
        raise ApplicationRefused(
            _("这个文件不是照片，也不是 PDF。请选 JPG、PNG、WebP 或 PDF。")
        ) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ApplicationRefused(_("照片的像素太多。请在手机里缩小后再选。")) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise ApplicationRefused(_("这张照片已经损坏，打不开。请换一张，或重新拍。")) from None


def _encode(picture: Image.Image) -> bytes:
    ground = Image.new("RGB", picture.size, "white")
    whole = picture.convert("RGBA") if "A" in picture.getbands() else picture.convert("RGB")
    ground.paste(whole, mask=whole.getchannel("A") if whole.mode == "RGBA" else None)
    ground.thumbnail(LARGEST)
    written = io.BytesIO()
    ground.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
