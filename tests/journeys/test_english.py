"""The whole in English: whoever chose it meets no Chinese word of the pages' own.

Chinese stays where it is somebody's: names, titles and questions, which are rows of the database
and left out of the count, and what is marked as Chinese for screen readers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import select

from app import create_app
from app.config import Settings
from app.extensions import db
from app.formatting import mask_name
from app.models.people import User
from tests.demo import UNLIKE
from tests.journeys.conftest import Site, Visitor
from tests.journeys.crawling import Crawl

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
CHINESE = re.compile(r"[\u3400-\u9fff]+")
SPOKEN = ("aria-label", "placeholder", "title", "alt", "data-done", "data-hide", "data-other")
KEPT = {
    "中文",
    "沪民养老发〔2025〕2号",
    "Numbered text (1. … A. … 答案：)",
    "Like this: 1. the stem, then the options A. B. C. D. on lines of their own, and the last line "
    "“答案：B”. GIFT works too.",
    "Two columns are needed: “姓名” (name) and “手机号” (phone). “身份证号” (ID number), “单位” (employer), "
    "“类别” (category) and “街道” (subdistrict) are read if there. Titles, merged cells and two-row "
    "headings do no harm.",
    "Headings needed: “证书编号” (number), “姓名” (name), “证书名称” (title), “发证单位” (issuer), “发证日期” "
    "(issued on); “有效期至” (valid until) and “工作单位” (organisation) may be left out. No ID numbers, "
    "please. Takes .xlsx, .xls, .csv up to 10 MB.",
}
"""A language is offered in its own words, a decree is cited by the number it has, and what a file must
hold word for word is shown so."""

OWN_WORDS_ELSEWHERE = {"home.styleguide", "check.form", "check.by_address"}
"""Sample words of the components; and the check page, whose language is in its address alone."""


@pytest.fixture(scope="module")
def served(site: Site) -> Flask:
    """The application, for its map of addresses and its rows."""
    return create_app(Settings.from_env(site.environment))


def strings(value: Any) -> Iterator[str]:
    """Yield the Chinese strings in a value of a row, lines and JSON taken apart."""
    if isinstance(value, str) and CHINESE.search(value):
        yield " ".join(value.split())
        yield from (line.strip() for line in value.split("\n"))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def written_by_people(app: Flask) -> list[str]:
    """Return every Chinese string of the database, the longest first."""
    found = set()
    with app.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(select(table)):
                for value in row:
                    found.update(one for one in strings(value) if len(one) > 1)
        found.update(mask_name(name) for name in db.session.scalars(select(User.name)))
        db.session.remove()
    return sorted(found, key=len, reverse=True)


def words(markup: str) -> Iterator[str]:
    """Yield what a page says, seen or spoken, except where it is marked as Chinese."""
    waiting = [(html.fromstring(markup), "", False)]
    while waiting:
        element, language, hidden = waiting.pop()
        if not isinstance(element.tag, str) or element.tag == "script":
            continue
        language = element.get("lang") or language
        hidden = hidden or element.get("aria-hidden") == "true"
        waiting += [(child, language, hidden) for child in element]
        if language.startswith("zh"):
            continue
        texts = [*(element.get(name) for name in SPOKEN)]
        texts += [] if hidden else [element.text, *(child.tail for child in element)]
        yield from (" ".join(text.split()) for text in texts if text and text.strip())


class Own:
    """What people wrote; asked about a text that many pages have, it looks once."""

    def __init__(self, written: list[str]) -> None:
        self.written = written
        self.known = dict.fromkeys([*written, *KEPT], True)

    def covers(self, text: str) -> bool:
        """Tell whether nothing Chinese is left once everybody's own words are left out."""
        if text not in self.known:
            self.known[text] = not CHINESE.search(text) or self._covers(text)
        return self.known[text]

    def _covers(self, text: str) -> bool:
        rest = text
        for one in self.written:
            if one in rest:
                rest = rest.replace(one, "")
                if not CHINESE.search(rest):
                    return True
        return text.endswith("…") and any(one.startswith(text[:-1]) for one in self.written)


def chinese_in(markup: str, own: Own) -> set[str]:
    """Return the words of a page that are still Chinese once everybody's own are left out."""
    return {text for text in words(markup) if not own.covers(text)}


def choose_english(visitor: Visitor) -> None:
    """Press the switch at the foot of a page, unless this account has chosen English already."""
    page = visitor.open("/account")
    if page.get_attribute("html", "lang") != "en":
        with page.expect_navigation():
            page.click("button[name=lang][value=en]")


def test_every_page_in_english(visit: Visit, served: Flask) -> None:
    """As a stranger and with each account; the account's choice goes with the person."""
    own = Own(written_by_people(served))
    visitor = visit()
    faults = []
    for login in ("", *(account.login for account in UNLIKE)):
        visitor.context.clear_cookies()
        if login:
            visitor.sign_in(login)
        choose_english(visitor)
        crawl = Crawl(visitor, served)
        for stop in crawl.pages():
            if stop.endpoint not in OWN_WORDS_ELSEWHERE:
                left = chinese_in(crawl.markup, own)
                faults += [f"{login} {stop.path} ({stop.endpoint}): {one}" for one in left]
    assert not faults, "\n".join(faults)


def test_the_exam_in_english(visit: Visit, served: Flask) -> None:
    """The bar, the buttons and the sheets; the question stays in the language it was written in."""
    own = Own(written_by_people(served))
    trainee = visit()
    page = trainee.sign_in("trainee")
    choose_english(trainee)
    trainee.open("/exams/mine")
    page.click("a[href*='/exams/sit/']")
    page.check("[name=rules]")
    page.click("main button.btn--first")
    page.wait_for_selector("body[data-ready=yes]")
    assert page.inner_text("h1") == "Question 1"
    assert not chinese_in(page.content(), own)
    page.locator("#choices label").first.click()
    page.wait_for_selector("[data-signs] .sign--ok.num")
    assert not chinese_in(page.content(), own)


def test_the_check_page_in_english(visit: Visit, served: Flask) -> None:
    """The verdict's word, the explanations and the form, by the address's own language."""
    own = Own(written_by_people(served))
    holder = visit()
    page = holder.sign_in("holder")
    holder.open("/my/certificates")
    token = str(page.get_attribute("a[href*='/c/']", "href")).rpartition("/")[2]
    family = visit()
    for printed, word in ((token, "Valid"), ("234567", "Not found")):
        family.page.goto(f"{family.site.address}/c/{printed}?lang=en")
        assert family.page.inner_text("h1") == word
        assert not chinese_in(family.page.content(), own)
    family.page.goto(f"{family.site.address}/check?lang=en")
    assert not chinese_in(family.page.content(), own)
