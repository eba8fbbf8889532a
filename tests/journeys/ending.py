"""Withdrawing a certificate as the rules ask it: told, heard, decided."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.journeys.visiting import Visitor, follow


def withdraw(
    certifier: Visitor,
    holder: Visitor,
    look: Callable[[Page, str], None] = lambda _page, _name: None,
) -> None:
    """End the certificate that the certifier has open and its holder is signed in for."""
    page = certifier.page
    certifier.follow("text=状态和处理")
    where = page.url
    look(page, "certificate's standing")
    certifier.follow("main a[href$='/withdraw']")
    certifier.confirm_password()
    look(page, "withdrawal form")
    page.locator("[name=reason_code]").first.check()
    page.fill("[name=reason]", "演示：查实违反行为规范")
    certifier.follow("main form button:has-text('提交：撤销')")
    assert "已告知持证人" in certifier.text()
    own = holder.open("/my/certificates")
    holder.follow("text=状态的经过、陈述和申诉")
    look(own, "told of the withdrawal")
    own.locator("form[aria-label='我的陈述'] textarea").fill("我没有别的话要说")
    holder.follow("text=提交陈述")
    page.goto(where)
    follow(page, "text=看陈述，作决定")
    look(page, "hearing")
    page.check("[name=decision][value=do]")
    page.fill("[name=reason]", "陈述没有改变查实的事")
    follow(page, "main form button:has-text('提交决定')")
    assert "已改成“已撤销”" in certifier.text()
    look(page, "certificate withdrawn")
