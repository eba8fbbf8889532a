"""The panels: each rule met or not, with the number still missing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import current_app, render_template_string
from sqlalchemy import update

from app import clock, rulebook
from app.eligibility.panel import award_panel, exam_panel, exam_panels
from app.extensions import db
from app.models.learning import LessonProgress
from app.models.people import Consent
from app.models.training import Attendance, Enrolment, PracticalSignOff
from tests.app.eligibility import evidence
from tests.app.training import rows
from tests.app.training.test_training_class import _queries
from tests.client import PageClient

pytestmark = pytest.mark.rows


@pytest.fixture
def enrolment(client: PageClient) -> Enrolment:
    """Somebody who has just joined."""
    return rows.enrol(rows.training_class())


def test_newcomer(enrolment: Enrolment) -> None:
    """Who has just joined misses everything, with numbers."""
    panel = exam_panel(enrolment, rows.today())
    assert [line.code for line in panel.rules if not line.met] == [
        "consent",
        "identity",
        "lessons",
        "attendance",
        "sign_offs",
    ]
    assert not panel.ready
    assert panel.line("lessons").missing_sentence == "还差 3 课"
    assert panel.line("attendance").missing_sentence == "还差 33 课时"
    assert panel.line("sign_offs").missing_sentence == "还差 2 项"
    assert panel.line("assessment").missing_sentence == "还没考核"


def test_ready(enrolment: Enrolment) -> None:
    """With everything recorded, the exam is open; the certificate is not yet."""
    evidence.make_ready(enrolment)
    panel = exam_panel(enrolment, rows.today())
    assert panel.ready
    assert panel.missing == 0
    assert panel.line("attendance").note == "要求 90%"
    award = award_panel(enrolment, rows.today())
    assert [line.code for line in award.rules if not line.met] == ["theory", "assessment"]


@pytest.mark.parametrize(("minutes", "missing"), [(1457, "还差 1 分钟"), (1413, "还差 1 课时")])
def test_attendance_just_short(enrolment: Enrolment, minutes: int, missing: str) -> None:
    """89.9 % is not 90."""
    evidence.attend(enrolment, minutes)
    line = exam_panel(enrolment, rows.today()).line("attendance")
    assert not line.met
    assert line.missing_sentence == missing


def test_what_does_not_count(enrolment: Enrolment) -> None:
    """Withdrawn consents and signatures, corrected minutes and another edition's lessons."""
    evidence.make_ready(enrolment)
    now = clock.now()
    other = rows.edition()
    db.session.execute(update(Attendance).values(current=False))
    db.session.execute(update(PracticalSignOff).values(withdrawn_at=now))
    db.session.execute(update(Consent).values(withdrawn_at=now))
    db.session.execute(update(LessonProgress).values(edition_id=other.id))
    db.session.commit()
    panel = exam_panel(enrolment, rows.today())
    assert [line.code for line in panel.rules if line.met] == ["identity"]


def test_countable_rule(enrolment: Enrolment) -> None:
    """The dated setting can ask only for practical lessons that are written."""
    rulebook.set_value(
        "training.practical_lessons",
        "countable",
        from_date=rows.today(),
        source="test",
        official=False,
        actor=None,
        now=clock.now(),
    )
    assert exam_panel(enrolment, rows.today()).line("sign_offs").met
    assert not exam_panel(enrolment, rows.today() - timedelta(days=1)).line("sign_offs").met


def test_course_without_lessons(client: PageClient) -> None:
    """An edition with nothing to study opens no exam."""
    found = rows.training_class(edition_id=rows.edition(countable=()).id)
    line = exam_panel(rows.enrol(found), rows.today()).line("lessons")
    assert not line.met


def test_left(enrolment: Enrolment) -> None:
    """Who left the class sits no exam by it."""
    evidence.make_ready(enrolment)
    enrolment.state = "left"
    panel = exam_panel(enrolment, rows.today())
    assert [line.code for line in panel.rules if not line.met] == ["enrolled"]


def test_award(enrolment: Enrolment) -> None:
    """Theory released and passed, practical passed: everything for the certificate."""
    evidence.make_ready(enrolment)
    evidence.assess(enrolment)
    result = evidence.result(enrolment)
    panel = award_panel(enrolment, rows.today())
    assert panel.ready
    assert panel.result_id == result.id
    assert panel.assessment_id
    assert panel.evidence()["attendance"] == {"met": True, "have": 90, "need": 90}


@pytest.mark.parametrize(
    "values",
    [
        {"released": False},
        {"passed": False},
        {"purpose": "practice"},
        {"at": clock.now() - timedelta(days=400)},
    ],
)
def test_theory_does_not_count(enrolment: Enrolment, values: dict[str, Any]) -> None:
    """Held, failed, mock and old results give no certificate."""
    evidence.result(enrolment, **values)
    assert not award_panel(enrolment, rows.today()).line("theory").met


def test_theory_of_another_class(enrolment: Enrolment) -> None:
    """A pass booked through another enrolment belongs to that one; one booked by none, to any."""
    again = rows.enrol(rows.training_class(), enrolment.user)
    evidence.result(enrolment)
    assert not award_panel(again, rows.today()).line("theory").met
    assert award_panel(enrolment, rows.today()).line("theory").met


@pytest.mark.parametrize("values", [{"passed": False}, {"days_ago": 400}])
def test_practical_does_not_count(enrolment: Enrolment, values: dict[str, Any]) -> None:
    """A failed and an old assessment are not met."""
    evidence.assess(enrolment, **values)
    assert not award_panel(enrolment, rows.today()).line("assessment").met


def test_constant_queries(enrolment: Enrolment) -> None:
    """Twenty people in two classes cost what one costs."""
    other = rows.training_class()
    people = [rows.enrol(found) for found in (enrolment.training_class, other) for _n in range(10)]
    today = rows.today()
    exam_panels(people, today)
    with _queries() as one:
        exam_panels(people[:1], today)
    with _queries() as twenty:
        panels = exam_panels(people, today)
    assert len(twenty) == len(one)
    assert set(panels) == {person.id for person in people}
    assert exam_panels([], today) == {}


def test_drawn(enrolment: Enrolment) -> None:
    """Each rule is drawn with its sign in words, its numbers and what is missing."""
    rows.consent(enrolment.user)
    panel = exam_panel(enrolment, rows.today())
    page = '{% from "eligibility/panel.html" import panel %}{{ panel(one) }}'
    with current_app.test_request_context():
        html = render_template_string(page, one=panel)
    assert "已满足 1 项，还差 4 项。" in html
    assert html.count('aria-label="未满足"') == 5  # the practical assessment comes later
    assert html.count('aria-label="已满足"') == 1
    assert "0 / 3" in html
