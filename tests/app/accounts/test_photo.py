"""The photo: made small, upright and anonymous, or refused with a sentence."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts import photos
from app.accounts.photos import PhotoError
from app.extensions import db
from app.models.journal import Blob
from app.models.people import Role
from tests.app.accounts.people import actions, browser, fresh, person
from tests.client import PageClient

pytestmark = pytest.mark.rows
PATH = "/account/photo/change"


def picture(kind: str = "JPEG", size: tuple[int, int] = (1200, 1600), **saved: object) -> bytes:
    """Return a picture: left half dark, right half light."""
    drawn = Image.new("RGB", size, "white")
    drawn.paste((20, 60, 70), (0, 0, size[0] // 2, size[1]))
    written = io.BytesIO()
    drawn.save(written, kind, **saved)
    return written.getvalue()


def flood() -> bytes:
    """Return a tiny PNG that claims 50 000 × 50 000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def _upload(client: PageClient, data: bytes, name: str = "me.jpg") -> TestResponse:
    return client.send(
        PATH, {"photo": (io.BytesIO(data), name)}, content_type="multipart/form-data"
    )


def test_it_works(client: PageClient) -> None:
    """Uploaded, kept small, served to its owner only as JPEG."""
    user = person(Role.TRAINEE)
    client.sign_in(user).page(PATH)
    assert _upload(client, picture("PNG"), "me.png").status_code == 302
    answer = client.get("/account/photo")
    assert answer.mimetype == "image/jpeg"
    kept = Image.open(io.BytesIO(answer.data))
    assert kept.size == (600, 800)
    assert fresh(user).photo_blob_id is not None
    assert "photo.changed" in actions()
    assert 'src="/account/photo"' in client.page("/account")


def test_a_double_click_keeps_one(client: PageClient) -> None:
    """The same picture again is the one already stored; another one takes its place."""
    client.sign_in(person(Role.TRAINEE))
    for _click in range(2):
        assert _upload(client, picture()).status_code == 302
    assert len(db.session.scalars(select(Blob)).all()) == 1
    assert actions().count("photo.changed") == 1
    _upload(client, picture(size=(1300, 1700)))
    assert len(db.session.scalars(select(Blob)).all()) == 2


def test_metadata_is_gone_and_the_picture_upright(whole_app: Flask) -> None:
    """Place and time of the shot are stripped; what they said about the turn is applied."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "SECRET-CAMERA"
    exif.get_ifd(0x8825)[2] = (31.0, 14.0, 0.0)
    with whole_app.test_request_context():
        made = photos.prepare(picture(size=(1600, 1200), exif=exif))
    kept = Image.open(io.BytesIO(made))
    assert kept.size == (600, 800)
    assert not kept.getexif()
    assert b"SECRET-CAMERA" not in made
    top, bottom = kept.getpixel((300, 50)), kept.getpixel((300, 750))
    assert sum(top[:3]) < sum(bottom[:3])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello, this is a text file", "不是照片"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是照片"),
        (picture()[:2000], "已经损坏"),
        (flood(), "像素太多"),
        (picture(size=(100, 120)), "照片太小"),
        (picture("PNG")[:-20], "已经损坏"),
        (b"", "请先选一张照片"),
    ],
)
def test_refuses(client: PageClient, data: bytes, words: str) -> None:
    """Each with a sentence beside the field; nothing is kept."""
    user = person(Role.TRAINEE)
    client.sign_in(user)
    html = _upload(client, data).get_data(as_text=True)
    assert words in html
    assert fresh(user).photo_blob_id is None


def test_a_hundred_megabytes(client: PageClient) -> None:
    """Refused before it is read, on a page that says what to do."""
    client.sign_in(person())
    answer = client.post(
        PATH,
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(100 * 1024 * 1024)},
    )
    assert answer.status_code == 413
    assert "文件太大了" in answer.get_data(as_text=True)


def test_prepare_refuses_nothing_and_too_much(whole_app: Flask) -> None:
    """No bytes is no photo; more than ten megabytes are not looked at."""
    with whole_app.test_request_context():
        with pytest.raises(PhotoError, match="请先选"):
            photos.prepare(b"")
        with pytest.raises(PhotoError, match="超过 10 MB"):
            photos.prepare(b"x" * (photos.MOST_BYTES + 1))


def test_who_may(client: PageClient, app: Flask) -> None:
    """The address is one's own; there is none for another's photo here."""
    client.sign_in(person())
    _upload(client, picture())
    assert browser(app).sign_in(person(Role.ADMINISTRATOR)).get("/account/photo").status_code == 404
    assert browser(app).get("/account/photo").location.startswith("/sign-in")
