"""A class on its way to certificates: applied by phone, published, objected to, issued together, downloaded."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from app import clock
from app.accounts import passwords
from app.demo import PASSWORD
from app.demo.portrait import portrait
from app.extensions import db
from app.models.applications import PublicNotice
from app.models.awards import Certificate, Decision
from bench.made_up_class import Made, proposed_class
from tests.journeys.conftest import Visitor, follow
from tests.journeys.looking import access_faults

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
PEOPLE = 6


@pytest.fixture
def made(inside: Flask) -> Made:
    """A class that is ready and proposed; its first person can sign in."""
    with inside.app_context():
        found = proposed_class(PEOPLE)
        user = db.session.get_one(Decision, found.decisions[0]).user
        user.login_name, user.name = "applicant", "江小满"
        user.password_hash = passwords.make_hash(PASSWORD)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return found


def apply(visit: Visit, folder: Path) -> None:
    """On a phone: a document, the declarations, handed in."""
    phone = visit()
    phone.sign_in("applicant")
    page = phone.open("/my/certificates")
    follow(page, "text=申请发证")
    page.locator("a.sheet").first.click()
    paper = folder / "paper.png"
    paper.write_bytes(portrait("paper"))
    page.set_input_files("#file-health", str(paper))
    page.locator("form", has=page.locator("#file-health")).locator("button").click()
    expect(page.locator("text=看传上来的健康证明")).to_be_visible()
    for box in page.locator("[name=declared]").all():
        box.check()
    follow(page, "text=把申请交给协会")
    expect(page.locator("text=协会在审").first).to_be_visible()


def accept(visit: Visit) -> Visitor:
    """The registrar accepts the application and comes back with the browser."""
    desk = visit(desk=True)
    desk.sign_in("registrar")
    page = desk.open("/applications")
    follow(page, "text=江小满")
    follow(page, "text=接受这份申请")
    expect(page.locator("text=已接受").first).to_be_visible()
    return desk


def test_a_class(visit: Visit, inside: Flask, made: Made, tmp_path: Path) -> None:
    """From the application to the archive of all certificates."""
    apply(visit, tmp_path)
    desk = accept(visit)
    page = desk.open(f"/awards/classes/{made.class_id}")
    page.fill("[name=days]", "5")
    follow(page, f"text=公示这 {PEOPLE} 个人")
    expect(page.locator("text=正在公示").first).to_be_visible()
    stranger = visit()
    there = stranger.open("/public-notices")
    there.locator("a", has_text="秋季班").first.click()
    expect(there.locator("b", has_text="江＊满")).to_be_visible()
    there.locator("a", has_text="江＊满").click()
    there.fill("[name=text]", "她在示例医院门口向老人推销保健品，我亲眼看到。")
    follow(there, "text=提交异议")
    receipt = there.locator(".num").inner_text().strip()
    certifier = visit(desk=True)
    certifier.sign_in("certifier")
    page = certifier.open("/objections")
    page.locator("a", has_text="江小满").click()
    page.check("[value=dismissed]")
    page.fill("[name=answer]", "查了当天的考勤，她在培训中心上课，不在医院。")
    follow(page, "text=记下这个答复")
    there = stranger.open("/public-notices/answers")
    there.fill("[name=code]", receipt)
    follow(there, "main button")
    expect(there.locator("text=她在培训中心上课")).to_be_visible()
    _end_the_notice(inside)
    _issue(certifier, made)
    _download(certifier, inside, tmp_path)


def _end_the_notice(inside: Flask) -> None:
    with inside.app_context():
        row = db.session.scalars(
            select(PublicNotice).order_by(PublicNotice.published_at.desc())
        ).first()
        assert row is not None
        row.until_day = clock.shanghai_date(clock.now()) - timedelta(days=1)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _issue(certifier: Visitor, made: Made) -> None:
    page = certifier.open(f"/awards/classes/{made.class_id}")
    follow(page, "text=预览和签发")
    certifier.confirm_password()
    expect(page.locator("text=江小满")).to_be_visible()
    follow(page, f"text=签发这 {PEOPLE} 张")
    expect(page.locator(f"text=下载 {PEOPLE} 张证书")).to_be_visible(timeout=60_000)
    assert not access_faults(page)


def _download(certifier: Visitor, inside: Flask, folder: Path) -> None:
    page = certifier.page
    with page.expect_download() as waiting:
        page.click(f"text=下载 {PEOPLE} 张证书")
    archive = folder / "all.zip"
    waiting.value.save_as(archive)
    with inside.app_context():
        known = set(db.session.scalars(select(Certificate.pdf_sha256)))
        db.session.remove()
        db.engine.dispose()
    with zipfile.ZipFile(archive) as packed:
        files = [name for name in packed.namelist() if name.endswith(".pdf")]
        assert len(files) == PEOPLE
        assert {hashlib.sha256(packed.read(name)).hexdigest() for name in files} <= known
