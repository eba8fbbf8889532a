"""A person with a browser, and the installation that is visited."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from app.demo import PASSWORD

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Site:
    """A served installation."""

    address: str
    folder: Path
    environment: dict[str, str]


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
        self.page.set_default_timeout(30_000)
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
