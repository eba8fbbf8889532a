"""Ordering, pairing, blanks and numbers on a phone: by touch, by keyboard, off the line, without script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app import clock, create_app
from app.accounts import passwords
from app.config import Settings
from app.demo import PASSWORD
from app.exams.answers import standing
from app.extensions import db
from app.models.exams import AnswerEvent, Attempt
from app.models.people import User
from tests.app.exams import hall as halls
from tests.app.exams import kinds
from tests.journeys import looking
from tests.journeys.conftest import PHONE, Site, Visitor, follow
from tests.live import demo_environment, free_port, running

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
SAVED = "已保存"
SILENT_STORE = """
  const begin = IDBDatabase.prototype.transaction;
  const store = { put() {}, delete() {}, get: () => ({}), getAll: () => ({}) };
  IDBDatabase.prototype.transaction = function (...given) {
    return window.silent ? { objectStore: () => store } : begin.apply(this, given);
  };
"""
"""IndexedDB that from a moment on neither succeeds nor fails."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation with one open exam that asks every kind, for candidates seat1 to seat7."""
    folder = tmp_path_factory.mktemp("kinds")
    port = free_port()
    environment = demo_environment(folder, port)
    app = create_app(Settings.from_env(environment))
    password_hash = passwords.make_hash(PASSWORD)
    with app.app_context():
        db.create_all()
        begun = clock.now() - timedelta(minutes=1)
        hall = halls.build(app, 7, content=kinds.content(), opens=begun)
        hall.sitting.unlocked_at = begun
        for seat, person_id in enumerate(hall.candidates, 1):
            person = db.session.get_one(User, person_id)
            person.login_name, person.password_hash = f"seat{seat}", password_hash
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    with running(environment, port) as address:
        yield Site(address, folder, environment)


@pytest.fixture(scope="module")
def inside(site: Site) -> Flask:
    """The served installation's application, for looking at its rows."""
    return create_app(Settings.from_env(site.environment))


class Sheet:
    """A candidate's paper: which number asks what, and what the server has of it."""

    def __init__(self, inside: Flask, login: str) -> None:
        self.inside, self.login = inside, login

    def _look(self, see: Callable[[Attempt], Any]) -> Any:
        with self.inside.app_context():
            of_user = select(Attempt).join(User, User.id == Attempt.user_id)
            attempt = db.session.scalars(of_user.where(User.login_name == self.login)).one()
            seen = see(attempt)
            db.session.remove()
            return seen

    def items(self) -> dict[str, dict[str, Any]]:
        """Return the items of the paper, by kind; of the case its blank as `case`."""
        shown = self._look(lambda attempt: attempt.paper.shown)
        alone = {group["kind"]: group["items"][0] for group in shown}
        return alone | {"case": alone["case_set"]}

    def given(self) -> dict[int, Any]:
        """Return what counts on the server."""
        return dict(self._look(standing))

    def changes(self) -> int:
        """Return how many changes the server's journal holds."""
        return int(
            self._look(
                lambda attempt: len(
                    db.session.scalars(
                        select(AnswerEvent.sequence).where(AnswerEvent.attempt_id == attempt.id)
                    ).all()
                )
            )
        )

    def state(self) -> str:
        """Return the attempt's state."""
        return str(self._look(lambda attempt: attempt.state))


def start(visitor: Visitor, login: str) -> Page:
    """Sign in and start the exam."""
    visitor.sign_in(login)
    page = visitor.open("/exams/mine")
    follow(page, "text=进入候考页")
    expect(page.locator("[data-check=media] [data-said]")).to_contain_text("都取来了")
    page.check("[name=rules]")
    page.click("text=开始答题")
    page.wait_for_selector("body[data-ready=yes]")
    return page


def go(page: Page, number: int) -> None:
    """Jump to a question through the grid, and wait until it is drawn: also to the one at hand.

    A press while it is being drawn anew would begin on one button and end on another.
    """
    page.locator("#question-title").evaluate("title => title.setAttribute('data-before', '')")
    page.click("a[href='#answer-grid']")
    page.locator("#grid-cells a.cell").nth(number - 1).click()
    expect(page.locator("#question-title:not([data-before])")).to_have_count(1)
    expect(page.locator("#position")).to_have_text(f"{number} / {kinds.SLOTS}")


def saved(page: Page) -> None:
    """See the question on the screen stored."""
    expect(page.locator("#saved-line")).to_contain_text(SAVED)


def texts(item: dict[str, Any], side: str) -> dict[str, str]:
    """Return label by text of one side of an item."""
    return {one["text"]: one["id"] for one in item[side]}


def test_by_touch_with_the_line_cut(visit: Visit, inside: Flask) -> None:
    """Every kind by touch; a typed answer counts as saved only when the server has it."""
    visitor = visit()
    page = start(visitor, "seat1")
    sheet = Sheet(inside, "seat1")
    items = sheet.items()
    expect(page.locator("#question img").first).to_have_js_property("naturalWidth", 320)

    go(page, items["ordering"]["number"])
    order = texts(items["ordering"], "items")
    assert sheet.given() == {}
    page.get_by_role("button", name="就按这个次序").click()
    saved(page)
    assert sheet.given()[items["ordering"]["number"]] == list(order.values())
    for place, words in enumerate(("取号", "候诊", "就诊", "取药")):
        page.select_option(f"select[aria-label='“{words}”的位次']", str(place))
    page.click("button[aria-label='“取药”往前移']")
    page.click("button[aria-label='“取药”往后移']")
    saved(page)
    right_order = [order[words] for words in ("取号", "候诊", "就诊", "取药")]

    go(page, items["fill_in"]["number"])
    expect(page.locator(".blank")).to_have_count(2)
    visitor.context.set_offline(True)
    page.fill("#answer-b1", "签到")
    expect(page.locator("#answer-note")).to_have_text("还有 1 空没填")
    expect(page.locator("#saved-line")).to_contain_text("待送出")
    page.fill("#answer-b2", "候诊")
    go(page, items["matching"]["number"])
    right = texts(items["matching"], "right")
    for left, words in (("l1", "药房"), ("l2", "检验科"), ("l3", "收费处")):
        page.select_option(f"#answer-{left}", right[words])
    expect(page.locator("#saved-line")).to_contain_text("待送出")
    go(page, 1)
    expect(page.locator("#question img").first).to_have_js_property("naturalWidth", 320)
    go(page, items["fill_in"]["number"])
    expect(page.locator("#answer-b2")).to_have_value("候诊")
    assert items["fill_in"]["number"] not in sheet.given()
    visitor.context.set_offline(False)
    page.reload()
    page.wait_for_selector("body[data-ready=yes]")
    expect(page.locator("[data-signs]")).to_contain_text(SAVED, timeout=20_000)
    assert sheet.given() == {
        items["ordering"]["number"]: right_order,
        items["fill_in"]["number"]: {"b1": "签到", "b2": "候诊"},
        items["matching"]["number"]: {
            "l1": right["药房"],
            "l2": right["检验科"],
            "l3": right["收费处"],
        },
    }
    go(page, items["fill_in"]["number"])  # where one was is noted a moment after one went there
    with page.expect_response("**/answers"):
        page.click("text=清空本题")
    expect(page.locator("#answer-b1")).to_have_value("")
    assert items["fill_in"]["number"] not in sheet.given()
    hand_in(page)
    assert sheet.state() == "handed_in"


def test_a_page_made_before_the_answer_was_stored(visit: Visit, inside: Flask) -> None:
    """Loaded anew while an answer is on its way: the page is older than the answer and shows it."""
    visitor = visit()
    page = start(visitor, "seat7")
    sheet = Sheet(inside, "seat7")
    number = sheet.items()["fill_in"]["number"]
    go(page, number)

    old = visitor.context.request.get(page.url)
    page.fill("#answer-b1", "签到")
    saved(page)
    page.route("**/paper?*", lambda route: route.fulfill(response=old))
    page.reload()
    page.wait_for_selector("body[data-ready=yes]")
    page.unroute("**/paper?*")
    assert sheet.given() == {number: {"b1": "签到"}}
    expect(page.locator("#answer-b1")).to_have_value("签到")
    page.fill("#answer-b1", "取号")
    saved(page)
    assert sheet.given() == {number: {"b1": "取号"}}
    expect(page.locator("#warning-doubled")).to_be_hidden()


def hand_in(page: Page) -> None:
    """Hand in through the sheet."""
    page.evaluate("location.hash = 'hand-in'")
    page.check("#hand-in-form input[type=checkbox]")
    page.click("#hand-in-send")
    page.wait_for_url("**/receipt")


def test_by_keyboard_alone(visit: Visit, inside: Flask) -> None:
    """No pointer: moving rows, choosing pairs, typing; what is no number is said and kept."""
    visitor = visit()
    page = start(visitor, "seat2")
    sheet = Sheet(inside, "seat2")
    items = sheet.items()
    keys = page.keyboard

    go(page, items["ordering"]["number"])
    shown = [one["id"] for one in items["ordering"]["items"]]
    page.locator("button[aria-label$='往后移']").first.focus()
    keys.press("Enter")
    expect(page.locator("#spoken")).to_contain_text("移到第 2 位")
    keys.press("Space")  # the button moved along with its row and kept the focus
    expect(page.locator("#spoken")).to_contain_text("移到第 3 位")
    saved(page)
    moved = [shown[1], shown[2], shown[0], shown[3]]
    assert sheet.given()[items["ordering"]["number"]] == moved

    go(page, items["numeric"]["number"])
    keys.press("Tab")
    page.focus("#answer-number")
    keys.type("120")
    keys.press("Tab")
    saved(page)
    page.focus("#answer-number")
    keys.press("End")
    keys.type("abc")
    keys.press("Tab")
    expect(page.locator("#answer-error")).to_contain_text("单位只能写mmHg")
    expect(page.locator("#answer-error")).to_contain_text("存着的仍是“120”")
    keys.press("Shift+Tab")
    page.fill("#answer-number", "很多")
    keys.press("Tab")
    expect(page.locator("#answer-error")).to_contain_text("这里要填数字")
    page.reload()
    page.wait_for_selector("body[data-ready=yes]")
    expect(page.locator("#answer-number")).to_have_value("很多")
    expect(page.locator("#answer-error")).to_contain_text("这里要填数字")
    assert sheet.given()[items["numeric"]["number"]] == "120"

    go(page, items["matching"]["number"])
    page.focus("#answer-l2")
    keys.press("ArrowDown")
    expect(page.locator("#answer-note")).to_have_text("还有 2 项没有配")
    saved(page)
    page.evaluate("location.hash = 'hand-in'")
    partly = sorted((items["numeric"]["number"], items["matching"]["number"]))
    expect(page.locator("#hand-in-partly")).to_contain_text(
        f"第 {partly[0]}、{partly[1]} 题没有填完"
    )


def test_every_kind_fits_and_reads(visit: Visit, inside: Flask) -> None:
    """At 360 px, in light and dark, ordinary and large type: nothing too wide, small or unnamed."""
    page = start(visit(), "seat3")
    found = []
    for number in range(1, kinds.SLOTS + 1):
        go(page, number)
        found += [f"{number}: {fault}" for fault in looking.layout_faults(page)]
        found += [f"{number}: {fault}" for fault in looking.access_faults(page)]
        looking.wear(page, dark=True, large=True)
        found += [f"{number}, large: {fault}" for fault in looking.layout_faults(page)]
        found += [f"{number}, dark: {f}" for f in looking.access_faults(page, "color-contrast")]
        looking.wear(page, dark=False, large=False)
    assert not found, found
    small = page.evaluate(
        "[...document.querySelectorAll('#answer :is(button, select, input:not([type=radio]))')]"
        ".filter(one => one.getBoundingClientRect().height < 44).length"
    )
    assert small == 0


@pytest.mark.parametrize(("seat", "early"), [("seat5", True), ("seat6", False)])
def test_a_silent_store(visit: Visit, inside: Flask, seat: str, early: bool) -> None:
    """What the device's store does not say, nobody waits for: answers are kept elsewhere and sent."""
    visitor = visit()
    visitor.page.add_init_script(SILENT_STORE + ("window.silent = true;" if early else ""))
    page = start(visitor, seat)
    page.evaluate("window.silent = true")
    sheet = Sheet(inside, seat)
    number = sheet.items()["numeric"]["number"]
    for value in ("120", "118"):
        go(page, number)
        page.fill("#answer-number", value)
        page.keyboard.press("Tab")
        saved(page)
        assert sheet.given()[number] == value
    page.reload()
    page.wait_for_selector("body[data-ready=yes]")
    go(page, number)
    expect(page.locator("#answer-number")).to_have_value("118")


def test_without_script(chromium: Browser, site: Site, inside: Flask) -> None:
    """By form post alone: each kind answered, a malformed number said and kept."""
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    visitor = Visitor(context, site)
    visitor.sign_in("seat4")
    page = visitor.open("/exams/mine")
    follow(page, "text=进入候考页")
    page.check("[name=rules]")
    follow(page, "text=开始答题")
    sheet = Sheet(inside, "seat4")
    items = sheet.items()
    order, right = texts(items["ordering"], "items"), texts(items["matching"], "right")
    address = page.url.partition("?")[0]

    page.goto(f"{address}?q={items['ordering']['number']}")
    for place, words in enumerate(("取号", "候诊", "就诊", "取药"), 1):
        page.select_option(f"[name='value.{order[words]}']", str(place))
    follow(page, "text=保存，去下一题")
    page.goto(f"{address}?q={items['matching']['number']}")
    page.select_option("[name='value.l1']", right["药房"])
    follow(page, "text=保存，去下一题")
    page.goto(f"{address}?q={items['fill_in']['number']}")
    page.fill("[name='value.b2']", "候诊")
    follow(page, "text=保存，去下一题")
    page.goto(f"{address}?q={items['numeric']['number']}")
    page.fill("[name=value]", "一百二")
    follow(page, "text=保存，去下一题")
    assert "读不成一个数" in visitor.text()
    assert page.input_value("[name=value]") == "一百二"
    page.fill("[name=value]", "16 kPa")
    follow(page, "text=保存，去下一题")
    assert sheet.given() == {
        items["ordering"]["number"]: [order[words] for words in ("取号", "候诊", "就诊", "取药")],
        items["matching"]["number"]: {"l1": right["药房"]},
        items["fill_in"]["number"]: {"b2": "候诊"},
        items["numeric"]["number"]: "16 kPa",
    }
    context.close()
