"""The answering page under what phones do: two tabs, a blocked store, no script, another device."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from app.extensions import db
from app.models.exams import AnswerEvent
from tests.journeys.hall import attempt_of, attempt_row, choose, shorten, start
from tests.journeys.visiting import PHONE, Site, Visitor, follow

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
Book = Callable[[], str]


def test_two_tabs(visit: Visit, book: Book, inside: Flask) -> None:
    """The newest tab answers, the older one says so; nothing is lost and nothing doubled."""
    login = book()
    visitor = visit()
    first = start(visitor, login)
    choose(first, 0)
    second = visitor.context.new_page()
    second.goto(first.url)
    second.wait_for_selector("body[data-ready=yes]")
    expect(first.locator("#locked")).to_be_visible()
    expect(first.locator("#locked-words")).to_contain_text("另一个页面")
    second.click("#next")
    expect(second.locator("#position")).to_have_text("2 / 30")
    choose(second, 1)
    assert attempt_of(inside, login)[1] == {1: "o1", 2: "o2"}
    with inside.app_context():
        assert len(db.session.scalars(select(AnswerEvent)).all()) >= 2
        db.session.remove()


def test_double_click(visit: Visit, book: Book, inside: Flask) -> None:
    """Two clicks on starting, choosing and handing in: each is sent once and happens once."""
    login = book()
    visitor = visit()
    visitor.sign_in(login)
    page = visitor.open("/exams/mine")
    follow(page, "text=进入候考页")
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if r.is_navigation_request() else None)
    page.check("[name=rules]")
    page.dblclick("text=开始答题")
    page.wait_for_selector("body[data-ready=yes]")
    assert sum(url.endswith("/start") for url in sent) == 1
    page.locator("#choices label").nth(1).dblclick()
    expect(page.locator("#saved-line")).to_contain_text("已保存")
    assert attempt_of(inside, login) == ("open", {1: "o2"})
    page.evaluate("location.hash = 'hand-in'")
    page.check("#hand-in-form input[type=checkbox]")
    page.dblclick("#hand-in-send")
    page.wait_for_url("**/receipt")
    assert sum(url.endswith("/hand-in") for url in sent) == 1
    assert attempt_of(inside, login) == ("handed_in", {1: "o2"})


def test_without_indexed_storage(chromium: Browser, site: Site, book: Book, inside: Flask) -> None:
    """IndexedDB throws: the page keeps its journal in localStorage, also over a reload offline."""
    login = book()
    context = chromium.new_context(viewport=PHONE, locale="zh-CN")
    context.add_init_script("indexedDB.open = () => { throw new Error('blocked'); };")
    visitor = Visitor(context, site)
    page = start(visitor, login)
    choose(page, 2)
    context.set_offline(True)
    page.click("#next")
    page.locator("#choices label").nth(0).click()
    expect(page.locator("#saved-line")).to_contain_text("待送出")
    context.set_offline(False)
    page.reload()
    page.wait_for_selector("body[data-ready=yes]")
    expect(page.locator("[data-signs]")).to_contain_text("已保存", timeout=20_000)
    assert attempt_of(inside, login)[1] == {1: "o3", 2: "o1"}
    assert not visitor.errors
    context.close()


def test_without_any_storage(chromium: Browser, site: Site, book: Book, inside: Flask) -> None:
    """Nothing lasts on the device: the page warns and saves before the question changes."""
    login = book()
    context = chromium.new_context(viewport=PHONE, locale="zh-CN")
    context.add_init_script(
        "indexedDB.open = () => { throw new Error('blocked'); };"
        "Storage.prototype.setItem = () => { throw new Error('full'); };"
    )
    visitor = Visitor(context, site)
    page = start(visitor, login)
    expect(page.locator("#warning-volatile")).to_be_visible()
    context.set_offline(True)
    page.locator("#choices label").nth(3).click()
    page.click("#next")
    expect(page.locator("#position")).to_have_text("1 / 30")
    context.set_offline(False)
    expect(page.locator("#saved-line")).to_contain_text("已保存", timeout=20_000)
    page.click("#next")
    expect(page.locator("#position")).to_have_text("2 / 30")
    assert attempt_of(inside, login)[1] == {1: "o4"}
    context.close()


def test_without_script(chromium: Browser, site: Site, book: Book, inside: Flask) -> None:
    """Where the script does not run the exam takes answers by form post, and hands in."""
    login = book()
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    visitor = Visitor(context, site)
    visitor.sign_in(login)
    page = visitor.open("/exams/mine")
    follow(page, "text=进入候考页")
    page.check("[name=rules]")
    page.click("text=开始答题")
    for place in (0, 1):
        page.locator("#plain-form input[name=value]").nth(place).check()
        follow(page, "text=保存，去下一题")
    follow(page, "text=保存，去交卷")
    assert "还有 28 题没有答" in page.inner_text("h1")
    page.check("[name=acknowledged]")
    page.click("text=带着 28 道未答题交卷")
    page.wait_for_url("**/receipt")
    assert attempt_of(inside, login) == ("handed_in", {1: "o1", 2: "o2"})
    context.close()


def test_another_device(visit: Visit, book: Book, inside: Flask) -> None:
    """A second device needs the invigilator's leave; then answers and time follow it."""
    login = book()
    old = visit()
    page = start(old, login)
    choose(page, 1)
    new = visit()
    new.sign_in(login)
    new.open("/exams/mine")
    new.follow("text=回到答题页")
    assert "监考员放行" in new.text()
    new.follow("text=在这部设备上继续")
    assert "监考员" in new.page.inner_text("body")
    invigilator = visit(desk=True)
    invigilator.sign_in("invigilator")
    with attempt_row(inside, login) as attempt:
        seat = f"/exams/rooms/seats/{attempt.booking_id}"
    invigilator.open(seat)
    invigilator.follow("main a:has-text('换设备')")
    invigilator.follow("main form .actions button")
    assert "已放行 1 人换设备" in invigilator.text()
    new.open("/exams/mine")
    new.follow("text=回到答题页")
    new.page.click("text=在这部设备上继续")
    new.page.wait_for_selector("body[data-ready=yes]")
    expect(new.page.locator("#saved-line")).to_contain_text("已保存")
    page.locator("#next").click()
    page.locator("#choices label").nth(0).click()
    expect(page.locator("#locked")).to_be_visible(timeout=30_000)


def test_time_up(visit: Visit, book: Book, inside: Flask) -> None:
    """At zero the page hands in what it has, and the receipt comes by itself."""
    login = book()
    visitor = visit()
    page = start(visitor, login)
    choose(page, 0)
    shorten(inside, login, -(30 * 60) + 20)
    page.reload()
    page.wait_for_selector("body[data-ready=yes]")
    page.wait_for_url("**/receipt", timeout=60_000)
    assert attempt_of(inside, login) == ("handed_in", {1: "o1"})
