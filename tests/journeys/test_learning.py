"""Lessons on a phone: the clock runs, words are explained, the line goes and comes back, practice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from app.extensions import db
from app.models.people import User
from app.models.studying import StudyStretch
from tests.journeys.conftest import Visitor, follow

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


def open_stretch(inside: Flask, login: str) -> StudyStretch | None:
    """Return the stretch that a person's open page lengthens."""
    with inside.app_context():
        found = db.session.scalar(
            select(StudyStretch)
            .join(User, User.id == StudyStretch.user_id)
            .where(User.login_name == login, StudyStretch.open.is_(True))
        )
        db.session.remove()
        db.engine.dispose()
        return found


def test_reading(inside: Flask, visit: Visit) -> None:
    """Going on to the next lesson; the server's clock runs; size and words; nothing overflows."""
    trainee = visit()
    trainee.sign_in("learner")
    page = trainee.open("/learn")
    follow(page, "text=继续学习")
    expect(page.get_by_text("正在计时")).to_be_visible()
    stretch = open_stretch(inside, "learner")
    assert stretch is not None
    assert page.url.endswith(f"/{stretch.code}")
    page.click("button[data-size='1']")
    expect(page.locator("#lesson-text")).to_have_attribute("data-size", "1")
    page.reload()
    expect(page.locator("#lesson-text")).to_have_attribute("data-size", "1")
    word = page.locator("a.term").first
    said = word.inner_text()
    word.click()
    expect(page.locator("#term-word")).to_contain_text(said)
    page.keyboard.press("Escape")
    expect(page.locator("#term-sheet")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_offline_and_back(visit: Visit) -> None:
    """Kept lessons open without a line; what was read is handed in when it is back."""
    trainee = visit()
    trainee.sign_in("learner")
    page = trainee.open("/learn")
    lesson = page.locator("a.lesson__title").nth(2).get_attribute("href") or ""
    follow(page, "text=离线阅读")
    expect(page.locator("[data-state=none]")).to_be_visible()
    expect(page.locator("#forget")).to_be_hidden()  # nothing is kept that could be deleted
    page.click("#keep")
    expect(page.locator("[data-state=kept]")).to_be_visible(timeout=60_000)
    expect(page.locator("#forget")).to_be_visible()
    trainee.context.set_offline(True)
    trainee.open(lesson)
    expect(page.get_by_text("没有联网，连上后补记")).to_be_visible()
    follow(page, "text=下一课")
    expect(page.locator("#lesson-text")).to_contain_text("本课目标")
    with page.expect_response("**/learn/offline") as answer:
        trainee.context.set_offline(False)
    assert answer.value.status == 200


def test_practice(visit: Visit) -> None:
    """What is due is practised and leaves the list for today; a chapter goes on question by question."""
    trainee = visit()
    trainee.sign_in("learner")
    page = trainee.open("/learn/practice")
    assert "今天该复习" in trainee.text()
    follow(page, "article >> nth=0 >> text=按顺序练")
    page.locator("main form input[type=radio], main form input[type=checkbox]").first.check()
    follow(page, "text=看结果")
    assert "正确答案" in trainee.text() or "答对了" in trainee.text()
    follow(page, "text=下一题")
    assert "第 2 /" in trainee.text()
    trainee.open("/learn/practice/progress")
    expect(page.locator("svg polyline")).to_have_count(1)


def test_the_instructor_sees_it(visit: Visit) -> None:
    """From the class page to who studies what."""
    teacher = visit(desk=True)
    teacher.sign_in("teacher")
    page = teacher.open("/classes")
    follow(page, "text=演示三班")
    follow(page, "text=学习情况")
    assert "跟得上" in teacher.text() or "落后" in teacher.text()
    expect(page.locator("svg.cells")).not_to_have_count(0)
    follow(page, "text=错得多的题")
