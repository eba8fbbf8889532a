"""Reading the QR code on a photo that a stranger sent, in a process of its own that may not grow.

Run as `python -m certificates.reading_code`, the photo on standard input, the answer as JSON on
standard output. Decoders of pictures are where hostile files do harm: so neither the memory nor
the time of the web server is theirs, and nothing is written anywhere. Deliberately knows no
addresses: what the code holds is for the caller to judge.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import warnings
from enum import StrEnum
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

try:
    import resource
except ImportError:  # Windows sets no limit; the time limit stays
    resource = None  # type: ignore[assignment]

MOST_BYTES = 20_000_000
MOST_PIXELS = 120_000_000
"""The largest cameras of phones take 108 to 200 million, and send them made smaller."""
MOST_SIDE = 3200
MAX_MEMORY = 1_200_000_000
MAX_SECONDS = 12
_QR = zxingcpp.barcode_formats_from_str("QRCode")
KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")


class Trouble(StrEnum):
    """Why no code was read."""

    NO_CODE = "no_code"
    ANIMATED = "animated"
    KIND = "kind"
    HEIC = "heic"
    TOO_LARGE = "too_large"
    BROKEN = "broken"


def read_photo(data: bytes) -> tuple[list[str], Trouble | None]:
    """Return the texts of the codes on a photo, or why there are none. Never raises for its sake."""
    if len(data) > MOST_BYTES:
        return [], Trouble.TOO_LARGE
    if data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"hevc"}:
        return [], Trouble.HEIC
    try:
        child = subprocess.run(  # noqa: S603
            [sys.executable, "-m", __name__],
            input=data,
            capture_output=True,
            timeout=MAX_SECONDS,
            check=True,
            cwd=Path(__file__).parents[1],
        )
        told: dict[str, Any] = json.loads(child.stdout)
    except (subprocess.SubprocessError, ValueError):
        return [], Trouble.BROKEN
    return list(told["texts"]), Trouble(told["trouble"]) if told["trouble"] else None


def _tell(data: bytes) -> dict[str, Any]:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        picture = Image.open(io.BytesIO(data), formats=KINDS)
    except UnidentifiedImageError:
        return _answer(Trouble.KIND)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return _answer(Trouble.TOO_LARGE)
    try:
        picture.draft("L", (MOST_SIDE, MOST_SIDE))
        animated = getattr(picture, "is_animated", False) and picture.format != "MPO"
        texts = _texts(_plain(picture))
    except MemoryError:
        return _answer(Trouble.TOO_LARGE)
    except Exception:
        return _answer(Trouble.BROKEN)
    if texts:
        return {"texts": texts, "trouble": None}
    return _answer(Trouble.ANIMATED if animated else Trouble.NO_CODE)


def _plain(picture: Image.Image) -> Image.Image:
    """Return the first picture upright, on white, in greys, no larger than needed."""
    upright = ImageOps.exif_transpose(picture)
    if upright.has_transparency_data:
        clear = upright.convert("RGBA")
        upright = Image.new("RGBA", clear.size, "white")
        upright.alpha_composite(clear)
    grey = upright.convert("L")  # from CMYK and palettes too
    grey.thumbnail((MOST_SIDE, MOST_SIDE), Image.Resampling.BILINEAR)
    return grey


def _texts(picture: Image.Image) -> list[str]:
    for side in (MOST_SIDE, 1400, 700):
        if side < MOST_SIDE:
            if max(picture.size) <= side:
                continue
            picture = picture.copy()
            # A smaller picture has less noise: codes that fail at full size are read then.
            picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        found = zxingcpp.read_barcodes(picture, formats=_QR)
        texts = [one.text for one in found if one.valid]
        if texts:
            return list(dict.fromkeys(texts))
    return []


def _answer(trouble: Trouble) -> dict[str, Any]:
    return {"texts": [], "trouble": trouble}


if __name__ == "__main__":
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    json.dump(_tell(sys.stdin.buffer.read()), sys.stdout)
