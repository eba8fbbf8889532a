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
_MOST_BYTES = 20_000_000
_PHOTO_BYTES = 40_000  # so that a whole certificate stays under 120 KB
_JPEG_QUALITIES = (82, 74, 64, 52, 40)
_LOWEST_QUALITY = 28
_GROUND_BYTES = 22_000
_GROUND_DOTS_PER_MM = (5, 3, 2)
_GROUND_STRENGTH = 0.2  # of the colours: type of 7 points stays readable on it
_FRAME, _SCAN = 0xC0, 0xDA
# Tables, and the JFIF header: a JPEG of ours has no other segments before its scan.
_PLAIN = frozenset((0xE0, 0xDB, 0xC4, 0xDD))
_FRAME_HEAD = (
    b"\x08" + PHOTO_PIXELS[1].to_bytes(2, "big") + PHOTO_PIXELS[0].to_bytes(2, "big") + b"\x03"
)


class PictureError(CertificateError):
    """The bytes are not a picture that can be printed."""


def photo_for_print(data: bytes) -> bytes:
    """Return an upright sRGB-like JPEG of 35 x 49 mm at 300 dpi, cropped about the upper middle.

    Takes JPEG, PNG or WebP in any colour mode; what this function returned before comes back
    as it is. Raises PictureError.
    """
    if is_for_print(data):
        return data
    if len(data) > _MOST_BYTES:
        raise PictureError(
            f"照片有 {len(data) // 1_000_000} MB，太大了，最多 {_MOST_BYTES // 1_000_000} MB。请缩小后再上传。",
            f"The photo is {len(data) // 1_000_000} MB, more than {_MOST_BYTES // 1_000_000} MB. "
            "Make it smaller and upload it again.",
        )
    with _opened(data, ("JPEG", "PNG", "WEBP"), "照片", "photo") as picture:
        upright = ImageOps.exif_transpose(picture)
        plain = _on_white(upright)
        # Faces sit above the middle of a portrait; cropping evenly cuts the hair first.
        fitted = ImageOps.fit(plain, PHOTO_PIXELS, Image.Resampling.LANCZOS, centering=(0.5, 0.35))
        fitted.info.clear()  # a comment in the file would be written again
        return _small_jpeg(fitted)


def is_for_print(data: bytes) -> bool:
    """Tell whether bytes are a photo as `photo_for_print` makes it: size, colours, nothing hidden.

    Reads the header only. Segments that could hold anything but the picture are not allowed.
    """
    if not data.startswith(b"\xff\xd8\xff") or not data.endswith(b"\xff\xd9"):
        return False
    if len(data) > _PHOTO_BYTES:
        return False
    at, right_size = 2, False
    while at + 4 <= len(data) and data[at] == 0xFF:
        kind, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if kind == _FRAME:
            right_size = data[at + 4 : at + 10] == _FRAME_HEAD
        elif kind == _SCAN:
            return right_size
        elif kind not in _PLAIN:
            return False
        at += 2 + length
    return False


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


def _small_jpeg(picture: Image.Image) -> bytes:
    """Write a JPEG of at most `_PHOTO_BYTES`: a busy background costs quality, not room."""
    for quality in (*_JPEG_QUALITIES, _LOWEST_QUALITY):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= _PHOTO_BYTES:
            return out.getvalue()
    raise PictureError(
        "照片的背景太杂乱，缩到证书能放的大小就看不清了。请换一张背景干净的照片。",
        "The photo is too busy to be made small enough for the certificate. "
        "Use one with a plain background.",
    )


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode == "P" or "A" in picture.getbands():
        clear = picture.convert("RGBA")
        ground = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(ground, clear).convert("RGB")
    return picture.convert("RGB")


def ground_for_print(data: bytes, area_mm: tuple[float, float]) -> bytes:
    """Return a picture for behind the text: cropped to `area_mm`, pale, a JPEG of a few KB.

    However dark the picture is, what comes out leaves black type its contrast. Takes JPEG, PNG or
    WebP. Raises PictureError.
    """
    with _opened(data, ("JPEG", "PNG", "WEBP"), "底图", "background picture") as picture:
        plain = _on_white(ImageOps.exif_transpose(picture))
    for dots in _GROUND_DOTS_PER_MM:
        size = (round(area_mm[0] * dots), round(area_mm[1] * dots))
        fitted = ImageOps.fit(plain, size, Image.Resampling.LANCZOS)
        pale = Image.blend(Image.new("RGB", size, "white"), fitted, _GROUND_STRENGTH)
        for quality in _JPEG_QUALITIES:
            out = io.BytesIO()
            pale.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= _GROUND_BYTES:
                return out.getvalue()
    raise PictureError(
        "底图太杂乱，缩到能放的大小就看不清了。请换一张简单的图。",
        "The background picture is too busy to be made small enough. Use a plainer one.",
    )
