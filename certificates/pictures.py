"""Photos and seals made ready for print: checked, turned upright, cropped and small.

The file that was uploaded never goes into the PDF: re-encoding drops its camera data and
whatever else was hidden in it. Deliberately does not judge whether a face is on the photo.
"""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from certificates.sentences import CertificateError

PHOTO_PIXELS = (413, 579)  # 35 x 49 mm at 300 dpi
SEAL_PIXELS = (600, 600)  # 40 mm at 380 dpi
_MOST_PIXELS = 50_000_000  # a phone takes 12 to 48 million
_JPEG_QUALITY = 82


class PictureError(CertificateError):
    """The bytes are not a picture that can be printed."""


def photo_for_print(data: bytes) -> bytes:
    """Return an upright sRGB-like JPEG of 35 x 49 mm at 300 dpi, cropped about the upper middle.

    Takes JPEG, PNG or WebP in any colour mode. Raises PictureError.
    """
    with _opened(data, ("JPEG", "PNG", "WEBP"), "照片", "photo") as picture:
        upright = ImageOps.exif_transpose(picture)
        plain = _on_white(upright)
        # Faces sit above the middle of a portrait; cropping evenly cuts the hair first.
        fitted = ImageOps.fit(plain, PHOTO_PIXELS, Image.Resampling.LANCZOS, centering=(0.5, 0.35))
        out = io.BytesIO()
        fitted.save(out, "JPEG", quality=_JPEG_QUALITY, optimize=True)
        return out.getvalue()


def seal_for_print(data: bytes) -> bytes:
    """Return the seal as a PNG with its transparency, at most `SEAL_PIXELS`.

    Takes PNG only: on a seal without a clear ground the text under it would vanish.
    """
    with _opened(data, ("PNG",), "印章图片", "seal picture") as picture:
        seal = picture.convert("RGBA")
        if seal.getchannel("A").getextrema() == (255, 255):
            raise PictureError(
                "印章图片没有透明底，会盖住单位名称。请换成透明底的 PNG。",
                "The seal picture has no clear ground and would cover the issuer's name. "
                "Use a PNG with transparency.",
            )
        seal.thumbnail(SEAL_PIXELS, Image.Resampling.LANCZOS)
        out = io.BytesIO()
        seal.save(out, "PNG", optimize=True)
        return out.getvalue()


def _opened(data: bytes, formats: tuple[str, ...], what_zh: str, what_en: str) -> Image.Image:
    unreadable = PictureError(
        f"{what_zh}打不开。请换成 {'、'.join(formats)} 格式的图片，重新上传。",
        f"The {what_en} cannot be opened. Upload a picture in {' or '.join(formats)} format.",
    )
    try:
        with warnings.catch_warnings():
            # Our own limit is below; Pillow's warning would come first for some sizes.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=formats)
        if picture.width * picture.height > _MOST_PIXELS:
            raise PictureError(
                f"{what_zh}有 {picture.width}×{picture.height} 点，太大了。请缩小后再上传。",
                f"The {what_en} has {picture.width} by {picture.height} pixels, which is too "
                "large. Make it smaller and upload it again.",
            )
        picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as broken:
        raise unreadable from broken
    return picture


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode == "P" or "A" in picture.getbands():
        clear = picture.convert("RGBA")
        ground = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(ground, clear).convert("RGB")
    return picture.convert("RGB")
