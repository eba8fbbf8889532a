"""A sitting for tests: a small approved bank, a published exam, candidates with drawn papers.

The clock stands still at NOON, when the sitting opens; tests move it.
"""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import clock
from app.bank.content import SHIPPED, BankContent, read_content
from app.bank.syncing import sync_questions
from app.exams import invigilators, papers, publishing, rostering
from app.exams.labels import labelled
from app.exams.questions import asked
from app.extensions import db
from app.models.bank import Approval, ExamBlueprint, MarkingKey, QuestionEntry, QuestionVersion
from app.models.exams import Attempt, Booking, PaperSlot, Sitting
from app.models.people import District, Role, User
from question_bank import Question, read_blueprint
from tests import factories
from tests.client import PageClient

NOON = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
MINUTES = 30
GRACE = 10
SMALL = """\
format: peizhen.blueprint
format_version: "1.0"
id: small
title: 小卷
domains: {A: 服务要求, B: 服务流程, E: 就诊流程}
cells:
  - {domain: E, kind: single_choice, count: 3, marks: 3}
  - {domain: E, kind: true_false, count: 1, marks: 2}
  - {domain: E, kind: multiple_choice, count: 1, marks: 4}
  - {domain: B, kind: case_set, count: 1, parts: 3, marks: 3/2}
"""
SLOTS = 8
WANTED = {
    ("E", "single_choice"): 8,
    ("E", "true_false"): 3,
    ("E", "multiple_choice"): 3,
    ("B", "case_set"): 2,
}
_numbers = itertools.count(1)


class Browser(PageClient):
    """A client that first lets go of what the test itself was reading.

    On SQLite a test that looked at a row holds a transaction, for which the request would wait.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request."""
        db.session.rollback()
        return super().open(*args, **kwargs)


@functools.cache
def shipped() -> BankContent:
    """Read the questions that ship with the product, once."""
    return read_content([SHIPPED])


def few() -> BankContent:
    """Return a small part of them, just enough for the small blueprint, and that blueprint."""
    chosen: list[Question] = []
    for (domain, kind), most in WANTED.items():
        fitting = [
            q
            for q in shipped().questions
            if (q.domain, q.kind, q.pool) == (domain, kind, "live")
            and (not q.parts or len(q.parts) == 3)
        ]
        assert len(fitting) >= most or kind == "case_set", (domain, kind, len(fitting))
        chosen += fitting[:most]
    blueprint = read_blueprint(SMALL.encode(), "small.yaml").blueprint
    assert blueprint is not None
    return BankContent(tuple(chosen), (blueprint,), (), shipped().places)


def fill_bank(content: BankContent) -> None:
    """Bring questions into the bank and let two reviewers approve each."""
    reviewers = {
        "clinical": factories.user(Role.CLINICAL_REVIEWER).id,
        "legal": factories.user(Role.LEGAL_REVIEWER).id,
    }
    responsible = factories.user(Role.ITEM_WRITER).id
    sync_questions(clock.now(), content)
    for version in db.session.scalars(select(QuestionVersion)).all():
        version.entry.status = "active"
        version.entry.responsible_id = responsible
        for reviewed_field, reviewer in reviewers.items():
            db.session.add(
                Approval(
                    version_id=version.id,
                    reviewer_id=reviewer,
                    field=reviewed_field,
                    approves=True,
                    given_at=clock.now(),
                )
            )
    db.session.commit()


@dataclass
class Hall:
    """Everything a test of an exam needs, by id."""

    app: Flask
    manager: str
    invigilator: str
    certifier: str
    sitting_id: str
    candidates: list[str] = field(default_factory=list)
    bookings: list[str] = field(default_factory=list)

    @property
    def sitting(self) -> Sitting:
        """Return the sitting's row."""
        return db.session.get_one(Sitting, self.sitting_id)

    def booking(self, seat: int = 1) -> Booking:
        """Return the row of a seat."""
        return db.session.get_one(Booking, self.bookings[seat - 1])

    def attempt(self, seat: int = 1) -> Attempt:
        """Return a seat's attempt."""
        attempt = self.booking(seat).attempt
        assert attempt is not None
        return attempt

    def slots(self, seat: int = 1) -> list[PaperSlot]:
        """Return the slots of a seat's paper."""
        paper = self.booking(seat).paper
        assert paper is not None
        return list(paper.slots)

    def slot(self, kind: str, seat: int = 1) -> int:
        """Return the first number on a seat's paper that asks a kind."""
        for group in self.shown(seat):
            for item in group["items"]:
                if kind in (item["kind"], group["kind"]):
                    return int(item["number"])
        raise KeyError(kind)

    def shown(self, seat: int = 1) -> list[dict[str, Any]]:
        """Return what a seat's browser receives."""
        paper = self.booking(seat).paper
        assert paper is not None
        return paper.shown

    def browser(self, person_id: str | None = None) -> Browser:
        """Return a browser of a person, or of a stranger."""
        browser = Browser(self.app)
        if person_id is not None:
            browser.sign_in(db.session.get_one(User, person_id))
        return browser

    def candidate(self, seat: int = 1) -> Browser:
        """Return a candidate's browser, signed in, nothing started."""
        return self.browser(self.candidates[seat - 1])

    def started(self, seat: int = 1) -> Sat:
        """Return a candidate's browser after the start."""
        browser = self.candidate(seat)
        answer = start(browser, self.bookings[seat - 1], self.sitting.room_code)
        assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
        return Sat(self, browser, self.bookings[seat - 1], self.attempt(seat).id)


def start(browser: Browser, booking_id: str, code: str, rules: str = "1") -> TestResponse:
    """Press the button of the start gate."""
    return browser.send(f"/exams/sit/{booking_id}/start", {"code": code, "rules": rules})


@dataclass
class Sat:
    """A browser that sits an attempt."""

    hall: Hall
    browser: Browser
    booking_id: str
    attempt_id: str

    def url(self, act: str) -> str:
        """Return the address of an act of the attempt."""
        return f"/exams/attempts/{self.attempt_id}/{act}"

    def page(self, status: int = 200) -> str:
        """Return the answering page."""
        return self.browser.page(f"/exams/sit/{self.booking_id}/paper", status)

    def post(self, changes: Any, **more: Any) -> TestResponse:
        """Send a delivery as the page's script does."""
        body = {"changes": changes, **more}
        return self.browser.post(self.url("answers"), json=body)

    def save(self, *changes: tuple[int, int, Any]) -> dict[str, Any]:
        """Deliver (sequence, slot, value) and return the answer, which must be a good one."""
        answer = self.post([change(*one) for one in changes])
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return dict(answer.get_json())

    def data(self) -> dict[str, Any]:
        """Return the JSON that the page carries."""
        html = self.page()
        text = html.split('<script type="application/json" id="paper">')[1].split("</script>")[0]
        return dict(json.loads(text))

    def hand_in(self) -> TestResponse:
        """Press the last button."""
        return self.browser.send(self.url("hand-in"))


def change(sequence: int, slot: int, value: Any) -> dict[str, Any]:
    """Return one change as the page's script writes it."""
    at = int(clock.now().timestamp() * 1000)
    return {"sequence": sequence, "slot": slot, "value": value, "at": at}


def right_value(slot: PaperSlot) -> Any:
    """Return the right answer of a slot as a page would send it."""
    key = db.session.scalars(
        select(MarkingKey).where(MarkingKey.version_id == slot.version_id)
    ).one()
    body = key.key["parts"][slot.part] if slot.part else key.key
    return labelled(asked(slot.version_id, slot.part), slot.option_order, right_response(body))


def right_response(key: Mapping[str, Any]) -> Any:
    """Return the first answer that a key takes as right, in the author's names."""
    kind = key["kind"]
    if kind == "ordering":
        return list(key["orders"][0])
    if kind == "matching":
        return {left: accepted[0] for left, accepted in key["pairs"].items()}
    if kind == "fill_in":
        return {name: blank["accept"][0] for name, blank in key["blanks"].items()}
    if kind == "numeric":
        return key["answers"][0]["value"] + key.get("unit", "")
    return list(key["right"]) if kind == "multiple_choice" else key["right"][0]


def book(sitting: Sitting, person: User, seat: int) -> Booking:
    """Put a person on a roster without asking for evidence."""
    number = f"261127{next(_numbers):06d}"
    row: Booking = factories.save(
        Booking(
            sitting_id=sitting.id,
            user_id=person.id,
            seat=seat,
            ticket_number=number,
            created_at=clock.now(),
        )
    )
    return row


def blueprint() -> ExamBlueprint:
    """Return the small blueprint's row."""
    return db.session.scalars(select(ExamBlueprint).where(ExamBlueprint.code == "small")).one()


def build(
    app: Flask,
    candidates: int = 2,
    *,
    drawn: bool = True,
    content: BankContent | None = None,
    opens: datetime = NOON,
) -> Hall:
    """Build everything up to the start minute; the blueprint of `content` is called `small`."""
    fill_bank(content or few())
    manager = factories.user(Role.EXAM_MANAGER)
    invigilator = factories.user(Role.INVIGILATOR)
    certifier = factories.user(Role.CERTIFIER)
    now = clock.now()
    exam = publishing.create_exam(
        title="理论考试",
        title_en="Theory exam",
        blueprint=blueprint(),
        minutes=MINUTES,
        pass_percent=60,
        pass_panel="考试委员会",
        pass_set_on=date(2026, 11, 2),
        actor=manager,
        now=now,
    )
    db.session.flush()
    sitting = rostering.plan(
        publishing.publish(exam, actor=manager, now=now),
        district=factories.district(),
        place="302 考场",
        opens_at=opens,
        late_minutes=20,
        closes_at=opens + timedelta(hours=1),
        actor=manager,
        now=now,
    )
    invigilators.name(sitting, invigilator, actor=manager, now=now)
    db.session.commit()
    hall = Hall(app, manager.id, invigilator.id, certifier.id, sitting.id)
    for seat in range(1, candidates + 1):
        person = factories.user(Role.TRAINEE)
        hall.bookings.append(book(hall.sitting, person, seat).id)
        hall.candidates.append(person.id)
    if drawn:
        papers.draw_missing(hall.sitting, actor=None, now=now)
        db.session.commit()
    return hall


def build_late(hall: Hall) -> Booking:
    """Put somebody on the roster after the papers were drawn."""
    person = factories.user(Role.TRAINEE)
    booking = book(hall.sitting, person, len(hall.bookings) + 1)
    hall.bookings.append(booking.id)
    hall.candidates.append(person.id)
    return booking


def district(code: str) -> District:
    """Return another district."""
    return factories.district(code)


def entries() -> list[QuestionEntry]:
    """Return all entries of the bank."""
    return list(db.session.scalars(select(QuestionEntry)))
