"""Pre-flight of an exam: each check red by itself with what to do; publishing refuses while red."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from app import clock
from app.bank.media import PURPOSE
from app.exams import pictures, preflight
from app.extensions import db
from app.models.bank import ExamBlueprint, MarkingKey, QuestionEntry, QuestionLabel
from app.models.exams import Booking, Exam, ExamRevision, Paper, PaperSlot
from app.models.journal import Blob
from question_bank import dump_facts, load_facts
from tests import factories
from tests.app.exams import hall as halls
from tests.app.exams.checked import exam
from tests.app.exams.hall import NOON, Browser, Hall

pytestmark = pytest.mark.rows


def red(found: Exam | None = None) -> set[str]:
    """Return the names of an exam's red checks."""
    checks, _plan = preflight.of_exam(found or exam(), clock.now(), fresh=True)
    return {check.name for check in checks if not check.right}


@pytest.fixture
def manager(hall: Hall) -> Browser:
    """The exam manager's browser, well before or after any sitting."""
    for table in (PaperSlot, Paper, Booking):
        db.session.execute(delete(table))
    hall.sitting.closed_at = clock.now()
    db.session.commit()
    return hall.browser(hall.manager)


def refused(manager: Browser) -> str:
    """Press the button and return what the page says; nothing was published."""
    found = exam()
    html = manager.send(f"/exams/{found.id}/publish", follow_redirects=True).get_data(as_text=True)
    assert "还不能发布" in html
    assert len(exam().revisions) == 1
    assert "发布第 2 版" not in manager.page(f"/exams/{exam().id}/preflight")
    return html


def test_it_works(manager: Browser) -> None:
    assert red() == set()
    html = manager.page(f"/exams/{exam().id}/preflight")
    assert "可以发布" in html
    assert "题目不重复可出" in html
    assert "试抽 3 份，都抽成了" in html
    assert "发布第 2 版" in html


@pytest.mark.parametrize("lacking", ["pass_panel", "pass_method", "pass_set_on"])
def test_a_pass_mark_without_its_reasons(manager: Browser, lacking: str) -> None:
    setattr(exam(), lacking, None if lacking == "pass_set_on" else "")
    db.session.commit()
    assert red() == {"pass_mark"}
    assert "请在“改这场考试”里补上" in refused(manager)


def test_a_question_without_key(manager: Browser) -> None:
    key = db.session.scalars(select(MarkingKey)).first()
    assert key is not None
    db.session.delete(key)
    db.session.commit()
    assert red() == {"keys"}
    assert "1 题没有评分用的答案" in refused(manager)


def test_a_picture_that_is_gone(manager: Browser) -> None:
    entry = db.session.scalars(select(QuestionEntry)).first()
    assert entry is not None
    db.session.add(QuestionLabel(entry_id=entry.id, kind="medium", value="0" * 64))
    db.session.commit()
    assert red() == {"pictures"}
    assert entry.code in refused(manager)


def test_a_picture_that_does_not_decode(hall: Hall) -> None:
    blob = factories.save(
        Blob(sha256="1" * 64, media_type="image/png", size=3, purpose=PURPOSE, created_at=NOON)
    )
    assert pictures.broken([blob.sha256]) == [blob.sha256]


def test_too_little_time_to_read(manager: Browser) -> None:
    exam().minutes = 1
    db.session.commit()
    assert red() == {"reading"}
    assert "考试 1 分钟" in refused(manager)


def test_enemies_that_leave_nothing(manager: Browser) -> None:
    """All true/false of E forbid all single choices of E: no paper can be drawn."""
    entries = db.session.scalars(select(QuestionEntry).where(QuestionEntry.domain == "E")).all()
    singles = frozenset(e.code for e in entries if e.kind == "single_choice")
    for entry in entries:
        if entry.kind == "true_false":
            for version in entry.versions:
                facts = replace(load_facts(version.facts), enemies=singles)
                version.facts = dump_facts(facts)
            entry.changed_at = clock.now() + timedelta(seconds=1)
    db.session.commit()
    db.session.rollback()
    from_bank = manager.application.extensions  # what the process kept is of the old facts
    from_bank.pop("peizhen_stock", None)
    assert red() == {"enemies"}
    assert "互斥" in refused(manager)


def test_sections_that_miss_a_domain(manager: Browser) -> None:
    part = {"title": "甲", "title_en": "A", "minutes": 0, "minimum_percent": 0}
    exam().sections = [{**part, "domains": ["E"]}, {**part, "domains": ["Z"]}]
    db.session.commit()
    assert red() == {"sections"}
    assert "不在任何部分" in refused(manager)


def test_a_kind_that_people_mark(manager: Browser) -> None:
    row = db.session.scalars(select(ExamBlueprint)).one()
    cells = [{**row.body["cells"][0], "kind": "essay"}, *row.body["cells"][1:]]
    row.body = {**row.body, "cells": cells}
    db.session.commit()
    assert "filled" in red()
    assert "还不能发布" in refused(manager)
    assert "抽不成卷" in manager.page(f"/exams/{exam().id}")


def test_what_is_frozen(manager: Browser) -> None:
    body = db.session.scalars(select(ExamRevision)).one().body
    assert (body["pass_method"], body["pass_panel"]) == ("固定及格线", "考试委员会")
    assert (body["pass_set_on"], body["purpose"], body["sections"]) == (
        "2026-11-02",
        "certification",
        [],
    )


def test_changing_an_exam(manager: Browser) -> None:
    found = exam()
    address = f"/exams/{found.id}/edit"
    assert "考试委员会" in manager.page(address)
    form = {
        "title": found.title,
        "title_en": found.title_en,
        "purpose": "certification",
        "blueprint": found.blueprint_id,
        "minutes": "40",
        "pass_percent": "64",
        "pass_method": "改良 Angoff，两轮取中位数",
        "pass_panel": "命题委员会第三次会议",
        "pass_set_on": "2026-11-20",
        "sections": "流程 | Process | B | 10 | 0\n就诊 | Visits | E | 30 | 50",
    }
    assert manager.send(address, form).status_code == 302
    assert (exam().minutes, exam().pass_percent) == (40, 64)
    assert exam().pass_set_on == date(2026, 11, 20)
    assert [one["domains"] for one in exam().sections] == [["B"], ["E"]]
    manager.send(f"/exams/{found.id}/publish")
    body = max(exam().revisions, key=lambda one: one.number).body
    assert body["sections"][1]["minimum_percent"] == 50
    bad = manager.send(address, {**form, "sections": "流程"})
    assert bad.status_code == 400
    assert "第 1 行读不懂" in bad.get_data(as_text=True)
    other = manager.send(address, {**form, "purpose": "mock"})
    assert "不能在正式考试和模拟考之间换" in other.get_data(as_text=True)


def test_changing_waits_while_a_sitting_is_near(hall: Hall) -> None:
    manager = hall.browser(hall.manager)
    html = manager.send(f"/exams/{exam().id}/edit", changed()).get_data(as_text=True)
    assert "前后这段时间它用到的都不能改" in html
    assert exam().minutes == halls.MINUTES


def changed() -> dict[str, Any]:
    found = exam()
    return {
        "title": found.title,
        "title_en": found.title_en,
        "purpose": "certification",
        "blueprint": found.blueprint_id,
        "minutes": "45",
        "pass_percent": "60",
        "pass_method": "固定",
        "pass_panel": "委员会",
        "pass_set_on": "2026-11-02",
        "sections": "",
    }
