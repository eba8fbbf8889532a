"""The exam by keyboard alone, and every page on the way from the first question to the check page.

The rest of the pages are looked at in test_every_page.py; the broken line is travelled in
test_whole_chain.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import looking
from tests.journeys.conftest import Visitor, follow
from tests.journeys.ending import withdraw
from tests.journeys.test_whole_chain import RIGHT

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
MOST_TABS = 80

RING = """() => {
  const one = document.activeElement, ring = at => at && getComputedStyle(at).outlineStyle !== 'none';
  return ring(one) || ring(one.closest('label'));
}"""


class Gallery:
    """Looks at pages and keeps their faults until the end of the journey."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def look(self, page: Page, name: str) -> None:
        """Look at the page as it stands, by day and by night."""
        found = looking.faults(page) + looking.faults_in_the_dark(page)
        self.faults += [f"{name}: {one}" for one in found]


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus stands on an element, where it must be seen."""
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            assert page.evaluate(RING), f"the focus on {selector} cannot be seen"
            return
    raise AssertionError(f"Tab does not reach {selector}")


def begin(page: Page, look: Callable[[str], None]) -> None:
    """From the list of exams through the waiting room to the first question."""
    look("own exams")
    tab_to(page, "a[href*='/exams/sit/']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/exams/sit/"))
    look("waiting room")
    tab_to(page, "[name=rules]")
    page.keyboard.press("Space")
    tab_to(page, "main button.btn--first")
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-ready=yes]")
    look("question")


def answer(page: Page) -> None:
    """Choose the right options of the question at hand."""
    wanted = RIGHT[page.inner_text("#stem").strip()]
    texts = page.locator("#choices .choice__text").all_inner_texts()
    places = [number for number, text in enumerate(texts) if text.strip() in wanted]
    tab_to(page, "#choices input")
    if page.locator("#choices input[type=radio]").count():
        for _step in range(places[0]):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
    else:
        for number in range(len(texts)):
            if number in places:
                page.keyboard.press("Space")
            page.keyboard.press("Tab")
    for place in places:
        expect(page.locator("#choices input").nth(place)).to_be_checked()
    expect(page.locator("#choices input:checked")).to_have_count(len(places))


def flag_and_use_the_grid(page: Page, look: Callable[[str], None]) -> None:
    """Flag the question, open the answer grid, leave it by Escape, jump by it."""
    tab_to(page, ".q-tools button")
    page.keyboard.press("Space")
    expect(page.locator(".q-tools button").first).to_have_attribute("aria-pressed", "true")
    tab_to(page, "a[href='#answer-grid']")
    page.keyboard.press("Enter")
    expect(page.locator("#answer-grid")).to_be_visible()
    look("answer grid")
    page.keyboard.press("Escape")
    expect(page.locator("#answer-grid")).to_be_hidden()
    assert page.evaluate("document.activeElement.matches(\"a[href='#answer-grid']\")")
    page.keyboard.press("Enter")
    tab_to(page, "#grid-cells a[href='?q=2']")
    page.keyboard.press("Enter")
    expect(page.locator("#answer-grid")).to_be_hidden()
    expect(page.locator("#position")).to_have_text(re.compile("^2 /"))
    expect(page.locator("#question-title")).to_be_focused()
    page.wait_for_url(re.compile(r"\?q=2$"))


def hand_in(page: Page, look: Callable[[str], None]) -> None:
    """Hand in from the last question; the sheet says first what that means."""
    tab_to(page, "#next")
    page.keyboard.press("Enter")
    page.wait_for_selector("#hand-in[open]")
    look("hand-in")
    tab_to(page, "#hand-in-form input[type=checkbox]")
    page.keyboard.press("Space")
    tab_to(page, "#hand-in-send")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt")
    look("receipt")


def test_exam_and_certificate(visit: Visit) -> None:
    """Sit by keyboard, be released, proposed, certified, checked and withdrawn."""
    gallery = Gallery()
    trainee = visit()
    page = trainee.sign_in("trainee")

    def look(name: str) -> None:
        gallery.look(page, name)

    trainee.open("/exams/mine")
    begin(page, look)
    on_another_device(visit, page.url, gallery)
    without_the_sheet(page, gallery)
    answer(page)
    flag_and_use_the_grid(page, look)
    total = int(page.inner_text("#position").split("/")[1])
    for number in range(2, total + 1):
        answer(page)
        if number < total:
            tab_to(page, "#next")
            page.keyboard.press("Enter")
            expect(page.locator("#question-title")).to_be_focused()
    expect(page.locator("[data-signs]")).to_contain_text("已保存")
    hand_in(page, look)
    follow(page, "main a[href$='/handed-in']")
    look("handed in")
    name = certify(visit, gallery)
    trainee.open("/exams/mine")
    follow(page, "main a[href$='/result']")
    look("result")
    check_pages(visit, trainee, name, gallery)
    withdraw_it(visit, trainee, name, gallery)
    check_pages(visit, trainee, name, gallery)
    assert not gallery.faults, "\n".join(gallery.faults)


def on_another_device(visit: Visit, address: str, gallery: Gallery) -> None:
    """A second phone of the same person is told where the exam runs."""
    other = visit()
    other.sign_in("trainee")
    other.page.goto(address)
    assert other.page.url.endswith("/other-device")
    gallery.look(other.page, "other device")


def without_the_sheet(page: Page, gallery: Gallery) -> None:
    """The page that asks before handing in where no script does."""
    paper = page.url
    action = str(page.get_attribute("#hand-in-form", "action"))
    page.goto(page.evaluate("path => new URL(path, location).href", action))
    gallery.look(page, "confirm hand-in")
    page.goto(paper)
    page.wait_for_selector("body[data-ready=yes]")


def certify(visit: Visit, gallery: Gallery) -> str:
    """Release, propose and decide; returns the candidate's name."""
    certifier, registrar = visit(), visit()
    page = certifier.sign_in("certifier")
    certifier.open("/exams/results")
    certifier.confirm_password()
    follow(page, "main a:has-text('201')")
    certifier.until_marked()
    gallery.look(page, "results of a sitting")
    page.check("[name=acknowledged]")
    follow(page, "main button:has-text('人的成绩')")
    registrar.sign_in("registrar")
    registrar.open("/awards")
    follow(registrar.page, "a[href*='/awards/enrolments/']:has-text('林秋')")
    gallery.look(registrar.page, "candidate for a certificate")
    follow(registrar.page, "main button:has-text('提出给')")
    gallery.look(registrar.page, "proposal")
    certifier.open("/awards")
    follow(page, "a:has-text('林秋')")
    follow(page, "text=作决定")
    certifier.confirm_password()
    gallery.look(page, "decision form")
    page.check("[name=decision][value=grant]")
    follow(page, "main button:has-text('记下这个决定')")
    return "林秋"


def withdraw_it(visit: Visit, trainee: Visitor, name: str, gallery: Gallery) -> None:
    """End the certificate, with a reason, once its holder has been heard."""
    certifier = visit()
    page = certifier.sign_in("certifier")
    certifier.open("/awards")
    follow(page, f"a:has-text('{name}')")
    follow(page, "a[href*='/awards/certificates/']")
    withdraw(certifier, trainee, gallery.look)


def check_pages(visit: Visit, trainee: Visitor, name: str, gallery: Gallery) -> None:
    """What a family sees by its address, and by a wrong one, in both languages."""
    page = trainee.open("/my/certificates")
    gallery.look(page, "own certificates")
    address = str(page.get_attribute("a[href*='/c/']", "href"))
    family = visit()
    family.page.goto(address)
    assert name in family.text()
    for language in ("zh", "en"):
        for state, path in (("found", address), ("not found", f"{family.site.address}/c/WRONG")):
            family.page.goto(f"{path}?lang={language}")
            gallery.look(family.page, f"check page, {state}, {language}")
