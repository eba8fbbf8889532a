"""A certificate renewed from end to end: the log on a phone, the audit, two deciders, the family's scan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import clock, rulebook
from app.demo.accounts import person
from app.demo.portrait import portrait
from app.extensions import db
from app.models.awards import Certificate
from certificates.renewal import last_day
from tests.journeys.conftest import Visitor, follow
from tests.journeys.looking import access_faults, faults

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
MORE = (
    ("law", "3"),
    ("cpr", "2"),
    ("infection", "2"),
    ("hospital", "4"),
    ("communication", "4"),
    ("elective", "6"),
)
"""What is missing beside the hour and a half of law and the two hours the demonstration begins with."""


def make_it_end_soon(inside: Flask) -> tuple[str, date]:
    """Let the holder's certificate end in sixty days, and every renewal be drawn for audit."""
    with inside.app_context():
        row = db.session.scalars(
            select(Certificate).where(Certificate.user_id == person("holder").id)
        ).one()
        today = clock.shanghai_date(clock.now())
        row.valid_from, row.valid_until = today - timedelta(days=1000), today + timedelta(days=60)
        rulebook.set_value(
            "renewal.audit_percent",
            100,
            from_date=today,
            source="journeys",
            official=False,
            actor=None,
            now=clock.now(),
        )
        db.session.commit()
        found = row.printed["check_address"], row.valid_until
        db.session.remove()
        return found


def learn(page: Page, category: str, hours: str, day: date) -> None:
    """Write down continuing education with a photo of its proof."""
    follow(page, "a:has-text('记课时')")
    page.select_option("#category", category)
    page.fill("#title", "复训")
    page.fill("#provider", "江畔示例培训中心")
    page.fill("#day", day.isoformat())
    page.fill("#hours", hours)
    page.set_input_files(
        "#proof", {"name": "zm.png", "mimeType": "image/png", "buffer": portrait("holder")}
    )
    follow(page, "text=存下来")
    expect(page.locator(".messages")).to_contain_text("已记下")


def hand_in(page: Page) -> None:
    """Sign the code of conduct and hand in."""
    assert not faults(page)
    page.check("#conduct")
    follow(page, "text=签署并交上去")


def test_renewal(inside: Flask, visit: Visit) -> None:
    """The holder fills the log, one proof is missing, the audit looks at each line, two decide."""
    address, until = make_it_end_soon(inside)
    holder = visit()
    holder.sign_in("holder")
    page = holder.open("/my/certificates")
    follow(page, "text=续期：记课时和陪诊")
    expect(page.locator("main")).to_contain_text("还差什么")
    today = clock.shanghai_date(clock.now())
    for ago, (category, hours) in enumerate(MORE, 2):
        learn(page, category, hours, today - timedelta(days=ago))
    follow(page, "a:has-text('记陪诊')")
    for field, value in (("day", today.isoformat()), ("visits", "28"), ("hours", "90")):
        page.fill(f"#{field}", value)
    page.fill("#arranged_by", "示例护理院")
    follow(page, "text=存下来")
    expect(page.locator("main")).to_contain_text("都齐了")
    follow(page, "a:has-text('交续期申请')")
    hand_in(page)
    expect(page.locator("main")).to_contain_text("有 1 条课时还没有证明")
    follow(page, "a:has-text('心肺复苏复训（徒手部分）')")
    assert not faults(page)
    page.set_input_files(
        "#proof", {"name": "zm.png", "mimeType": "image/png", "buffer": portrait("holder")}
    )
    follow(page, "text=补上证明")
    follow(page, "a:has-text('再交一次')")
    hand_in(page)
    expect(page.locator("main")).to_contain_text("等协会核对")
    check(visit(desk=True))
    decide(visit(desk=True))
    family = visit()
    scanned = family.open("/c/" + address.rpartition("/")[2])
    expect(scanned.locator("h1")).to_contain_text("已更换")
    page = holder.open("/my/certificates")
    new = page.locator("a[href*='/c/']").first.get_attribute("href") or ""
    scanned = family.open("/c/" + new.rpartition("/")[2])
    expect(scanned.locator("h1")).to_contain_text("有效")
    with inside.app_context():
        row = db.session.scalars(
            select(Certificate)
            .where(Certificate.user_id == person("holder").id)
            .order_by(Certificate.issued_at.desc())
        ).first()
        assert row is not None
        assert row.valid_until == last_day(until + timedelta(days=1), 3)
        db.session.remove()


def check(registrar: Visitor) -> None:
    """The registrar looks at each line and passes on."""
    registrar.sign_in("registrar")
    page = registrar.open("/renewals")
    follow(page, "table a")
    assert not access_faults(page)
    learned = page.locator("section[aria-labelledby=learned]")
    for _ in range(learned.locator("article").count()):
        waiting = learned.locator("article:not(:has(.tag))").first
        with page.expect_navigation():
            waiting.locator("button[value=accepted]").click()
    follow(page, "text=核对好了，交去决定")
    expect(page.locator("h1")).to_contain_text("等决定")


def decide(certifier: Visitor) -> None:
    """The certifier renews."""
    certifier.sign_in("certifier")
    page = certifier.open("/renewals")
    follow(page, "table a")
    follow(page, "text=续期并发新证")
    assert not access_faults(page)
    follow(page, "button.btn--danger")
    expect(page.locator(".messages")).to_contain_text("已续期")
