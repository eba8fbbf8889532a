"""An exam in WebKitGTK with IndexedDB throwing and no unload events: what WeChat on weak phones is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from app.demo import PASSWORD
from tests.journeys import webkit
from tests.journeys.hall import attempt_of, events_of
from tests.journeys.visiting import PHONE, Site
from tests.journeys.webkit import WebKit
from tests.live import free_port, running

pytestmark = pytest.mark.browser
SIGNS = "document.querySelector('[data-signs]').textContent"
SAVED = "document.getElementById('saved-line').textContent"
POSITION = "document.getElementById('position').textContent"


@pytest.fixture
def phone() -> Iterator[WebKit]:
    """A WebKit window of a phone's size."""
    why = webkit.why_missing()
    if why:
        pytest.skip(why)
    with webkit.webkit() as window:
        window.size(PHONE["width"], PHONE["height"])
        yield window


@pytest.fixture
def hindered(site: Site) -> Iterator[str]:
    """The same installation, served to a weak browser."""
    port = free_port()
    with running(site.environment, port, module="tests.journeys.hindered:app") as address:
        yield address


def begin(phone: WebKit, address: str, login: str) -> None:
    """Sign in, read what the waiting room found out, start."""
    phone.open(f"{address}/sign-in")
    phone.fill("input[name=login]", login)
    phone.fill("input[name=password]", PASSWORD)
    phone.click("main button.btn--first")
    phone.until("!location.pathname.startsWith('/sign-in')")
    phone.open(f"{address}/exams/mine")
    phone.click("main a[href*='/exams/sit/']")
    phone.until("document.querySelector('[data-check=storage]').dataset.outcome === 'local'")
    phone.until("document.querySelector('[data-check=line]').dataset.outcome")
    phone.click("[name=rules]")
    phone.click("form[action$='/start'] button")
    phone.until("document.body.dataset.ready === 'yes'")


def test_a_weak_browser(
    phone: WebKit, hindered: str, site: Site, book: Callable[..., str], inside: Flask
) -> None:
    """Answers wait in localStorage over a reload and a swipe back, and go when the line is back."""
    login = book()
    begin(phone, hindered, login)
    phone.click("#choices label", 1)
    phone.until(f"{SAVED}.includes('已保存')")
    cut = site.folder / "line-cut"
    cut.touch()
    phone.click("#next")
    phone.until(f"{POSITION} === '2 / 30'")
    phone.click("#choices label", 0)
    phone.until(f"{SAVED}.includes('待送出')")
    phone.reload()
    phone.until("document.body.dataset.ready === 'yes'")
    phone.until(f"{POSITION} === '2 / 30' && {SAVED}.includes('待送出')")
    assert phone.run("return document.querySelector('#choices input').checked")
    phone.back()
    phone.until("document.body.dataset.ready === 'yes'")
    phone.until(f"{POSITION} === '2 / 30'")
    # Deaf to every goodbye: the page is torn away in the middle of a change.
    phone.click("#choices label", 2)
    phone.open(f"{hindered}/health")
    cut.unlink()
    phone.back()
    phone.until("document.body.dataset.ready === 'yes'")
    phone.run("dispatchEvent(new Event('online'))")
    phone.until(f"{SAVED}.includes('已保存') && !{SIGNS}.includes('手机里')")
    assert attempt_of(inside, login)[1] == {1: "o2", 2: "o3"}
    assert [sequence for _epoch, sequence, *_ in events_of(inside, login)] == [1, 2, 3]
    phone.run("location.hash = 'hand-in'")
    phone.until("document.getElementById('hand-in').open")
    phone.click("#hand-in-form input[type=checkbox]")
    phone.click("#hand-in-send")
    phone.until("location.pathname.endsWith('/receipt')")
    assert attempt_of(inside, login)[0] == "handed_in"
