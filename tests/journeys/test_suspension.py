"""A family complains by phone, the certifier suspends, and the public page changes the same minute."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Page
from sqlalchemy import select

from app.demo.accounts import person
from app.extensions import db
from app.models.awards import Certificate
from tests.journeys.looking import faults
from tests.journeys.visiting import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def token(inside: Flask) -> str:
    """The end of the address of the demonstration's certificate."""
    with inside.app_context():
        row = db.session.scalars(
            select(Certificate).where(Certificate.user_id == person("holder").id)
        ).one()
        found = row.token
        db.session.remove()
    return found


def _complain(family: Visitor, token: str, photo: Path) -> tuple[str, str]:
    """File a complaint from the check page, with a photo; return number and receipt code."""
    page = family.open(f"/c/{token}")
    assert page.inner_text("h1") == "有效"
    family.follow("text=投诉这位持证人")
    assert not faults(page)
    page.check("input[value=safety]")
    page.fill("#text", "下楼梯时没有扶老人")
    for _press in range(9):  # quicker than two seconds is a robot: the form comes back as it was
        page.set_input_files("#photos", str(photo))
        family.follow("main form button.btn--first")
        if page.inner_text("h1") == "投诉已收到":
            break
        assert page.input_value("#text") == "下楼梯时没有扶老人"
    assert page.inner_text("h1") == "投诉已收到"
    assert "1 张" in family.text()
    assert not faults(page)
    assert family.context.cookies() == []
    number, code = page.locator(".receipt").all_inner_texts()
    return number, code


def _suspend(staff: Visitor, number: str) -> Page:
    """Find the case from the menu, take it up, look at the photo, suspend."""
    page = staff.sign_in("certifier")
    staff.open("/complaints")
    staff.follow(f"text={number}")
    assert page.locator(".shots img").evaluate("one => one.naturalWidth") > 0
    staff.follow("text=受理，由我办")
    staff.follow("text=暂停这张证书")
    staff.confirm_password()
    assert not faults(page)
    page.check("input[value=safety]")
    page.fill("#reason", "照片显示老人独自下楼")
    staff.follow("text=提交：暂停")
    assert "已改成“已暂停”" in staff.text()
    assert not faults(page)
    return page


def test_suspension(visit: Visit, token: str, tmp_path: Path) -> None:
    """Complaint, suspension, reply, appeal, and everybody sees what concerns them."""
    photo = tmp_path / "photo.jpg"
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), "#99aabb").save(out, "JPEG")
    photo.write_bytes(out.getvalue())
    family, staff, holder = visit(), visit(), visit()
    number, code = _complain(family, token, photo)
    page = _suspend(staff, number)
    family.open(f"/c/{token}")
    assert family.page.inner_text("h1") == "已暂停"
    page.fill("#text-answer", "已核实，证书已暂停")
    staff.follow("text=写答复")
    family.open("/complain/state")
    family.page.fill("#number", number)
    family.page.fill("#code", code)
    family.follow("main button.btn--first")
    assert "已核实，证书已暂停" in family.text()
    assert not faults(family.page)
    own = holder.sign_in("holder")
    holder.open("/my/certificates")
    holder.follow("text=状态的经过、陈述和申诉")
    assert "照片显示老人独自下楼" in holder.text()
    assert not faults(own)
    own.locator("form[aria-label='我的陈述'] textarea").fill("当时护士扶着")
    holder.follow("text=提交陈述")
    own.locator("form[aria-label='我不服，理由是'] textarea").fill("有录像")
    holder.follow("text=提出申诉")
    assert "申诉待决定" in holder.text()
    staff.open("/awards/register")
    assert "申诉待决定" in staff.text()
    assert not faults(page)
