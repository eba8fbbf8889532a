"""Photos made small for lists and tickets: 25 × 35 mm at 220 dpi, some 10 KB each."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

PIXELS = (216, 302)
QUALITY = 80


def for_list(jpeg: bytes) -> bytes:
    """Return a stored photo, cropped about the upper middle. Raises OSError when it cannot be read."""
    picture = Image.open(io.BytesIO(jpeg), formats=("JPEG",))
    picture.draft("RGB", (PIXELS[0] * 2, PIXELS[1] * 2))
    plain = picture.convert("RGB")
    # Faces sit above the middle of a portrait; cropping evenly would cut the hair first.
    fitted = ImageOps.fit(plain, PIXELS, Image.Resampling.BILINEAR, centering=(0.5, 0.35))
    out = io.BytesIO()
    fitted.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
