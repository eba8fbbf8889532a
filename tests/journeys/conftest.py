"""Journeys share one demonstration installation, served for real, and one headless Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app import clock, rulebook
from app.demo import PASSWORD
from app.extensions import db
from tests.demo import prepared
from tests.live import demo_environment, free_port, running

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Site:
    """A served installation."""

    address: str
    folder: Path
    environment: dict[str, str]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; without one the journeys are skipped, which script/test says loudly."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
    if not program:
        pytest.skip("no Chromium: run script/test")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


def quicken(app: Flask) -> None:
    """Set the least reading time to nothing: a journey reads faster than a person."""
    now = clock.now()
    with app.app_context():
        rulebook.set_value(
            "lesson.minimum_seconds",
            0,
            from_date=clock.shanghai_date(now),
            source="journeys",
            official=False,
            actor=None,
            now=now,
        )
        db.session.commit()
        db.session.remove()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demonstration of this module's own, with web processes and the job worker."""
    folder = tmp_path_factory.mktemp("site")
    port = free_port()
    environment = demo_environment(folder, port)
    quicken(prepared(environment))
    with running(environment, port, jobs=True) as address:
        yield Site(address, folder, environment)


def follow(page: Page, selector: str) -> None:
    """Press what leads to another page and wait until that one stands."""
    with page.expect_navigation():
        page.click(selector)


class Visitor:
    """A person with a browser of their own. Errors of the page's scripts fail the test."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.context = context
        self.site = site
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, path: str) -> Page:
        """Go to a path of the site."""
        self.page.goto(self.site.address + path)
        return self.page

    def sign_in(self, login: str, password: str = PASSWORD) -> Page:
        """Sign in on the sign-in page."""
        self.open("/sign-in")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password)
        self.follow("main button.btn--first")
        assert "/sign-in" not in self.page.url, self.page.inner_text("main")
        return self.page

    def confirm_password(self, password: str = PASSWORD) -> None:
        """Give the password again when the page asks for it."""
        if "/confirm-password" in self.page.url:
            self.page.fill("input[type=password]", password)
            self.follow("main button.btn--first")

    def follow(self, selector: str) -> None:
        """Press what leads to another page and wait until that one stands."""
        follow(self.page, selector)

    def until_marked(self) -> None:
        """Look again at a sitting's results until the job worker has marked every paper."""
        while self.page.locator("text=再看一次").count():
            self.follow("text=再看一次")

    def text(self) -> str:
        """Return the words of the page's main part."""
        return self.page.inner_text("main")


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Make visitors: `visit()` on a phone in Chinese, `visit(desk=True, language="en-GB")`."""
    visitors: list[Visitor] = []

    def make(*, desk: bool = False, language: str = "zh-CN") -> Visitor:
        context = chromium.new_context(
            viewport=DESK if desk else PHONE, locale=language, reduced_motion="reduce"
        )
        visitors.append(Visitor(context, site))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.context.close()
    errors = [error for visitor in visitors for error in visitor.errors]
    assert not errors, errors
