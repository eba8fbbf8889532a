"""Making and publishing an exam: what is short is named, what is published is frozen."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from time_machine import Traveller

from app import clock, rulebook
from app.exams import publishing
from app.extensions import db
from app.models.bank import ExamBlueprint
from app.models.exams import Exam, ExamRevision
from app.models.journal import AuditLine
from app.models.people import Role
from question_bank import ALGORITHM
from tests import factories
from tests.app.exams import hall as halls
from tests.app.exams.hall import Browser, Hall, blueprint

pytestmark = pytest.mark.rows


PASS_MARK = {
    "purpose": "certification",
    "pass_method": "改良 Angoff",
    "pass_panel": "考试委员会",
    "pass_set_on": "2026-11-02",
}


@pytest.fixture
def manager(app: Flask, time: Traveller) -> Browser:
    """An exam manager's browser beside a filled bank."""
    halls.fill_bank(halls.few())
    browser = Browser(app)
    browser.sign_in(factories.user(Role.EXAM_MANAGER))
    return browser


def make(browser: Browser, **changes: object) -> str:
    """Create an exam through its form and return its address."""
    form = {
        "title": "理论考试",
        "title_en": "Theory",
        "blueprint": blueprint().id,
        "minutes": "30",
        "pass_percent": "60",
        **PASS_MARK,
        **changes,
    }
    answer = browser.send("/exams/new", form)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return answer.location


def revisions() -> list[ExamRevision]:
    return list(db.session.scalars(select(ExamRevision).order_by(ExamRevision.number)))


def test_it_works(manager: Browser) -> None:
    address = make(manager)
    assert "每格都够" in manager.page(address)
    answer = manager.send(f"{address}/publish", follow_redirects=True)
    assert "已发布第 1 版" in answer.get_data(as_text=True)
    (revision,) = revisions()
    assert revision.hash in manager.page(address)
    assert revision.hash == publishing.body_hash(revision.body)
    body = revision.body
    assert body["algorithm"] == ALGORITHM
    assert (body["minutes"], body["pass_percent"], body["grace_seconds"]) == (30, 60, 10)
    assert body["marking_rules"] == {"multiple_choice": "all_or_nothing"}
    assert body["rules_text"]["version"] == "1"
    assert len(body["eligible"]) == len(halls.few().questions)
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "exam.published")).one()
    assert line.details["hash"] == revision.hash


def test_short_cells_are_named(manager: Browser) -> None:
    address = make(manager)
    for entry in halls.entries():
        if (entry.domain, entry.kind) == ("E", "true_false"):
            entry.status = "draft"
    db.session.commit()
    assert "现在不能发布" in manager.page(address)
    html = manager.send(f"{address}/publish", follow_redirects=True).get_data(as_text=True)
    assert "还不能发布" in html
    assert "E 判断题" in html
    assert not revisions()


def test_a_blueprint_without_bank(app: Flask, time: Traveller) -> None:
    """The shipped blueprint with no approved question: every cell is short, none is hidden."""
    now = clock.now()
    halls.sync_questions(now, halls.shipped())
    row = db.session.scalars(
        select(ExamBlueprint).where(ExamBlueprint.code == "demo-module-4")
    ).one()
    actor = factories.user(Role.EXAM_MANAGER)
    exam = publishing.create_exam(
        title="示例",
        title_en="Demo",
        blueprint=row,
        minutes=30,
        pass_percent=60,
        actor=actor,
        now=now,
    )
    db.session.flush()
    with pytest.raises(publishing.NotReady) as refused:
        publishing.publish(exam, actor=actor, now=now)
    for cell in row.body["cells"]:
        if cell["kind"] == "case_set":
            assert f"{cell['domain']} 案例题" in refused.value.sentence


def test_publishing_the_same_again(manager: Browser) -> None:
    address = make(manager)
    manager.send(f"{address}/publish")
    answer = manager.send(f"{address}/publish", follow_redirects=True)
    assert "和第 1 版一样" in answer.get_data(as_text=True)
    assert len(revisions()) == 1


def test_a_change_is_the_next_number(manager: Browser) -> None:
    address = make(manager)
    manager.send(f"{address}/publish")
    first = revisions()[0].hash
    db.session.scalars(select(Exam)).one().minutes = 40
    db.session.commit()
    manager.send(f"{address}/publish")
    assert [r.number for r in revisions()] == [1, 2]
    assert revisions()[0].hash == first
    assert revisions()[0].body["minutes"] == 30


def test_a_later_rule_does_not_reach_back(hall: Hall) -> None:
    rulebook.set_value(
        "exam.grace_seconds",
        60,
        from_date=date(2026, 11, 1),
        source="test",
        official=False,
        actor=None,
        now=clock.now(),
    )
    db.session.commit()
    hall.started()
    assert hall.attempt().grace_seconds == 10


def test_the_same_title_twice(manager: Browser) -> None:
    make(manager)
    form = {"title": "理论考试", "title_en": "x", "blueprint": blueprint().id}
    answer = manager.send(
        "/exams/new", {**form, **PASS_MARK, "minutes": "30", "pass_percent": "60"}
    )
    assert answer.status_code == 400
    assert "已经有一场考试叫" in answer.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(Exam)) == 1


def test_wrong_numbers(manager: Browser) -> None:
    form = {"title": "理论", "title_en": "x", "blueprint": blueprint().id}
    answer = manager.send("/exams/new", {**form, "minutes": "0", "pass_percent": "600"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "请填 5 到 600 分钟" in html
    assert "请填 1 到 100" in html
