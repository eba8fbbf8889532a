"""People who stand before a certificate: a family, a forger's file, a desk that checks the holder."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser
from sqlalchemy import select

from app.awards import files
from app.demo.accounts import person
from app.extensions import db
from app.models.awards import Certificate
from certificates import qr
from tests.journeys.looking import access_faults, faults, layout_faults
from tests.journeys.visiting import PHONE, Site, Visitor

pytestmark = pytest.mark.browser
SCREEN = PHONE["height"]


@pytest.fixture(scope="module")
def token(inside: Flask) -> str:
    """The address of the demonstration's certificate, without photo_public anywhere spoiled."""
    with inside.app_context():
        row = db.session.scalars(
            select(Certificate).where(Certificate.user_id == person("holder").id)
        ).one()
        found = row.token
        db.session.remove()
    return found


def _bottom(visitor: Visitor, text: str) -> float:
    box = visitor.page.get_by_text(text, exact=False).first.bounding_box()
    assert box is not None, text
    return box["y"] + box["height"]


def test_family_scans(visit: Callable[..., Visitor], site: Site, token: str) -> None:
    """Ten seconds in a lobby: the first screen says it all; no script, no cookie, 40 KB at most."""
    family = visit()
    asked: list[tuple[str, int]] = []
    family.page.on("response", lambda answer: asked.append((answer.url, len(answer.body()))))
    family.open(f"/c/{token}")
    family.page.wait_for_load_state("networkidle")
    assert family.page.inner_text("h1") == "有效"
    assert sum(size for _url, size in asked) <= 40_000, asked
    assert not [url for url, _size in asked if url.endswith(".js")]
    assert family.context.cookies() == []
    for text in ("有效期至", "等级", "课时", "发证日期"):
        assert _bottom(family, text) <= SCREEN, text
    photo = family.page.locator("img.photo").bounding_box()
    assert photo is not None
    assert photo["y"] + photo["height"] <= SCREEN
    assert family.page.evaluate("document.querySelector('img.photo').naturalWidth") > 0
    assert not faults(family.page)
    family.follow("text=English")
    assert family.page.inner_text("h1") == "Valid"
    assert not faults(family.page)
    family.follow("text=中文")
    family.follow("text=打印查验记录")
    assert "查验结果：有效" in family.text()
    assert not faults(family.page)


def test_without_scripts(chromium: Browser, site: Site, token: str) -> None:
    """With scripts switched off everything is there all the same."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}/c/{token}")
    assert page.inner_text("h1") == "有效"
    page.goto(f"{site.address}/check/scan")
    assert page.locator("input[type=file]").is_visible()
    assert not page.locator("[data-camera]").is_visible()
    context.close()


def test_a_photo_of_the_code(
    visit: Callable[..., Visitor], site: Site, token: str, tmp_path: Path
) -> None:
    """Someone photographs the code, sends the photo, and stands before the certificate."""
    family = visit()
    code = Image.open(io.BytesIO(qr.encode(f"{site.address}/c/{token}").png(8))).convert("RGB")
    table = Image.new("RGB", (1600, 1200), "#777")
    table.paste(code.rotate(4, expand=True, fillcolor="#777"), (500, 300))
    photo = tmp_path / "photo.jpg"
    table.save(photo, "JPEG")
    family.open("/check/scan")
    assert not faults(family.page)
    family.page.set_input_files("input[name=photo]", photo)
    family.follow("text=读照片上的二维码")
    assert family.page.inner_text("h1") == "有效"


def test_a_photo_of_50_mb(visit: Callable[..., Visitor], tmp_path: Path) -> None:
    """Far too large a photo is answered with a sentence, not with a broken line."""
    huge = tmp_path / "huge.jpg"
    huge.write_bytes(b"\xff\xd8\xff" + bytes(50_000_000))
    family = visit()
    family.open("/check/scan")
    family.page.set_input_files("input[name=photo]", huge)
    family.follow("text=读照片上的二维码")
    assert "照片太大" in family.text()


def test_camera(chromium: Browser, site: Site) -> None:
    """On localhost the browser gives a camera; the bundled decoder starts under the page's policy."""
    context = chromium.new_context(viewport=PHONE, permissions=["camera"])
    visitor = Visitor(context, site)
    page = visitor.open("/check/scan")
    assert page.locator("[data-camera]").is_visible()
    read = page.evaluate(
        """async () => {
          const part = document.querySelector("[data-camera]");
          const zxing = await import(part.dataset.decoder);
          await zxing.prepareZXingModule({
            overrides: { locateFile: () => part.dataset.wasm }, fireImmediately: true });
          const picture = new ImageData(64, 64);
          picture.data.fill(255);
          return (await zxing.readBarcodes(picture, { formats: ["QRCode"] })).length;
        }"""
    )
    assert read == 0
    assert visitor.errors == []
    context.close()


def test_a_forger_edits_the_file(
    visit: Callable[..., Visitor], inside: Flask, token: str, tmp_path: Path
) -> None:
    """The original is recognised; with one byte changed, or something added, it is not."""
    with inside.app_context():
        row = db.session.scalars(select(Certificate).where(Certificate.token == token)).one()
        original = files.read(row)
        name = row.printed["name"]
        db.session.remove()
    edited = bytearray(original)
    edited[len(edited) * 2 // 3] ^= 0xFF
    cases = {
        "original.pdf": (original, "有效", "一模一样"),
        "edited.pdf": (bytes(edited), "文件被改过", "里面被改过"),
        "longer.pdf": (original + b"\n9 0 obj <</A 1>> endobj\n%%EOF\n", "文件被改过", "加了内容"),
    }
    family = visit()
    for file_name, (data, word, said) in cases.items():
        path = tmp_path / file_name
        path.write_bytes(data)
        family.open("/check")
        family.follow("text=核对证书文件")
        assert not faults(family.page)
        family.page.set_input_files("input[name=file]", path)
        family.follow("text=核对这个文件")
        assert family.page.inner_text("h1") == word, file_name
        assert said in family.text()
        assert (name in family.text()) is (word == "有效")
        assert not faults(family.page)


def test_desk_checks_the_holder(visit: Callable[..., Visitor], site: Site, token: str) -> None:
    """The holder shows the card on the phone; the desk scans it, or types its digits."""
    holder, desk = visit(), visit(desk=True)
    holder.sign_in("holder")
    holder.open("/my/certificates")
    holder.follow("text=出示证书，核对本人")
    assert not layout_faults(holder.page)
    digits = holder.page.inner_text("figcaption b").replace(" ", "")
    assert re.fullmatch(r"\d{8}", digits)
    desk.open(f"/c/{token}/now/{digits}")
    assert desk.page.inner_text("h1") == "有效"
    assert "刚才给出的" in desk.text()
    assert "/present/" in desk.page.url
    assert desk.page.evaluate("document.querySelector('img.photo').naturalWidth") > 0
    assert not faults(desk.page)
    desk.open(f"/c/{token}")
    desk.follow("text=核对面前的人是不是本人")
    assert not faults(desk.page)
    desk.page.fill("input[name=digits]", "12345678" if digits != "12345678" else "87654321")
    desk.follow("text=看照片和状态")
    assert "数字不对" in desk.text()
    desk.page.fill("input[name=digits]", holder.page.inner_text("figcaption b"))
    desk.follow("text=看照片和状态")
    assert "/present/" in desk.page.url


def test_a_site_that_imitates(visit: Callable[..., Visitor]) -> None:
    """A family reports a site; the registrar finds it in the menu and answers it."""
    family, registrar = visit(), visit(desk=True)
    family.open("/check")
    family.follow("text=看到相像的假网站")
    family.page.fill("input[name=site]", "https://peizhen-jia.example/c/x")
    family.page.fill("textarea[name=told]", "传单上的二维码")
    assert not faults(family.page)
    family.follow("text=交给协会")
    assert "收到了" in family.page.inner_text("h1")
    registrar.sign_in("registrar")
    registrar.follow("nav >> text=假网站举报")
    assert "peizhen-jia.example" in registrar.text()
    assert not access_faults(registrar.page)
    article = registrar.page.locator("article", has_text="peizhen-jia.example")
    article.locator("input[name=note]").fill("已请网信部门处理")
    with registrar.page.expect_navigation():
        article.locator("button").click()
    assert "已记下" in registrar.text()
