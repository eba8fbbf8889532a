"""Every page of every role: links that work, no sideways scroll, no violation of WCAG 2.2 AA.

Every page of every role is asked for; it is drawn when it has a part that no page of the same
endpoint had before, so what looks alike for ten roles is looked at once. What needs an exam in progress or a certificate
under way is looked at in test_exam_pages.py, what needs a row made first in `BY_HAND`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from flask import Flask
from lxml import html
from playwright.sync_api import ConsoleMessage
from sqlalchemy import select

from app import clock, create_app, jobs
from app.bank import export_jobs
from app.config import Settings
from app.extensions import db
from app.models.bank import QuestionEntry
from app.models.exams import AnswerEvent, Attempt
from app.models.people import Role, User
from app.models.practicum import PracticumVisit
from app.models.training import Enrolment, PracticalSignOff
from tests.demo import UNLIKE
from tests.journeys import looking
from tests.journeys.conftest import Site, Visitor, follow
from tests.journeys.crawling import STATIC, Crawl, Stop

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
Part = tuple[str, str, str]
"""An element's tag, its classes and those of what it stands in."""
ALL = os.environ.get("TEST_ALL") == "1"

IN_ENGLISH_AND_DARK = {
    "home.index",
    "learning.lesson",
    "accounts.account",
    "training.training_class",
    "bank.question",
    "exams.sitting",
    "exams.room",
    "awards.decision",
    "oversight.trail",
}
"""Looked at in the second language too, in the dark; all others in the dark only."""

NOT_DRAWN = {
    *("home.health", "awards.download", "check.photo", "check.window_photo", "exams.state"),
    "checking.card_photo",
    *("bank.medium", "exams.medium", "learning.medium"),
    *("exams.room_rows", "exams.room_stream", "exams.seat_photo", "exams.incident_photo"),
    "exams.door_person",
    *("bank.export_file", "bank.import_template", "bank.import_troubles"),
    *("learning.download", "learning.offline_list", "learning.service_worker"),
    *("training.calendar_file", "training.calendar_feed", "training.sign_in_sheet"),
    *("training.sign_code", "training.people_template", "training.enrolment_links"),
    *("practicum.own_hours", "practicum.class_hours"),
    *("exams.document", "exams.room_document", "exams.printed_papers", "handbook.circuit"),
    *("awards.batch_archive", "awards.batch_result", "complaints.photo", "layouts.sample_picture"),
    *("credentials.achievement", "credentials.status_list", "check.by_address_in_capitals"),
}
"""Files and data."""

IN_THE_EXAM = {
    *("exams.paper", "exams.confirm_hand_in", "exams.receipt", "exams.handed_in"),
    *("exams.other_device", "exams.result", "exams.sitting_results"),
    *("awards.candidate", "awards.decide", "check.by_address"),
}
"""Looked at in test_exam_pages.py, on the way from the first question to the check page."""

IN_THE_ROOM = {
    *("exams.act", "exams.void", "exams.open_case", "exams.cases", "exams.case"),
    *("exams.my_case", "exams.my_cases"),
}
"""Looked at in test_room_pages.py, with somebody writing and a case under way."""

AFTER_STEPS = {
    *("exams.cancel_booking", "exams.change_booking", "exams.dry_run_result"),
    *("exams.mock_result", "exams.settle_sheet", "exams.type_sheet"),
    *("awards.compare", "public_directory.own", "register.appeal"),
    *("renewal.refuse", "renewal.send_back"),
}
"""Stand only after acts of several people; their own tests in tests/app draw and check them."""

BY_HAND = {
    "accounts.accept_invitation",
    "accounts.remove_factor_of",
    "accounts.reveal_identity",
    "bank.blueprint_sample",
    "bank.change_list",
    "bank.compare",
    "bank.export_job",
    "bank.import_compare",
    "bank.imported",
    "completion.one_list",
    "exams.late_answers",
    "practicum.class_visit",
    "training.leave",
    "training.withdraw_sign_off",
}

ELSEWHERE = {
    *("training.enrol", "training.imported_people", "training.sign", "practicum.sign"),
    *("awards.batch", "complain.about", "complaints.standing", "register.hearing"),
    *("check.record", "check.scanned", "check.window"),
    *("renewal.exchange_proof", "renewal.hand_in", "renewal.review", "renewal.grant"),
}
"""Looked at where a journey comes by: test_class_days.py, test_practicum.py, test_class_certified.py,
test_suspension.py, test_exam_pages.py, test_check_certificate.py, test_renewal.py."""

TWO_ALIKE = """\
1. 老人要在三家医院之间转院，病历本该由谁来保管？
A. 老人自己或他指定的人
B. 陪诊师
C. 第一家医院的护士
D. 最近的邻居
答案：A

2. 老人要在两家医院之间转院，病历本该由谁来保管？
A. 老人自己或他指定的人
B. 陪诊师
C. 第一家医院的护士
D. 最近的邻居
答案：A
"""


@dataclass
class Looker:
    """Draws pages, each that looks different once, and keeps what is wrong with them."""

    visitor: Visitor
    who: str = ""
    drawn: dict[str, set[Part]] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def look(self, stop: Stop, markup: str = "") -> None:
        """Draw a page unless all its parts have been drawn; `markup` tells them."""
        drawn, here = self.drawn.setdefault(stop.endpoint, set()), parts(markup)
        if stop.endpoint == "home.index":  # with what stands around the pages of this person
            here.add((self.who, "", ""))
        if here and here <= drawn:
            return
        drawn |= here
        page = self.visitor.open(stop.path)
        faults = looking.faults_in_every_dress(page) if ALL else self._faults(stop.endpoint)
        if ALL or (stop.endpoint in IN_ENGLISH_AND_DARK and self._first(f"en {stop.endpoint}")):
            page.emulate_media(color_scheme="dark")
            self.visitor.open(stop.path + ("&" if "?" in stop.path else "?") + "lang=en")
            every = looking.faults_in_every_dress(page) if ALL else []
            faults += [f"[en] {one}" for one in every or looking.faults(page)]
            page.emulate_media(color_scheme="light")
        self.faults += [f"{self.who} {stop.path} ({stop.endpoint}): {one}" for one in faults]

    def _faults(self, endpoint: str) -> list[str]:
        """Return the faults of the page in view; axe reads each endpoint once."""
        faults = looking.layout_faults(self.visitor.page)
        if self._first(endpoint):
            faults += looking.access_faults(self.visitor.page)
            faults += looking.faults_in_the_dark(self.visitor.page)
        return faults

    def _first(self, what: str) -> bool:
        new = what not in self.read
        self.read.add(what)
        return new


def parts(markup: str) -> set[Part]:
    """Return what a page itself is made of: each element by its kind and where it stands."""
    if not markup:
        return set()
    return {
        (str(one.tag), one.get("class", ""), one.getparent().get("class", ""))
        for one in html.fromstring(markup).xpath("//main//*")
    }


@pytest.fixture(scope="module")
def served(site: Site) -> Flask:
    """The application, for its map of addresses."""
    return create_app(Settings.from_env(site.environment))


@pytest.fixture
def looker(visit: Visit) -> Looker:
    """Look at pages on a phone; an error in a page's console is a fault of the page."""
    visitor = visit()
    one = Looker(visitor)

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            one.faults.append(f"{one.who} {visitor.page.url}: console: {message.text}")

    visitor.page.on("console", note)
    # Colours on their way from light to dark would be measured half-way.
    return one


def test_pages_behind_forms(looker: Looker) -> None:
    """What no link leads to: a form must be sent, or a person be chosen, first."""
    visitor, page = looker.visitor, looker.visitor.page
    visitor.sign_in("exams")
    visitor.open("/bank/blueprints")
    follow(page, "main a:has-text('模块四演示考试')")
    follow(page, "main button:has-text('重抽')")
    follow(page, "main a:has-text('翻看这份卷')")
    looker.look(Stop(urlsplit(page.url).path, "bank.blueprint_sample"))
    visitor.context.clear_cookies()
    visitor.sign_in("admin")
    visitor.open("/people/invite")
    visitor.confirm_password()
    page.fill("[name=name]", "访试")
    page.select_option("[name=role]", str(Role.MARKER))
    page.click("main button.btn--first")
    page.wait_for_selector("#link")
    looker.faults += looking.faults(page)
    invitation = urlsplit(page.inner_text("#link")).path
    visitor.open("/people")
    page.click("main table a")
    page.wait_for_url(re.compile(r"/people/\w{16}$"))
    person = urlsplit(page.url).path
    looker.look(Stop(f"{person}/second-factor", "accounts.remove_factor_of"))
    visitor.context.clear_cookies()
    looker.look(Stop(invitation, "accounts.accept_invitation"))
    visitor.sign_in("registrar")
    looker.look(Stop(f"{person}/identity", "accounts.reveal_identity"))
    visitor.confirm_password()
    looker.faults += looking.faults(page)
    assert not looker.faults, "\n".join(looker.faults)


def test_changes_and_imports(looker: Looker, served: Flask) -> None:
    """Pages of the bank that stand only after somebody changed, imported or exported questions."""
    visitor, page = looker.visitor, looker.visitor.page
    visitor.sign_in("writer")
    visitor.open("/bank/questions")
    page.locator("[name=entry]").first.check()
    follow(page, "main button:has-text('修改选中的题')")
    page.check("#act-tag")
    page.fill("#to-tag", "旅程")
    follow(page, "main button:has-text('看看会改什么')")
    looker.faults += looking.faults(page)
    follow(page, "main button:has-text('确认修改')")
    looker.look(Stop(urlsplit(page.url).path, "bank.change_list"))
    visitor.open("/bank/import")
    page.fill("[name=text]", TWO_ALIKE)
    follow(page, "main button:has-text('读出来检查')")
    looker.faults += looking.faults(page)  # nobody said yet where the questions belong
    visitor.open("/bank/import")
    page.fill("[name=text]", TWO_ALIKE)
    page.select_option("[name=domain]", "E")
    page.fill("[name=lesson]", "4.2")
    page.select_option("[name=level]", "use")
    follow(page, "main button:has-text('读出来检查')")
    looker.look(Stop(urlsplit(page.url).path, "bank.imported"))
    follow(page, "main a:has-text('并排看')")
    looker.look(Stop(urlsplit(page.url).path, "bank.import_compare"))
    looker.look(Stop(f"/bank/exports/{an_export(served)}", "bank.export_job"))
    looker.look(Stop(f"/bank/questions/{with_two_versions(served)}/compare", "bank.compare"))
    assert not looker.faults, "\n".join(looker.faults)


def test_pages_of_classes(looker: Looker, served: Flask) -> None:
    """Pages of a class and of a sitting that stand only after somebody did something."""
    visitor, page = looker.visitor, looker.visitor.page
    ids = rows_of_a_class(served)
    visitor.sign_in("teacher")
    looker.look(
        Stop(
            f"/classes/{ids['class']}/practice/{ids['sign']}/withdraw", "training.withdraw_sign_off"
        )
    )
    visitor.context.clear_cookies()
    visitor.sign_in("training")
    looker.look(
        Stop(f"/classes/{ids['visited']}/practicum/visits/{ids['visit']}", "practicum.class_visit")
    )
    visitor.open(f"/classes/{ids['class']}/completion")
    follow(page, "main button:has-text('按现在的记录出一份名单')")
    looker.look(Stop(urlsplit(page.url).path, "completion.one_list"))
    visitor.context.clear_cookies()
    visitor.sign_in("learner")
    looker.look(Stop(f"/my-class/{ids['own']}/leave", "training.leave"))
    visitor.context.clear_cookies()
    visitor.sign_in("certifier")
    late = f"/exams/results/late/{ids['attempt']}"
    visitor.open(late)
    visitor.confirm_password()
    looker.look(Stop(late, "exams.late_answers"))
    assert not looker.faults, "\n".join(looker.faults)


def rows_of_a_class(app: Flask) -> dict[str, str]:
    """Return the demonstration's rows those pages are about; one late answer is put into an attempt."""
    with app.app_context():
        sign = db.session.scalars(select(PracticalSignOff).limit(1)).one()
        visit = db.session.scalars(select(PracticumVisit).limit(1)).one()
        learner = select(Enrolment).join(User).where(User.login_name == "learner").limit(1)
        attempt = db.session.scalars(
            select(Attempt).where(Attempt.state == "handed_in").limit(1)
        ).one()
        slot = attempt.paper.slots[0].number
        key = {"attempt_id": attempt.id, "epoch": 1, "sequence": 999}
        db.session.add(
            AnswerEvent(**key, slot=slot, value="null", server_at=clock.now(), late=True)
        )
        db.session.commit()
        found = {
            "class": db.session.get_one(Enrolment, sign.enrolment_id).class_id,
            "sign": sign.id,
            "visited": db.session.get_one(Enrolment, visit.enrolment_id).class_id,
            "visit": visit.id,
            "own": db.session.scalars(learner).one().id,
            "attempt": attempt.id,
        }
        db.session.remove()
    return found


def with_two_versions(app: Flask) -> str:
    """Return the demonstration's question that was changed."""
    with app.app_context():
        changed = select(QuestionEntry.id).where(QuestionEntry.current_number > 1).limit(1)
        found = db.session.scalars(changed).one()
        db.session.remove()
    return found


def an_export(app: Flask) -> str:
    """Ask the worker for a file as somebody with many questions would; returns the job's id."""
    with app.app_context():
        owner = db.session.scalars(select(User).where(User.login_name == "writer")).one()
        entry = db.session.scalars(select(QuestionEntry.id).limit(1)).one()
        payload = {"ids": [entry], "format": "text"}
        job = jobs.enqueue(export_jobs.KIND, payload, owner=owner, now=clock.now())
        db.session.commit()
        found = job.id
        db.session.remove()
    return found


def test_every_page(looker: Looker, served: Flask) -> None:
    """As a stranger and with each kind of account of the demonstration."""
    seen: set[str] = set()
    for login in ("", *(one.login for one in UNLIKE)):
        looker.visitor.context.clear_cookies()
        looker.who = login or "stranger"
        if login:
            looker.visitor.sign_in(login)
        crawl = Crawl(looker.visitor, served)
        for stop in crawl.pages():
            looker.look(stop, crawl.markup)
        looker.faults += [f"{looker.who}: {one}" for one in crawl.faults]
        seen |= set(crawl.visited)
    assert not looker.faults, "\n".join(looker.faults)
    pages = {rule.endpoint for rule in served.url_map.iter_rules() if "GET" in rule.methods}
    assert (
        pages - seen
        <= NOT_DRAWN | STATIC | IN_THE_EXAM | IN_THE_ROOM | AFTER_STEPS | BY_HAND | ELSEWHERE
    ), pages - seen
