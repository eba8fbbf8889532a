"""Scanning in the page: what a code leads to, and photos of every kind."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from app import clock, code_photos
from app.checking import codes, domains
from app.extensions import db
from app.models.awards import Certificate
from app.models.checking import PrintedDomain
from certificates import qr
from tests.app.awards import rows
from tests.client import PageClient, check_page

pytestmark = pytest.mark.rows
TOKEN = "abcdefghijklmnop"


@pytest.fixture
def held(client: PageClient) -> Certificate:
    """A certificate."""
    return rows.certificate()


def picture(text: str) -> Image.Image:
    """Return the code of a text on a grey table, as a phone sees it."""
    code = Image.open(io.BytesIO(qr.encode(text).png(8))).convert("RGB")
    table = Image.new("RGB", (900, 700), "#8a8a80")
    table.paste(code.rotate(7, expand=True, fillcolor="#8a8a80"), (260, 180))
    return table


def as_file(image: Image.Image, kind: str, **how: object) -> bytes:
    """Return a picture as a file."""
    out = io.BytesIO()
    image.save(out, kind, **how)  # type: ignore[arg-type]
    return out.getvalue()


def sent(client: PageClient, data: bytes):  # type: ignore[no-untyped-def]
    """Upload a file; a huge one as a stream, which the test's own client would leave open on a disk."""
    if len(data) < 10_000_000:
        return client.post("/check/photo", data={"photo": (io.BytesIO(data), "one")})
    return client.post(
        "/check/photo",
        input_stream=io.BytesIO(data),
        content_length=len(data),
        content_type="multipart/form-data; boundary=x",
    )


def test_it_works(client: PageClient, held: Certificate) -> None:
    """A photo of the code leads to the certificate; the page offers three ways."""
    page = client.page("/check/scan")
    for text in ("用相机扫", "传一张二维码的照片", "抄写网址"):
        assert text in page
    answer = sent(client, as_file(picture(f"http://localhost/c/{held.token}"), "JPEG"))
    assert answer.status_code == 303
    assert answer.location == f"/c/{held.token}"
    assert "有效</h1>" in client.page(answer.location)


def test_only_here_may_the_decoder_run(client: PageClient, held: Certificate) -> None:
    """WebAssembly is allowed on the scanning page and nowhere else."""
    assert "'wasm-unsafe-eval'" in client.get("/check/scan").headers["Content-Security-Policy"]
    for path in ("/check", f"/c/{held.token}", "/check/file", "/check/report", "/sign-in"):
        assert "unsafe-eval" not in client.get(path).headers["Content-Security-Policy"]


@pytest.mark.parametrize("kind", ["cmyk", "turned", "clear", "moving", "grey"])
def test_photos_of_every_kind(client: PageClient, held: Certificate, kind: str) -> None:
    """CMYK, turned by the camera's note, transparent, animated: all are read."""
    image = picture(f"http://localhost/c/{held.token}")
    turned = Image.Exif()
    turned[0x0112] = 6
    data = {
        "cmyk": lambda: as_file(image.convert("CMYK"), "JPEG"),
        "turned": lambda: as_file(image, "JPEG", exif=turned),
        "clear": lambda: as_file(image.convert("RGBA"), "PNG"),
        "moving": lambda: as_file(image, "GIF", save_all=True, append_images=[image.rotate(90)]),
        "grey": lambda: as_file(image.convert("L"), "WEBP"),
    }[kind]()
    assert sent(client, data).location == f"/c/{held.token}"


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        ("nothing", 400, "还没有选照片"),
        ("huge", 413, "照片太大，最多 20 MB"),
        ("text", 422, "不是照片"),
        ("half", 422, "照片打不开"),
        ("empty", 422, "没有找到二维码"),
        ("moving", 422, "会动的图"),
        ("apple", 422, "HEIC"),
        ("bomb", 422, "照片太大"),
    ],
)
def test_bad_photos(client: PageClient, kind: str, status: int, said: str) -> None:
    """Whatever is sent is answered with a sentence that says what to do."""
    blank = Image.new("L", (60, 60), 200)
    data = {
        "nothing": lambda: b"",
        "huge": lambda: b"\xff\xd8\xff" + bytes(50_000_000),
        "text": lambda: "这不是照片".encode(),
        "half": lambda: as_file(picture("x" * 20), "JPEG")[:9000],
        "empty": lambda: as_file(blank, "PNG"),
        "moving": lambda: as_file(blank, "GIF", save_all=True, append_images=[blank.rotate(9)]),
        "apple": lambda: b"\0\0\0\x18ftypheic" + bytes(200),
        "bomb": lambda: as_file(Image.new("1", (30_000, 30_000)), "PNG"),
    }[kind]()
    answer = sent(client, data)
    assert answer.status_code == status
    assert said in answer.text
    check_page(answer.text, "/check/photo")


def test_nothing_is_stored(client: PageClient, held: Certificate) -> None:
    """No row and no file comes of a photo."""
    folder = client.application.config["PEIZHEN"].data_dir
    before = set(folder.rglob("*"))
    sent(client, as_file(picture(f"http://localhost/c/{held.token}"), "JPEG"))
    made = set(folder.rglob("*")) - before
    assert {path.name for path in made} <= {"test.sqlite3-wal", "test.sqlite3-shm"}


def test_a_foreign_code(client: PageClient, held: Certificate) -> None:
    """Where a code leads elsewhere, the page names the place, links nowhere, and offers to report it."""
    for text in (f"https://peizhen-check.example/c/{held.token}", "localhost.evil.example/c/x"):
        answer = client.post("/check/code", data={"text": text})
        assert answer.status_code == 422
        assert "不是我们的网址" in answer.text
        assert 'href="https://' not in answer.text
        assert "/check/report" in answer.text
    answer = client.post("/check/code", data={"text": "<b>WIFI:T:WPA</b>"})
    assert "没有我们的网址" in answer.text
    assert "<b>WIFI" not in answer.text
    assert client.post("/check/code", data={"text": ""}).status_code == 400


def test_an_address_once_printed_stays_ours(client: PageClient, held: Certificate) -> None:
    """A code with a former domain leads to the certificate, and the page lists the domain."""
    now = clock.now()
    assert domains.note(now)
    assert not domains.note(now)
    db.session.add(PrintedDomain(domain="old.example", first_used_at=now))
    db.session.commit()
    answer = client.post("/check/code", data={"text": f"https://old.example/c/{held.token}"})
    assert answer.location == f"/c/{held.token}"
    page = client.page("/check/addresses")
    assert "old.example" in page
    assert page.index("localhost") < page.index("old.example")
    assert "以前印过的" in page


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (f"https://peizhen.example/c/{TOKEN}", f"/c/{TOKEN}"),
        (f"HTTPS://PEIZHEN.EXAMPLE/C/{TOKEN.upper()}", f"/c/{TOKEN}"),
        (f"peizhen.example/c/{TOKEN}。", f"/c/{TOKEN}"),
        (f"{TOKEN}", f"/c/{TOKEN}"),
        (f"https://peizhen.example/c/{TOKEN}/now/12345678", f"/c/{TOKEN}/now/12345678"),
        ("https://peizhen.example/c/abc", "/c/abc"),
        (f"https://peizhen.example.evil.example/c/{TOKEN}", ""),
        (f"https://peizhen.example@evil.example/c/{TOKEN}", ""),
        (f"https://evil.example/peizhen.example/c/{TOKEN}", ""),
        ("http://[broken", ""),
        ("PZ2026310110000426", ""),
    ],
)
def test_what_a_code_holds(text: str, path: str) -> None:
    """Only an address on a domain of ours leads on."""
    assert codes.read_scanned(text, ["peizhen.example"]).path == path


def test_two_at_once(
    client: PageClient, held: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo waits for another one; who has waited too long is asked to come again."""
    monkeypatch.setattr(code_photos, "WAIT", 0.01)
    with code_photos._one_at_a_time:
        answer = sent(client, as_file(picture("x" * 20), "JPEG"))
    assert answer.status_code == 503
    assert "过半分钟再传" in answer.text
