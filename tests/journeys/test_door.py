"""The door in a browser: a ticket before the camera, compared and noted inside the list, then the next."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.exams import tickets
from app.extensions import db
from app.models.exams import Booking
from app.models.people import User
from certificates import qr
from tests.journeys import looking
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser
CAMERA = """
(() => {
  const canvas = document.createElement("canvas");
  canvas.width = 640; canvas.height = 480;
  const pen = canvas.getContext("2d");
  const wipe = () => { pen.fillStyle = "#ddd"; pen.fillRect(0, 0, 640, 480); };
  let picture = null;
  setInterval(() => { wipe(); if (picture) pen.drawImage(picture, 150, 70, 340, 340); }, 60);
  window.hold = (source) => new Promise((done) => {
    const image = new Image();
    image.onload = () => { picture = image; done(); };
    image.src = source;
  });
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(15);
})();
"""
"""A camera before which a test holds codes: Chromium here has none of its own."""


def code_of(inside: Flask, login: str) -> tuple[str, bytes]:
    """Return a candidate's ticket number and the picture of its code."""
    with inside.app_context():
        booking = db.session.scalars(
            select(Booking).join(User, User.id == Booking.user_id).where(User.login_name == login)
        ).one()
        found = booking.ticket_number, qr.encode(tickets.door_address(booking)).png(8)
        db.session.remove()
    return found


def hold(page: Page, code: bytes) -> None:
    """Hold a code before the camera."""
    source = "data:image/png;base64," + base64.b64encode(code).decode()
    page.evaluate(f"hold({json.dumps(source)})")


def door_of(inside: Flask) -> str:
    """Return the address of the demonstration's door."""
    with inside.app_context():
        booking = db.session.scalars(
            select(Booking).where(Booking.ticket_number.startswith("journey")).limit(1)
        ).one()
        address = f"/exams/rooms/{booking.sitting_id}/door"
        db.session.remove()
    return address


def test_one_after_the_other(
    visit: Callable[..., Visitor], book: Callable[..., str], inside: Flask
) -> None:
    first, second, third = ((login := book(), *code_of(inside, login)) for _n in range(3))
    staff = visit()
    staff.sign_in("invigilator")
    staff.page.add_init_script(CAMERA)
    page = staff.open(door_of(inside))
    faults = looking.faults(page)
    page.click("[data-start]")
    hold(page, first[2])
    panel = page.locator("[data-person]")
    expect(panel).to_contain_text(first[1])
    faults += looking.faults(page) + looking.faults_in_the_dark(page)
    hold(page, second[2])  # waits: the first one is not dealt with yet
    panel.get_by_role("button", name="一致，放行").click()
    expect(page.locator("[data-told]")).to_contain_text("请核对下一位")
    expect(panel).to_contain_text(second[1])
    panel.get_by_role("link", name="先不登记").click()
    expect(panel).to_be_empty()
    hold(page, qr.encode("https://example.org/c/other").png(8))
    expect(page.locator("[data-told]")).to_contain_text("这不是准考证上的二维码")
    page.click("[data-stop]")
    # Without a camera: the number, typed, with the same result and no other page.
    page.fill("[name=ticket]", third[1])
    page.keyboard.press("Enter")
    expect(panel).to_contain_text(third[1])
    panel.get_by_role("button", name="一致，迟到入场").click()
    expect(page.locator("[data-told]")).to_contain_text("请核对下一位")
    expect(page.locator(f"tr:has-text('{third[1]}') [data-check]")).to_contain_text("迟到入场")
    page.set_input_files(
        "[name=photo]", {"name": "t.png", "mimeType": "image/png", "buffer": first[2]}, timeout=5000
    )
    page.locator("form:has([name=photo])").evaluate("(form) => form.requestSubmit()")
    expect(panel).to_contain_text("已登记")
    expect(panel).to_contain_text(first[1])
    assert page.url.endswith("/door")
    assert not faults, faults
