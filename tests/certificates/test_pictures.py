"""Photos and seals of every kind people upload: printed safely or refused with a sentence."""

import io
import zlib

import pytest
from PIL import Image

from certificates.pictures import (
    PHOTO_PIXELS,
    SEAL_PIXELS,
    PictureError,
    is_for_print,
    photo_for_print,
    seal_for_print,
)


def file(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "RGBA", "P", "LA", "1"])
def test_every_colour_mode_becomes_a_small_rgb_jpeg(mode: str) -> None:
    kind = "JPEG" if mode in ("RGB", "L", "CMYK") else "PNG"
    data = photo_for_print(file(Image.new(mode, (600, 500)), kind))
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", PHOTO_PIXELS)


def test_a_turned_photo_is_set_upright_and_its_camera_data_dropped() -> None:
    lying = Image.new("RGB", (800, 600), "white")
    lying.paste("black", (0, 0, 400, 600))  # dark on the left, turned: dark at the top
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SECRET MAKER"
    data = photo_for_print(file(lying, "JPEG", exif=exif))
    assert b"SECRET" not in data
    with Image.open(io.BytesIO(data)) as picture:
        grey = picture.convert("L").tobytes()
    assert max(grey[: 20 * PHOTO_PIXELS[0]]) < 40
    assert min(grey[-20 * PHOTO_PIXELS[0] :]) > 215


def test_a_clear_ground_becomes_white() -> None:
    data = photo_for_print(file(Image.new("RGBA", (300, 400), (0, 0, 0, 0)), "PNG"))
    with Image.open(io.BytesIO(data)) as picture:
        assert min(picture.convert("L").tobytes()) > 250


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixels."""
    body = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    chunk = (13).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + chunk


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"just text",
        file(Image.new("RGB", (9, 9)), "GIF"),
        file(Image.new("RGB", (300, 400)), "JPEG")[:200],
        png_header(10_000, 8_000),
        png_header(100_000, 100_000),
    ],
    ids=["empty", "text", "gif", "cut short", "large", "bomb"],
)
def test_what_is_no_photo_is_refused(data: bytes) -> None:
    with pytest.raises(PictureError) as refusal:
        photo_for_print(data)
    assert refusal.value.zh.startswith("照片")
    assert refusal.value.en.startswith("The photo")


def test_a_seal_keeps_its_clear_ground(seal: bytes) -> None:
    with Image.open(io.BytesIO(seal_for_print(seal))) as picture:
        assert picture.mode == "RGBA"
        assert picture.getchannel("A").getextrema()[0] == 0
    big = Image.new("RGBA", (2000, 1000), (0, 0, 0, 0))
    with Image.open(io.BytesIO(seal_for_print(file(big, "PNG")))) as picture:
        assert picture.size == (SEAL_PIXELS[0], SEAL_PIXELS[1] // 2)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_seal_that_would_cover_the_text_is_refused(kind: str) -> None:
    with pytest.raises(PictureError, match="印章图片"):
        seal_for_print(file(Image.new("RGB", (300, 300), "red"), kind))


def test_a_photo_that_is_ready_stays_as_it_is() -> None:
    ready = photo_for_print(file(Image.new("RGB", (600, 800), "#cfe0e6"), "JPEG"))
    assert is_for_print(ready)
    assert photo_for_print(ready) is ready


def test_what_only_looks_ready_is_made_anew() -> None:
    """Camera data, comments, another size or colours: none of it reaches a certificate."""
    size = Image.new("RGB", PHOTO_PIXELS, "#cfe0e6")
    exif = Image.Exif()
    exif[0x010F] = "SECRET MAKER"
    for data in (
        file(size, "JPEG", exif=exif),
        file(size, "JPEG", comment=b"SECRET"),
        file(size, "JPEG", progressive=True),
        file(size.convert("CMYK"), "JPEG"),
        file(size.convert("L"), "JPEG"),
        file(size.rotate(90, expand=True), "JPEG"),
        file(size, "PNG"),
    ):
        assert not is_for_print(data)
        made = photo_for_print(data)
        assert is_for_print(made)
        assert b"SECRET" not in made


def test_an_animated_photo_is_printed_as_its_first_picture() -> None:
    first, second = Image.new("RGB", (300, 400), "white"), Image.new("RGB", (300, 400), "black")
    data = file(first, "WEBP", save_all=True, append_images=[second])
    with Image.open(io.BytesIO(photo_for_print(data))) as picture:
        assert picture.convert("L").getextrema()[0] > 245


def test_fifty_megabytes_are_refused_unread() -> None:
    with pytest.raises(PictureError, match="50 MB，太大了"):
        photo_for_print(b"\xff\xd8\xff" + bytes(50_000_000))


def test_a_busy_photo_gets_coarser_not_heavier() -> None:
    data = photo_for_print(file(Image.effect_noise((600, 800), 40).convert("RGB"), "JPEG"))
    assert len(data) <= 40_000
