"""A visit logged on a phone, the line down in the middle, signed by a supervisor without an account."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from app.demo.practising import CODE
from app.extensions import db
from app.models.practicum import PracticumVisit
from tests.journeys import looking
from tests.journeys.conftest import Visitor, follow

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
PRESSES = "**/practicum/visits/*/moments"


def press(page: Page, offered: str) -> None:
    """Press the big button once it offers the moment."""
    button = page.locator(".press")
    expect(button).to_contain_text(offered)
    button.click()


def broken(route: Route) -> None:
    """Be a line that is down."""
    route.abort("internetdisconnected")


def test_practicum(inside: Flask, visit: Visit) -> None:
    """Eight moments, three of them without a line; a note that names somebody; the signature."""
    trainee = visit()
    trainee.sign_in("learner")
    page = trainee.open("/practicum")
    follow(page, "text=开始一次陪诊")
    for name in ("place", "level", "department"):
        page.select_option(f"#{name}", index=0)
    follow(page, "main button.btn--first")
    for offered in ("接到老人", "到院", "取号", "进诊室"):
        press(page, offered)
        expect(page.locator(".moments:not(.moments--held)")).to_contain_text(offered)
    page.route(PRESSES, broken)
    for offered in ("检查：进去", "检查：出来", "取药"):
        press(page, offered)
    expect(page.locator("[data-queue] li")).to_have_count(3)
    expect(page.locator("[data-line]")).to_contain_text("网络断了，请接着按")
    with page.expect_navigation():
        page.unroute(PRESSES)
        page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-queue]")).to_be_hidden()
    for offered in ("离院", "送达交接"):
        press(page, offered)
        expect(page.locator(".moments:not(.moments--held)")).to_contain_text(offered)
    page.check("input[value=consult]")
    page.fill("#note", "陪张阿姨看病")
    follow(page, "text=结束，去请人签字")
    expect(page.locator("#note-error")).to_contain_text("第 2–4 字“张阿姨”像姓名")
    expect(page.locator("#note")).to_have_value("陪张阿姨看病")
    page.fill("#note", "陪老人看病")
    follow(page, "text=结束，去请人签字")
    follow(page, "a:has-text('请带教老师签字')")
    page.locator("input[type=radio]").first.check()
    follow(page, "text=生成签字链接")
    sign(visit(), page.locator("#link").inner_text())
    with inside.app_context():
        newest = select(PracticumVisit).order_by(PracticumVisit.began_at.desc())
        row = db.session.scalars(newest).first()
        assert row is not None
        assert (row.state, row.note, len(row.moments)) == ("signed", "陪老人看病", 9)
        db.session.remove()


def sign(supervisor: Visitor, link: str) -> None:
    """A supervisor opens the link on another phone and signs."""
    page = supervisor.page
    page.goto(link)
    expect(page.locator("main")).to_contain_text("陪同就诊")
    assert not looking.faults(page)
    page.fill("#code", CODE)
    follow(page, "text=属实，签字")
    expect(page.locator("main")).to_contain_text("谢谢您")
