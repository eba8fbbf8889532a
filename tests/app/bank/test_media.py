"""Pictures and sounds: only pixels and only sound are kept, hostile files are refused by a sentence."""

from __future__ import annotations

import io
import struct
import wave
import zlib
from dataclasses import replace

import pytest
from flask import Flask
from PIL import Image, PngImagePlugin
from sqlalchemy import func, select

from app import blobs, clock
from app.bank import media, writing
from app.bank.media import MediumRefused
from app.extensions import db
from app.models.bank import QuestionEntry
from app.models.journal import Blob
from app.models.people import Role
from question_bank import Medium
from tests import factories
from tests.app.bank import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200), **saved: object) -> bytes:
    """Return a picture in a format."""
    out = io.BytesIO()
    Image.new("RGB", size, "#8fb0c0").save(out, kind, **saved)
    return out.getvalue()


def flood() -> bytes:
    """Return a tiny PNG that claims 50 000 × 50 000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def wav() -> bytes:
    """Return a tenth of a second of silence."""
    out = io.BytesIO()
    with wave.open(out, "wb") as write:
        write.setnchannels(1)
        write.setsampwidth(2)
        write.setframerate(8000)
        write.writeframes(b"\0\0" * 800)
    return out.getvalue()


def mp3(frames: int = 4) -> bytes:
    """Return silent MPEG-1 layer III frames of 128 kbit/s at 44.1 kHz."""
    return (b"\xff\xfb\x90\x00" + b"\0" * 413) * frames


def test_it_works(app: Flask) -> None:
    kept = media.keep_picture(picture(), now=clock.now())
    again = media.keep_picture(picture(), now=clock.now())
    db.session.commit()
    assert kept.id == again.id
    assert db.session.scalar(select(func.count(Blob.id))) == 1
    stored = Image.open(io.BytesIO(blobs.get(kept)))
    assert (kept.media_type, stored.size) == ("image/png", (300, 200))
    assert media.find(kept.sha256) is not None
    assert media.find("0" * 64) is None


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/png"), ("GIF", "image/png")],
)
def test_only_pixels_remain(app: Flask, kind: str, media_type: str) -> None:
    noted = PngImagePlugin.PngInfo()
    noted.add_text("Comment", "<script>alert(1)</script>")
    saved = {"pnginfo": noted} if kind == "PNG" else {"comment": b"<script>alert(1)</script>"}
    data = picture(kind, **saved) + (b"" if kind != "JPEG" else b"PK\x03\x04 <script>")
    cleaned = media.clean(data)
    assert (cleaned.kind, cleaned.media_type) == ("picture", media_type)
    assert b"<script>" not in cleaned.data


def test_a_large_picture_becomes_small(app: Flask) -> None:
    cleaned = media.clean_picture(picture("JPEG", (4000, 1000)))
    assert Image.open(io.BytesIO(cleaned.data)).size == (1600, 400)


def animated() -> bytes:
    """Return a GIF of two frames."""
    out = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "是空的"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<?xml version='1.0'?><svg/>", "SVG"),
        (flood(), "像素太多"),
        (picture()[:200], "已经损坏"),
        (picture("JPEG")[:-30], "已经损坏"),
        (b"GIF89a" + b"\0" * 40, "图片"),
        (b"MZ" + b"\0" * 400, "不是能用的图片"),
        (b"x" * (10 * 1024 * 1024 + 1), "超过 10 MB"),
        (animated(), "会动的图片"),
    ],
)
def test_a_bad_picture_is_refused(app: Flask, data: bytes, words: str) -> None:
    with pytest.raises(MediumRefused, match=words):
        media.clean_picture(data)


def test_sounds(app: Flask) -> None:
    tagged = b"ID3\x04\x00\x00\x00\x00\x00\x0a" + b"0123456789" + mp3() + b"TAG<script>"
    cleaned = media.clean(tagged)
    assert (cleaned.kind, cleaned.media_type) == ("sound", "audio/mpeg")
    assert cleaned.data == mp3()
    told = media.clean_recording(wav() + b"<script>")
    assert (told.data, told.media_type) == (wav(), "audio/wav")
    page = b"OggS\0\2" + b"\0" * 20 + b"\1\4" + b"abcd"
    assert media.clean_recording(page).media_type == "audio/ogg"
    boxes = b"\0\0\0\x10ftypM4A \0\0\0\0" + b"\0\0\0\x08moov" + b"\0\0\0\x0cmdatabcd"
    assert media.clean_recording(boxes).media_type == "audio/mp4"


@pytest.mark.parametrize(
    "data",
    [
        mp3(2),
        b"RIFF\0\0\0\0WAVEfmt ",
        b"OggS\0\2" + b"\0" * 20 + b"\1\4" + b"abcd<script>",
        b"\0\0\0\x10ftypM4A \0\0\0\0\0\0\0\x08moov<script>",
        b"<html>",
        b"ID3",
    ],
)
def test_a_bad_sound_is_refused(app: Flask, data: bytes) -> None:
    with pytest.raises(MediumRefused, match="不是能用的录音"):
        media.clean_recording(data)


def shown_in(entry: QuestionEntry, sha256: str) -> None:
    """Let an entry's next version show a picture."""
    changed = replace(rows.body(entry), media=(Medium("p", alt="一张图", sha256=sha256),))
    writing.save(entry, changed, base=1, actor=factories.user(), now=clock.now())
    db.session.commit()


def test_who_may_fetch_it(app: Flask) -> None:
    kept = media.keep_picture(picture(), now=clock.now())
    db.session.commit()
    path = f"/bank/media/{kept.sha256}"
    writer = PageClient(app).sign_in(factories.user(Role.ITEM_WRITER))
    teacher = PageClient(app).sign_in(factories.user(Role.INSTRUCTOR))
    answer = writer.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    shown_in(rows.entry("live1"), kept.sha256)
    assert writer.get(path).status_code == 200
    assert teacher.get(path).status_code == 404
    shown_in(rows.entry("practice1", pool="practice"), kept.sha256)
    assert teacher.get(path).status_code == 200
    assert writer.get(f"/bank/media/{'0' * 64}").status_code == 404
    trainee = PageClient(app).sign_in(factories.user(Role.TRAINEE))
    assert trainee.get(path).status_code == 403


def test_a_removed_picture_stays_with_its_version(app: Flask) -> None:
    kept = media.keep_picture(picture(), now=clock.now())
    of = rows.entry("live1")
    shown_in(of, kept.sha256)
    writing.save(
        of, replace(rows.body(of), media=()), base=2, actor=factories.user(), now=clock.now()
    )
    db.session.commit()
    assert media.find_for(kept.sha256, ("practice",)) is None
    assert media.find_for(kept.sha256, ("live",)) is not None
