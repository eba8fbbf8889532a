"""Take the screenshots in docs/pictures from a fresh demonstration: `script/pictures [name …]`.

One walk makes them all, in the order of the chain, so that each screen shows what it shows in use.
English ones end in -en. This asserts nothing: the tests beside it do.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.demo import prepared
from tests.journeys.conftest import PHONE, Site, Visitor, follow
from tests.journeys.test_whole_chain import RIGHT
from tests.live import ROOT, demo_environment, free_port, running

FOLDER = ROOT / "docs" / "pictures"
DESK = {"width": 1440, "height": 900}
COLOURS = 128
MOST_BYTES = 150_000
SHARP = 2
"""Pixels for each CSS pixel of a phone's picture."""


class Camera:
    """Keeps the pictures that are wanted, small."""

    def __init__(self, wanted: set[str]) -> None:
        self.wanted = wanted

    def keep(self, name: str, picture: Image.Image) -> None:
        """Write a picture with few colours; where it is too large, with fewer."""
        if self.wanted and name not in self.wanted:
            return
        path = FOLDER / f"{name}.png"
        for colours in (COLOURS, COLOURS // 2, COLOURS // 4):
            small = picture.convert("RGB").quantize(colours, dither=Image.Dither.NONE)
            small.save(path, optimize=True)
            if path.stat().st_size <= MOST_BYTES:
                break
        sys.stdout.write(f"{path.relative_to(ROOT)} {path.stat().st_size // 1000} kB\n")

    def take(self, page: Page, name: str) -> None:
        """Take what the screen shows, from the top."""
        page.evaluate("document.activeElement?.blur()")
        page.wait_for_load_state("networkidle")
        self.keep(name, Image.open(io.BytesIO(page.screenshot(animations="disabled"))))


class Walk:
    """One demonstration, one browser, and the people who walk through them."""

    def __init__(self, browser: Browser, site: Site, camera: Camera) -> None:
        self.browser, self.site, self.camera = browser, site, camera

    def person(self, login: str = "", *, desk: bool = False, english: bool = False) -> Visitor:
        """Open a browser for somebody, signed in where a login is given."""
        context = self.browser.new_context(
            viewport=DESK if desk else PHONE,
            device_scale_factor=1 if desk else SHARP,
            color_scheme="light",
            reduced_motion="reduce",
        )
        visitor = Visitor(context, self.site)
        if login:
            visitor.sign_in(login)
        if english:
            # After signing in: what a person chose once goes before what the browser shows.
            page = visitor.open("/account" if login else "/sign-in")
            follow(page, "button[name=lang][value=en]")
        return visitor

    def both(self, name: str, login: str, way: Callable[[Visitor], Page | None]) -> None:
        """Take a screen on a phone in both languages; `way` leads there."""
        for english in (False, True):
            visitor = self.person(login, english=english)
            page = way(visitor) or visitor.page
            self.camera.take(page, f"{name}-en" if english else name)
            if login:
                self._in_chinese_again(visitor)
            visitor.context.close()

    def wide(self, name: str, login: str, way: Callable[[Visitor], Page | None]) -> None:
        """Take a screen on a desktop, in Chinese."""
        visitor = self.person(login, desk=True)
        self.camera.take(way(visitor) or visitor.page, name)
        visitor.context.close()

    @staticmethod
    def _in_chinese_again(visitor: Visitor) -> None:
        """The choice is kept with the person, and the next picture begins in Chinese."""
        visitor.open("/account")
        if visitor.page.locator("button[name=lang][value=zh]").count():
            follow(visitor.page, "button[name=lang][value=zh]")


def first(path: str, selector: str) -> Callable[[Visitor], Page]:
    """Return the way to the first match of a list."""

    def way(visitor: Visitor) -> Page:
        page = visitor.open(path)
        visitor.confirm_password()
        follow(page, selector)
        visitor.confirm_password()
        return page

    return way


def at(path: str) -> Callable[[Visitor], Page]:
    """Return the way to an address."""
    return lambda visitor: visitor.open(path)


def before_the_exam(walk: Walk) -> None:
    """Signing in, the first screen, a lesson, and the working pages."""
    walk.both("sign-in", "", at("/sign-in"))
    walk.both("home", "learner", at("/"))
    walk.both("lesson", "learner", first("/learn", "main a[href$='/4.2']"))
    walk.wide("class", "teacher", first("/classes", "main a[href^='/classes/']:has-text('一班')"))
    walk.wide("blueprint", "exams", first("/bank/blueprints", "main a[href*='/bank/blueprints/']"))
    walk.wide(
        "question", "writer", first("/bank/questions", "main table a[href*='/bank/questions/']")
    )
    walk.wide("rules", "admin", at("/rules"))
    walk.both("class-phone", "teacher", first("/classes", "main a:has-text('一班')"))


def answer(page: Page) -> None:
    """Choose the right options of the question at hand."""
    for text in RIGHT[page.inner_text("#stem").strip()]:
        page.locator("#choices label", has_text=text).first.click()


def the_exam(walk: Walk) -> None:
    """A question, the line dropped, the answer grid, handing in, the receipt, in both languages."""
    trainee = walk.person("trainee")
    page = trainee.open("/exams/mine")
    follow(page, "a[href*='/exams/sit/']")
    walk.camera.take(page, "waiting-room")
    page.check("[name=rules]")
    follow(page, "main button.btn--first")
    page.wait_for_selector("body[data-ready=yes]")
    total = int(page.inner_text("#position").split("/")[1])
    for number in range(1, total + 1):
        if number == total - 2:
            page.click(".q-tools button >> nth=0")
        else:
            answer(page)
        if number == 7:
            page.wait_for_selector("[data-signs] .sign--ok.num")
            pair(walk, page, "exam")
            offline(walk, trainee)
        if number < total:
            page.click("#next")
    page.click("a[href='#answer-grid']")
    page.wait_for_selector("#answer-grid[open]")
    pair(walk, page, "answer-grid")
    page.keyboard.press("Escape")
    page.wait_for_selector("#answer-grid", state="hidden")
    page.click("#next")
    page.wait_for_selector("#hand-in[open]")
    pair(walk, page, "hand-in")
    page.check("#hand-in-form input[type=checkbox]")
    walk.wide("room", "invigilator", first("/exams/duties", "main a:has-text('201')"))
    page.click("#hand-in-send")
    page.wait_for_url("**/receipt")
    pair(walk, page, "receipt")
    trainee.context.close()


def pair(walk: Walk, page: Page, name: str) -> None:
    """Take the screen at hand in both languages, and come back to it."""
    walk.camera.take(page, name)
    plain, _, sheet = page.url.partition("#")
    for language in ("en", "zh"):
        page.goto(f"{plain}{'&' if '?' in plain else '?'}lang={language}")
        if "/paper" in plain:
            page.wait_for_selector("body[data-ready=yes]")
        if sheet:
            page.evaluate("id => { location.hash = id }", sheet)
            page.wait_for_selector(f"#{sheet}[open]")
        if language == "en":
            walk.camera.take(page, f"{name}-en")


def offline(walk: Walk, trainee: Visitor) -> None:
    """The line drops for one question."""
    page = trainee.page
    page.click("#next")
    trainee.context.set_offline(True)
    answer(page)
    page.wait_for_selector("#offline:not([hidden])", timeout=40_000)
    page.evaluate("scrollTo(0, 0)")
    walk.camera.take(page, "offline")
    trainee.context.set_offline(False)
    page.wait_for_selector("#offline", state="hidden", timeout=40_000)
    page.click("#previous")


def the_certificate(walk: Walk) -> None:
    """Results, decision, certificate, and what the scan shows: valid, withdrawn, not found."""
    certifier = walk.person("certifier", desk=True)
    page = first("/exams/results", "main a:has-text('201')")(certifier)
    certifier.until_marked()
    page.check("[name=acknowledged]")
    follow(page, "main button:has-text('人的成绩')")
    registrar = walk.person("registrar", desk=True)
    first("/awards", "a[href*='/awards/enrolments/']")(registrar)
    follow(registrar.page, "main button:has-text('提出给')")
    certifier.open("/awards")
    follow(page, "main a:has-text('林秋')")
    follow(page, "a[href$='/decide']")
    certifier.confirm_password()
    page.wait_for_url("**/decide")
    walk.camera.take(page, "decision")
    page.check("[name=decision][value=grant]")
    follow(page, "main button:has-text('记下这个决定')")
    holder = walk.person("trainee")
    page = holder.open("/my/certificates")
    walk.camera.take(page, "my-certificate")
    with page.expect_download() as started:
        page.click("text=下载证书")
    sheet = pypdfium2.PdfDocument(Path(started.value.path()).read_bytes())[0]
    walk.camera.keep("certificate", sheet.render(scale=1.4).to_pil())
    check_pages(walk, str(page.get_attribute("a[href*='/c/']", "href")), certifier)


def check_pages(walk: Walk, address: str, certifier: Visitor) -> None:
    """What a family sees."""
    path = urlsplit(address).path
    states = [("check", path), ("check-not-found", "/c/23456789abcdefgh")]
    page = certifier.open("/awards")
    follow(page, "main a:has-text('林秋')")
    for name, where in states:
        for language, ending in (("zh", ""), ("en", "-en")):
            family = walk.person()
            family.open(f"{where}?lang={language}")
            walk.camera.take(family.page, name + ending)
            family.context.close()
    follow(page, "a[href*='/awards/certificates/']")
    follow(page, "a[href$='/withdraw']")
    certifier.confirm_password()
    page.wait_for_url("**/withdraw")
    page.check("[name=status][value=withdrawn]")
    page.fill("[name=reason]", "演示：查实违反行为规范")
    follow(page, "main button.btn--danger")
    for language, ending in (("zh", ""), ("en", "-en")):
        family = walk.person()
        family.open(f"{path}?lang={language}")
        walk.camera.take(family.page, f"check-withdrawn{ending}")
        family.context.close()


def main() -> int:
    """Take them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    camera = Camera(set(sys.argv[1:]))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        port = free_port()
        environment = demo_environment(Path(folder), port)
        prepared(environment)
        browser = driver.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"]
        )
        with running(environment, port, jobs=True) as address:
            walk = Walk(browser, Site(address, Path(folder), environment), camera)
            before_the_exam(walk)
            the_exam(walk)
            the_certificate(walk)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
