"""Writing questions on a phone with the keyboard: rows in place, a flaw named while typing, saved."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


def fits(page: Page) -> None:
    """Nothing sticks out to the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def saved(writer: Visitor) -> str:
    """Press save and return the words of the question's page."""
    writer.follow("main .actions button[value=save]")
    expect(writer.page.locator("main")).to_contain_text("已存为草稿")
    return writer.text()


def test_an_ordering_by_keyboard(visit: Visit) -> None:
    writer = visit()
    writer.sign_in("writer")
    page = writer.open("/bank/questions/new?kind=ordering")
    fits(page)
    page.fill("#lesson", "4.3")
    page.focus("#stem")
    page.keyboard.type("老人走路不稳，下列做法不正确的先后不是哪一个？")
    page.focus("#sequence-0-text")
    for number, words in enumerate(("取号", "坐稳", "报到", "进诊室", "念给医生听")):
        expect(page.locator(f"#sequence-{number}-text")).to_be_focused()
        page.keyboard.type(words)
        page.keyboard.press("Enter")
    page.focus("#sequence-1-text")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#sequence-0-text")).to_have_value("坐稳")
    expect(page.locator("#sequence-0-text")).to_be_focused()
    expect(page.locator("#said-explanation")).to_contain_text("每道题要有解析")
    page.fill("#explanation", "坐稳，取号，报到。")
    expect(page.locator("#said-explanation")).to_be_empty()
    expect(page.locator("[data-preview]")).to_contain_text("念给医生听")
    fits(page)
    assert "坐稳 → 取号 → 报到 → 进诊室 → 念给医生听" in saved(writer)


def test_a_matching_by_keyboard(visit: Visit) -> None:
    writer = visit()
    writer.sign_in("writer")
    page = writer.open("/bank/questions/new?kind=matching")
    page.fill("#lesson", "4.3")
    page.fill("#stem", "把事和地方配起来。")
    pairs = (("借轮椅", "服务台"), ("过了号", "分诊台"), ("号单印错", "挂号窗口"))
    page.focus("#matches-0-left")
    for left, right in pairs:
        page.keyboard.type(left)
        page.keyboard.press("Tab")
        page.keyboard.type(right)
        page.keyboard.press("Enter")
    expect(page.locator("#matches-3-left")).to_be_focused()
    page.locator("button[value='remove:matches:3']").press("Enter")
    expect(page.locator("#matches-3-left")).to_have_count(0)
    expect(page.locator("#said-matches")).to_contain_text("补上说明")
    fits(page)
    assert "过了号 — 分诊台" in saved(writer)


def test_without_script_rows_come_back(visit: Visit) -> None:
    writer = visit()
    writer.sign_in("writer")
    page = writer.open("/bank/questions/new?kind=case_set")
    page.fill("#scene", "候诊时老人头晕。")
    writer.follow("button[value='add:parts:single_choice']")
    expect(page.locator("#scene")).to_have_value("候诊时老人头晕。")
    expect(page.locator("#parts-0-stem")).to_be_focused()
    page.check("#parts-0-options-0-right")
    page.check("#parts-0-options-1-right")
    expect(page.locator("#parts-0-options-0-right")).not_to_be_checked()
    fits(page)


def test_leaving_unsaved_words_is_asked_first(visit: Visit) -> None:
    writer = visit()
    writer.sign_in("writer")
    page = writer.open("/bank/questions/new?kind=single_choice")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.fill("#stem", "陪诊当天，长者说话含糊，先做什么？")
    page.click("main nav a:has-text('多选题')")
    assert asked == ["beforeunload"]
    assert page.input_value("#stem").startswith("陪诊当天")
    writer.follow("main [data-advice] button[value=check]")  # posted, shown again, not stored
    page.click("main nav a:has-text('多选题')")
    assert asked == ["beforeunload"] * 2
