"""The line breaks at every step, the browser is killed, time moves: no answer lost, none doubled."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, Page, Route, expect
from sqlalchemy import delete

from app import clock
from app.demo import PASSWORD
from app.exams import pausing, time_account
from app.extensions import db
from app.models.people import User, UserSession
from app.models.room import RoomMessage
from tests.journeys import looking
from tests.journeys.hall import (
    attempt_of,
    attempt_row,
    choose,
    end_in,
    events_of,
    start,
)
from tests.journeys.visiting import PHONE, Site, Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
Book = Callable[..., str]
SAVES = "**/exams/attempts/*/answers*"


def hurry(page: Page) -> None:
    """Say that the line is back, as the browser does; so no test waits for the pause to be over.

    The page may have found out by itself and gone on to the receipt already.
    """
    try:
        page.evaluate("dispatchEvent(new Event('online'))")
    except Error as error:
        if "navigation" not in str(error):
            raise


def lose_the_reply(route: Route) -> None:
    """Let the server take the delivery, and let the page never hear of it."""
    route.fetch()
    route.abort()


def take_whatever(page: Page, place: int) -> None:
    """Answer a question of any kind of the demonstration's paper."""
    labels = page.locator("#choices label")
    labels.nth(place % labels.count()).click()


def all_sent(page: Page) -> None:
    """Wait until the page says that nothing waits."""
    hurry(page)
    expect(page.locator("[data-signs]")).to_contain_text("已保存", timeout=20_000)
    expect(page.locator("[data-signs]")).not_to_contain_text("手机里")


def test_cut_at_every_step(visit: Visit, book: Book, inside: Flask) -> None:
    """Thirty questions; at each one the line breaks before, while, or after an answer goes out."""
    login = book()
    visitor = visit()
    page = start(visitor, login)
    for number in range(1, 31):
        expect(page.locator("#position")).to_have_text(f"{number} / 30")
        cut = number % 3
        if cut == 0:
            visitor.context.set_offline(True)
        else:
            page.route(SAVES, lose_the_reply if cut == 1 else lambda route: route.abort())
        take_whatever(page, number)
        expect(page.locator("#choices input:checked").first).to_be_attached()
        if number % 5 == 0:
            page.click("text=清空本题")
            take_whatever(page, number + 1)
        page.click("#next")
        page.unroute_all(behavior="wait")
        visitor.context.set_offline(False)
        if number % 10 == 0:
            hurry(page)
    page.evaluate("location.hash = 'hand-in'")
    visitor.context.set_offline(True)
    page.check("#hand-in-form input[type=checkbox]")
    page.click("#hand-in-send")
    expect(page.locator("#hand-in-held")).to_be_visible(timeout=20_000)
    visitor.context.set_offline(False)
    hurry(page)
    expect(page.locator("#hand-in-held")).to_be_hidden(timeout=20_000)
    page.click("#hand-in-send")
    page.wait_for_url("**/receipt")
    state, given = attempt_of(inside, login)
    assert (state, len(given)) == ("handed_in", 30)
    events = events_of(inside, login)
    # Thirty answers, and six questions cleared and answered again: each change once, in order.
    assert [sequence for _epoch, sequence, _slot, _late in events] == list(range(1, 43))
    assert not any(late for *_, late in events)


def kill(folder: Path) -> None:
    """Kill the browser that this test started on a folder of its own, as a phone does: at once."""
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        if entry.name.isdecimal() and f"--user-data-dir={folder}" in words:
            os.kill(int(entry.name), signal.SIGKILL)


def test_killed(chromium: Browser, site: Site, book: Book, inside: Flask, tmp_path: Path) -> None:
    """Offline answers survive the death of the browser; the person lands on the same question."""
    login = book()
    options = {"viewport": PHONE, "locale": "zh-CN", "args": ["--no-sandbox"]}
    launch = chromium.browser_type.launch_persistent_context
    program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    first = launch(str(tmp_path), executable_path=program, **options)
    page = start(Visitor(first, site), login)
    choose(page, 0)
    for _step in range(2):
        page.click("#next")
    first.set_offline(True)
    take_whatever(page, 1)
    expect(page.locator("#saved-line")).to_contain_text("待送出")
    cookies, address = first.cookies(), page.url.split("?")[0]
    kill(tmp_path)
    second = launch(str(tmp_path), executable_path=program, **options)
    # Chromium writes cookies down twice a minute; a phone has had them for longer than this test.
    second.add_cookies(cookies)
    again = second.new_page()
    again.goto(address)
    again.wait_for_selector("body[data-ready=yes]")
    expect(again.locator("#position")).to_have_text("3 / 30")
    expect(again.locator("#choices input").nth(1)).to_be_checked()
    all_sent(again)
    assert attempt_of(inside, login)[1].keys() == {1, 3}
    second.close()


def test_swipe_back_and_no_sign_in(visit: Visit, book: Book, inside: Flask) -> None:
    """Back stays on the paper; past it, and with the sign-in gone, the way leads to the question."""
    login = book()
    visitor = visit()
    page = start(visitor, login)
    page.click("#next")
    choose(page, 0)
    page.go_back()
    expect(page.locator("#position")).to_have_text("2 / 30")
    with attempt_row(inside, login) as attempt:
        sessions = delete(UserSession).where(UserSession.user_id == attempt.user_id)
        from_here = f"/exams/sit/{attempt.booking_id}"
        db.session.execute(sessions)
    choose(page, 1)
    visitor.open(from_here)
    page.wait_for_selector("body[data-ready=yes]")
    expect(page.locator("#position")).to_have_text("2 / 30")
    expect(page.locator("#choices input").nth(1)).to_be_checked()
    page.evaluate("location.hash = 'hand-in'")
    page.check("#hand-in-form input[type=checkbox]")
    page.click("#hand-in-send")
    page.wait_for_url("**/receipt")
    assert "2" in page.inner_text("main")
    assert attempt_of(inside, login) == ("handed_in", {2: "o2"})


def test_two_tabs_without_storage_events(
    chromium: Browser, site: Site, book: Book, inside: Flask
) -> None:
    """Where localStorage is blocked the channel tells the older tab; both share one journal."""
    login = book()
    context = chromium.new_context(viewport=PHONE, locale="zh-CN")
    context.add_init_script("Storage.prototype.setItem = () => { throw new Error('blocked'); };")
    first = start(Visitor(context, site), login)
    context.set_offline(True)
    take_whatever(first, 0)
    expect(first.locator("#saved-line")).to_contain_text("待送出")
    context.set_offline(False)
    second = context.new_page()
    second.goto(first.url)
    second.wait_for_selector("body[data-ready=yes]")
    expect(first.locator("#locked-words")).to_contain_text("另一个页面")
    expect(second.locator("#choices input").first).to_be_checked()
    all_sent(second)
    second.click("#next")
    choose(second, 2)
    assert attempt_of(inside, login)[1].keys() == {1, 2}
    sequences = [sequence for _epoch, sequence, *_ in events_of(inside, login)]
    assert sequences == [1, 2]
    context.close()


def test_time_added_while_idle(visit: Visit, book: Book, inside: Flask) -> None:
    """Nobody touches the page: within thirty seconds the clock shows the new end, with its reason."""
    login = book()
    page = start(visit(), login)
    before = page.evaluate("document.querySelector('[data-clock] b').textContent")
    assert int(before.split(":")[0]) < 31
    began = time.monotonic()
    with attempt_row(inside, login) as attempt:
        actor = db.session.get_one(User, attempt.user_id)
        time_account.add_time([attempt], "person", 7, "停电", actor=actor, now=clock.now())
    expect(page.locator("[data-clock] b")).to_have_text(re.compile("^3[67]:"), timeout=30_000)
    assert time.monotonic() - began < 30
    page.click("[data-clock]")
    assert "停电" in page.inner_text("#account")
    assert "37:00" in page.inner_text("#account .sum")


@pytest.mark.parametrize("act", ["added", "paused"])
def test_more_time_in_the_last_seconds(visit: Visit, book: Book, inside: Flask, act: str) -> None:
    """What the page has not heard of yet counts: at its zero it asks, and goes on where there is time."""
    login = book()
    page = start(visit(), login)
    choose(page, 0)
    end_in(inside, login, 800)
    hurry(page)
    expect(page.locator("[data-clock] [data-when=soon]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    end_in(inside, login, 12)
    hurry(page)
    expect(page.locator("[data-clock] [data-when=last]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.locator("[data-clock] b")).to_have_text("0:05", timeout=15_000)
    with attempt_row(inside, login) as attempt:
        actor, now = db.session.get_one(User, attempt.user_id), clock.now()
        if act == "added":
            time_account.add_time([attempt], "person", 5, "停电", actor=actor, now=now)
        else:
            pausing.pause([attempt], "火警", actor=actor, now=now)
    with page.expect_navigation(timeout=20_000):  # nobody told the page before its own zero
        pass
    page.wait_for_selector("body[data-ready=yes]")
    assert "/receipt" not in page.url
    assert attempt_of(inside, login)[0] == "open"
    if act == "added":
        expect(page.locator("[data-clock] b")).to_have_text(re.compile("^[45]:"))
        choose(page, 1)
    else:
        expect(page.locator("#paused")).to_contain_text("火警")
        expect(page.locator("[data-clock] b")).to_have_text(re.compile("^0:0[1-9]"))


def test_a_slow_line_does_not_hurry_the_clock(visit: Visit, book: Book, inside: Flask) -> None:
    """A delivery that took seconds on its way up does not make the page's clock run fast."""
    login = book()
    page = start(visit(), login)
    hurry(page)
    choose(page, 0)

    def slowly(route: Route) -> None:
        page.wait_for_timeout(6000)
        route.continue_()

    page.route(SAVES, slowly, times=1)
    page.locator("#choices label").nth(1).click()
    with page.expect_response(SAVES, timeout=20_000) as answer:
        pass
    told = answer.value.json()
    shown = page.evaluate("document.querySelector('[data-clock] b').textContent")
    minutes, seconds = map(int, shown.split(":"))
    assert (told["deadline"] - told["now"]) / 1000 - (60 * minutes + seconds) < 2


def test_pause_and_message(visit: Visit, book: Book, inside: Flask) -> None:
    """The invigilator stops the clock and says something; the page says so and goes on by itself."""
    login = book()
    page = start(visit(), login)
    session = db.session
    with attempt_row(inside, login) as attempt:
        actor = session.get_one(User, attempt.user_id)
        pausing.pause([attempt], "消防演习", actor=actor, now=clock.now())
        sitting, person = attempt.sitting_id, attempt.user_id
        message = RoomMessage(
            sitting_id=sitting,
            attempt_id=attempt.id,
            text="请坐在原位",
            by_id=person,
            at=clock.now(),
        )
        session.add(message)
    hurry(page)
    expect(page.locator("#paused")).to_contain_text("消防演习")
    expect(page.locator("#choices input").first).to_be_disabled()
    expect(page.locator("[data-clock-label]")).to_have_text("已暂停")
    expect(page.locator("#room-messages")).to_contain_text("请坐在原位")
    assert not looking.faults(page)
    page.click("#room-messages button")
    with attempt_row(inside, login) as attempt:
        pausing.resume([attempt], actor=session.get_one(User, attempt.user_id), now=clock.now())
    hurry(page)
    expect(page.locator("#paused")).to_be_hidden()
    choose(page, 0)
    page.reload()
    page.wait_for_selector("body[data-ready=yes]")
    expect(page.locator("#room-messages")).to_be_empty()


@pytest.mark.parametrize("late", [False, True])
def test_time_ends_offline(visit: Visit, book: Book, inside: Flask, late: bool) -> None:
    """At zero without a line the page says what will count; the grace decides when it is back."""
    login = book()
    visitor = visit()
    page = start(visitor, login)
    choose(page, 0)
    page.click("#next")
    with attempt_row(inside, login) as attempt:
        attempt.grace_seconds = 1 if late else 60
    end_in(inside, login, 5)
    hurry(page)
    expect(page.locator("[data-clock] b")).to_have_text("0:03", timeout=10_000)
    visitor.context.set_offline(True)
    take_whatever(page, 1)
    expect(page.locator("#time-up")).to_be_visible(timeout=10_000)
    expect(page.locator("#time-up-words")).to_contain_text("秒内送到的算数", timeout=15_000)
    expect(page.locator("#choices input").first).to_be_disabled()
    page.wait_for_timeout(3000 if late else 0)  # until the grace is over
    visitor.context.set_offline(False)
    hurry(page)
    page.wait_for_url("**/receipt", timeout=30_000)
    state, given = attempt_of(inside, login)
    assert state == "handed_in"
    assert given.keys() == ({1} if late else {1, 2})
    assert [one[3] for one in events_of(inside, login)] == [False, late]


def test_rescued_by_file(visit: Visit, book: Book, inside: Flask, tmp_path: Path) -> None:
    """What cannot be sent goes to the invigilator as a sealed file, and is taken in once."""
    login = book()
    visitor = visit()
    page = start(visitor, login)
    visitor.context.set_offline(True)
    take_whatever(page, 1)
    page.click("#next")
    take_whatever(page, 0)
    page.click("text=一直连不上怎么办")
    expect(page.locator("#rescue-count")).to_contain_text("2")
    with page.expect_download() as download:
        page.click("#rescue-save")
    file = tmp_path / "answers.peizhen"
    download.value.save_as(file)
    assert "o2" not in file.read_text()
    invigilator = visit()
    invigilator.sign_in("invigilator")
    with attempt_row(inside, login) as attempt:
        address = f"/exams/rooms/{attempt.sitting_id}/rescue"
    invigilator.open(address).set_input_files("#rescue-file", file)
    invigilator.follow("main form[enctype] button")
    assert "算数的 2 条" in invigilator.page.inner_text("main")
    assert not looking.faults(invigilator.page)
    assert attempt_of(inside, login)[1].keys() == {1, 2}
    page.keyboard.press("Escape")
    visitor.context.set_offline(False)
    all_sent(page)
    assert [sequence for _epoch, sequence, *_ in events_of(inside, login)] == [1, 2]
    assert PASSWORD not in file.read_text()


def test_remark_and_look(visit: Visit, book: Book, inside: Flask) -> None:
    """A remark is kept while the line is down and goes by itself; the screen's look is remembered."""
    login = book(large_type=True)
    visitor = visit()
    page = start(visitor, login)
    expect(page.locator("html")).to_have_attribute("data-type", "large")
    page.click("a[href='#display']")
    page.locator("#display-form label", has_text="宽松").click()
    page.locator("#display-form label", has_text="标准").first.click()
    page.locator("#display-form label", has_text="更强").click()
    page.keyboard.press("Escape")
    visitor.context.set_offline(True)
    page.click("a[href='#remark']")
    page.fill("#remark-text", "乙和丙说的是一回事")
    page.click("#remark-form button")
    expect(page.locator("#remark-state")).to_contain_text("连上后自动送出")
    page.keyboard.press("Escape")
    visitor.context.set_offline(False)
    hurry(page)
    page.click("a[href='#remark']")
    expect(page.locator("#remark-state")).to_contain_text("已送到")
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_selector("body[data-ready=yes]")
    html = page.locator("html")
    expect(html).to_have_attribute("data-spacing", "wide")
    expect(html).to_have_attribute("data-contrast", "more")
    assert html.get_attribute("data-type") is None
    assert not looking.faults(page)


def test_a_part_ends(visit: Visit, book: Book, inside: Flask) -> None:
    """A part with its own time shows its own clock; at its end the next one begins, and it is shut."""
    login = book()
    page = start(visit(), login)
    choose(page, 0)
    with attempt_row(inside, login) as attempt:
        left = (attempt.deadline_at - clock.now()).total_seconds()
        first = {"title": "第一部分", "title_en": "Part one", "first": 1, "last": 10}
        second = {"title": "第二部分", "title_en": "Part two", "first": 11, "last": 30}
        attempt.sections = [{**first, "before": round(left) - 4}, {**second, "before": 0}]
    hurry(page)
    expect(page.locator("#part-clock")).to_contain_text("第一部分 剩余")
    expect(page.locator("#position")).to_have_text("11 / 30", timeout=15_000)
    expect(page.locator("#part-clock")).to_contain_text("第二部分 剩余")
    choose(page, 1)
    page.evaluate("location.hash = 'answer-grid'")
    page.click("#grid-cells a[href='?q=1']")
    expect(page.locator("#part-clock")).to_contain_text("这一部分不能再改")
    expect(page.locator("#choices input").first).to_be_disabled()
    assert not looking.faults(page)
    assert attempt_of(inside, login)[1].keys() == {1, 11}
