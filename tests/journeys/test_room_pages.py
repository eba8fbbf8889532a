"""The invigilator's board while somebody writes, and a misconduct case: living rows, pages looked at."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app import clock
from app.demo.accounts import person
from app.exams import handing_in
from app.extensions import db
from app.models.people import User
from tests.journeys import hall, looking
from tests.journeys.conftest import PHONE, Visitor, follow

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


class Gallery:
    """Looks at pages and keeps their faults until the end of the journey."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def look(self, page: Page, name: str) -> None:
        """Look at the page as it stands, by day and by night."""
        found = looking.faults(page) + looking.faults_in_the_dark(page)
        self.faults += [f"{name}: {one}" for one in found]


def test_the_room(visit: Visit, book: Callable[..., str], inside: Flask) -> None:
    """A row changes by itself; an act says on whom; the candidate reads the message."""
    login, gallery = book(), Gallery()
    answering = hall.start(visit(), login)
    with hall.attempt_row(inside, login) as attempt:
        seat, sitting, attempt_id = attempt.booking.seat, attempt.sitting_id, attempt.id
    staff = visit()
    staff.sign_in("invigilator")
    board = staff.open(f"/exams/rooms/{sitting}")
    row = board.locator(f"#row-{seat}")
    expect(row).to_contain_text("0 / ")
    board.check(f"#row-{seat} input")
    hall.choose(answering, 1)
    expect(row).to_contain_text("1 / ", timeout=15_000)
    expect(board.locator(f"#row-{seat} input")).to_be_checked()
    gallery.look(board, "board")
    for width in (768, 820, 1024):  # a tablet in the hand
        board.set_viewport_size({"width": width, "height": 1180})
        assert board.evaluate("document.documentElement.scrollWidth") <= width
        assert board.locator(f"#row-{seat} a").bounding_box()["x"] < width - 60
        assert board.locator(f"#row-{seat} [data-deadline]").bounding_box()["height"] < 40
    board.set_viewport_size(PHONE)
    board.click(".act-bar >> text=留言")
    board.wait_for_url(re.compile("/messages"))
    gallery.look(board, "message")
    board.fill("[name=text]", "请把手机调成静音")
    follow(board, "main form button")
    expect(answering.locator("body")).to_contain_text("请把手机调成静音", timeout=45_000)
    staff.open(f"/exams/rooms/attempts/{attempt_id}/void")
    gallery.look(board, "void")
    assert not gallery.faults, "\n".join(gallery.faults)


def test_a_case(visit: Visit, book: Callable[..., str], inside: Flask) -> None:
    """Opened by the office, read and answered by the candidate."""
    login, gallery = book(), Gallery()
    candidate = visit()
    hall.start(candidate, login)
    with hall.attempt_row(inside, login) as attempt:
        actor = db.session.get_one(User, person("invigilator").id)
        handing_in.hand_in_for(attempt, "旅程测试", actor=actor, now=clock.now())
        attempt_id = attempt.id
    office = visit()
    office.sign_in("exams")
    page = office.open(f"/exams/cases/attempts/{attempt_id}")
    gallery.look(page, "open a case")
    page.fill("[name=allegation]", "考试中看手机")
    follow(page, "text=立案并告知考生")
    gallery.look(page, "case")
    gallery.look(office.open("/exams/cases"), "cases")
    own = candidate.open("/exams/my-cases")
    gallery.look(own, "own cases")
    follow(own, "main a.plain-link")
    gallery.look(own, "own case")
    own.fill("[name=text]", "手机一直在包里")
    follow(own, "text=提交申辩")
    expect(own.locator("main")).to_contain_text("手机一直在包里")
    assert not gallery.faults, "\n".join(gallery.faults)
