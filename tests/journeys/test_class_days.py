"""The days of a class in a browser: a messy list, own links, the changing code, the roll off line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from app.clock import SHANGHAI
from tests.app.training import people_sheets as sheets
from tests.journeys import looking
from tests.journeys.conftest import DESK, PHONE, Visitor, follow
from tests.journeys.test_whole_chain import today

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
PASSWORD = "hao-ji-de-mima-2026"
CLASS = "名单班"
PEOPLE = 130


def open_class(manager: Visitor) -> str:
    """Open a class, give it a room, a timetable by one click, and one more half day: now."""
    page = manager.open("/classes/rooms")
    page.fill("[name=name]", "旅程 301")
    page.fill("[name=seats]", "140")
    follow(page, "text=登记这间教室")
    manager.open("/classes/new")
    page.fill("[name=title]", CLASS)
    page.select_option("[name=organisation]", label="江畔示例培训中心")
    page.select_option("[name=district]", label="杨浦区")
    page.fill("[name=starts_on]", today(1))
    page.fill("[name=ends_on]", today(14))
    page.fill("[name=capacity]", str(PEOPLE))
    follow(page, "main button.btn--first")
    class_id = urlsplit(page.url).path.rpartition("/")[2]
    page.select_option("[name=room]", label="旅程 301（140）")
    follow(page, "text=按课程排好时间表")
    assert page.locator("a[href*='/meetings/']").count() == 9
    manager.open(f"/classes/{class_id}/edit")
    page.fill("[name=starts_on]", today())
    follow(page, "main button:has-text('保存')")
    now = datetime.now(SHANGHAI)
    midnight, latest = now.replace(hour=0, minute=0), now.replace(hour=20, minute=0)
    begins = max(midnight, min(now - timedelta(minutes=5), latest))
    manager.open(f"/classes/{class_id}/timetable/add")
    page.fill("[name=title]", "试听")
    page.fill("[name=day]", f"{begins:%Y-%m-%d}")
    page.fill("[name=begins]", f"{begins:%H:%M}")
    page.fill("[name=ends]", f"{begins + timedelta(hours=3, minutes=59):%H:%M}")
    page.fill("[name=hours]", "2")
    follow(page, "main button:has-text('保存')")
    return class_id


def import_people(manager: Visitor, class_id: str) -> dict[str, str]:
    """Take 130 people and one faulty row from a messy workbook; returns links by name."""
    page = manager.open(f"/enrol-group/{class_id}")
    faulty = ["吴错", sheets.number(999)[:-1], "123", "", "", ""]
    data = sheets.messy([*sheets.people(PEOPLE), faulty])
    page.set_input_files(
        "input[type=file]",
        {"name": "名单.xlsx", "mimeType": "application/octet-stream", "buffer": data},
    )
    follow(page, "text=读出来检查")
    assert "第 135 行" in manager.text()
    page.set_viewport_size(PHONE)
    assert not looking.faults(page)
    page.set_viewport_size(DESK)
    follow(page, "text=给这些人报名")
    assert f"报名 {PEOPLE} 人" in manager.text()
    answer = page.request.get(f"{manager.site.address}/enrol-group/{class_id}/links.csv")
    rows = csv.DictReader(io.StringIO(answer.text().removeprefix("\ufeff")))
    return {row["姓名"]: urlsplit(row["报名链接"]).path for row in rows}


def enrol(trainee: Visitor, links: dict[str, str], order: int) -> None:
    """Open one's own link, state the number of the list, consent, be in the class."""
    page = trainee.open(links[sheets.person(order)[0]])
    assert not looking.faults(page)
    page.fill("[name=phone]", sheets.person(order)[2])
    page.fill("[name=password]", PASSWORD)
    page.check("[name=service]")
    page.check("[name=identity]")
    follow(page, "main button.btn--first")
    assert page.url.endswith("/my-class"), trainee.text()
    assert CLASS in trainee.text()


def scanned(screen: Page) -> str:
    """Read the code from a picture of the instructor's screen; returns its path."""
    picture = Image.open(io.BytesIO(screen.screenshot()))
    (found,) = zxingcpp.read_barcodes(picture)
    return urlsplit(found.text).path


def wait_for_next_code(screen: Page) -> None:
    """Wait until the screen shows another code."""
    before = screen.get_attribute("[data-image]", "src")
    screen.wait_for_function(
        "before => document.querySelector('[data-image]').src !== before", arg=before
    )


def test_class_days(visit: Visit) -> None:
    """From the list to attendance."""
    manager = visit(desk=True)
    manager.sign_in("training")
    class_id = open_class(manager)
    links = import_people(manager, class_id)
    assert len(links) == PEOPLE
    first, second = visit(), visit()
    enrol(first, links, 1)
    enrol(second, links, 2)

    page = manager.open(f"/classes/{class_id}")
    follow(page, "a[href*='/presence/'] >> nth=0")
    hub = urlsplit(page.url).path
    manager.open(f"{hub}/screen/in")
    wait_for_next_code(page)
    code = scanned(page)
    assert not looking.faults(first.open(code))
    follow(first.page, "main button:has-text('签到')")
    assert "签到好了" in first.text()
    wait_for_next_code(page)  # the photographed code goes to a friend
    wait_for_next_code(page)
    assert "当场再扫一次" in second.open(code).inner_text("main")
    expect(page.locator("[data-signed]")).to_have_text("1")

    call_roll(manager, hub)
    manager.open(hub)
    assert sheets.person(2)[0] in manager.text()
    assert "90 分钟" in manager.text()
    assert "90 / 90" in second.open("/my-class").inner_text("main")


def call_roll(manager: Visitor, hub: str) -> None:
    """Tap while the network is down, reload nothing, and see it arrive when it is back."""
    page = manager.open(f"{hub}/roll")
    state = page.locator("[data-state]")
    expect(state).to_contain_text("都送到了")
    manager.context.set_offline(True)
    row = page.locator(f"[data-person]:has-text('{sheets.person(2)[0]}')")
    row.locator("label:has-text('到')").first.click()
    expect(state).to_contain_text("还有 1 条")
    manager.context.set_offline(False)
    expect(state).to_contain_text("都送到了")
