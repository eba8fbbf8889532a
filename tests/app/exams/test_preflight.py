"""Pre-flight: each check red by itself with what to do; publishing and confirming refuse while red."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from time_machine import Traveller

from app import clock
from app.bank.media import PURPOSE
from app.exams import (
    accommodations,
    dry_run,
    papers,
    pictures,
    preflight,
    readiness,
    rostering,
)
from app.extensions import db
from app.models.bank import ExamBlueprint, MarkingKey, QuestionEntry, QuestionLabel
from app.models.exams import Booking, Exam, ExamRevision, Paper, PaperSlot, Sitting, SittingRoom
from app.models.journal import AuditLine, Blob, OutboxMessage
from app.models.people import Role, User
from question_bank import dump_facts, load_facts
from tests import factories
from tests.app.eligibility import evidence
from tests.app.exams import hall as halls
from tests.app.exams.hall import NOON, Browser, Hall
from tests.app.training import rows

pytestmark = pytest.mark.rows
PHONE = "Mozilla/5.0 (Linux; Android 13; V2171A) AppleWebKit/537.36 Mobile MicroMessenger/8.0"


def exam() -> Exam:
    return db.session.scalars(select(Exam)).one()


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


# A sitting


def red_of(hall: Hall) -> set[str]:
    return {check.name for check in readiness.of_sitting(hall.sitting) if not check.right}


@pytest.fixture
def ready(hall: Hall) -> Hall:
    """A sitting that lacks nothing."""
    db.session.add(SittingRoom(sitting_id=hall.sitting_id, number=1, name="302", seats=2))
    hall.sitting.dry_run_at, hall.sitting.dry_run_by_id = clock.now(), hall.invigilator
    db.session.commit()
    return hall


def test_confirming_tells_everyone_once(ready: Hall) -> None:
    manager = ready.browser(ready.manager)
    address = f"/exams/sittings/{ready.sitting_id}"
    assert "确认这一场，通知考生" in manager.page(f"{address}/preflight")
    html = manager.send(f"{address}/confirm", follow_redirects=True).get_data(as_text=True)
    assert "已确认，通知了 2 人" in html
    assert ready.sitting.confirmed_by_id == ready.manager
    manager.send(f"{address}/confirm")
    sent = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == "exam.confirmed")
    ).all()
    assert len(sent) == 2


def test_who_is_added_after_the_confirming_is_told(ready: Hall) -> None:
    manager = ready.browser(ready.manager)
    manager.send(f"/exams/sittings/{ready.sitting_id}/confirm")
    db.session.execute(update(SittingRoom).values(seats=3))
    late = rows.enrol(rows.training_class())
    evidence.make_ready(late)
    fields = {"training_class": late.class_id}
    html = manager.send(
        f"/exams/sittings/{ready.sitting_id}/roster", fields, follow_redirects=True
    ).get_data(as_text=True)
    assert "加进名单 1 人" in html
    told = db.session.scalars(
        select(OutboxMessage.text).where(
            OutboxMessage.kind == "exam.confirmed", OutboxMessage.user_id == late.user_id
        )
    ).one()
    assert "3 座" in told


def test_each_thing_a_sitting_lacks(ready: Hall) -> None:
    assert red_of(ready) == set()
    ready.sitting.dry_run_at = None
    assert red_of(ready) == {"dry_run"}
    db.session.rollback()
    db.session.execute(update(SittingRoom).values(seats=1))
    assert red_of(ready) == {"rooms"}
    db.session.rollback()
    halls.build_late(ready)
    assert red_of(ready) == {"papers", "rooms"}
    db.session.rollback()


def test_confirming_refuses_while_red(hall: Hall) -> None:
    manager = hall.browser(hall.manager)
    address = f"/exams/sittings/{hall.sitting_id}"
    html = manager.send(f"{address}/confirm", follow_redirects=True).get_data(as_text=True)
    assert "还不能确认" in html
    assert "还没有人试过" in html
    assert hall.sitting.confirmed_at is None


def test_an_accommodation_that_did_not_arrive(ready: Hall) -> None:
    user, manager = ready.booking().user, db.session.get_one(User, ready.manager)
    grant = accommodations.Grant(percent=150, reason="视力", evidence="医院证明，存档案室")
    accommodations.grant_to(user, grant, actor=manager, now=clock.now())
    db.session.flush()
    assert red_of(ready) == set()
    ready.booking().time_factor_percent = 100
    assert red_of(ready) == {"accommodations"}
    db.session.rollback()


def test_a_damaged_revision(ready: Hall) -> None:
    revision = ready.sitting.revision
    revision.body = {**revision.body, "minutes": 999}
    db.session.flush()
    assert red_of(ready) == {"revision"}
    db.session.rollback()


# The dry run


@pytest.fixture
def practice(hall: Hall) -> Hall:
    """The hall with a few practice questions beside the live ones."""
    for entry in db.session.scalars(select(QuestionEntry)).all()[:6]:
        entry.pool, entry.changed_at = "practice", clock.now() + timedelta(seconds=1)
    db.session.commit()
    return hall


def rehearse(hall: Hall, *, answer: bool = True, agent: str = PHONE) -> str:
    """Walk through a dry run as an invigilator does; return what the last page says."""
    browser = hall.browser(hall.invigilator)
    page = f"/exams/sittings/{hall.sitting_id}/dry-run"
    assert "用这部手机试机" in browser.page(page)
    booking_id = browser.send(page).location.rsplit("/", 1)[-1]
    assert halls.start(browser, booking_id, "").status_code == 303
    attempt = db.session.get_one(Booking, booking_id).attempt
    assert attempt is not None
    sat = halls.Sat(hall, browser, booking_id, attempt.id)
    item = sat.data()["groups"][0]["items"][0]
    if answer:
        value = item["options"][0]["id"]
        value = [value] if item["kind"] == "multiple_choice" else value
        assert sat.save((1, 1, value))["stored"] == [1]
    sat.hand_in()
    address = f"/exams/dry-runs/{booking_id}"
    return browser.get(address, headers={"User-Agent": agent}).get_data(as_text=True)


def test_a_dry_run_is_recorded_with_who_and_when(practice: Hall) -> None:
    assert "dry_run" in red_of(practice)
    assert "试机记下来了" in rehearse(practice)
    assert practice.sitting.dry_run_at == clock.now()
    assert practice.sitting.dry_run_by_id == practice.invigilator
    assert "dry_run" not in red_of(practice)
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "sitting.dry_run")).one()
    assert line.details["answers"] == 1


def test_without_an_answer_it_does_not_count(practice: Hall) -> None:
    assert "没有收到答案" in rehearse(practice, answer=False)
    assert practice.sitting.dry_run_at is None


def test_it_has_to_be_a_phone(practice: Hall) -> None:
    assert "不是用手机做的" in rehearse(practice, agent="Mozilla/5.0 (X11; Linux x86_64)")
    assert practice.sitting.dry_run_at is None


def test_its_questions_are_practice_only(practice: Hall) -> None:
    rehearse(practice)
    sitting = db.session.scalars(select(Sitting).where(Sitting.mock)).one()
    assert sitting.rehearses_id == practice.sitting_id
    found = dry_run.samples(practice.sitting, clock.now())
    codes = {one.facts.id for one in found}
    pools = db.session.scalars(select(QuestionEntry.pool).where(QuestionEntry.code.in_(codes)))
    assert set(pools) == {"practice"}


def test_nothing_to_show(hall: Hall) -> None:
    browser = hall.browser(hall.invigilator)
    page = f"/exams/sittings/{hall.sitting_id}/dry-run"
    html = browser.send(page, follow_redirects=True).get_data(as_text=True)
    assert "练习题库里还没有能用的题" in html


def test_who_may(practice: Hall, app: Flask) -> None:
    address = f"/exams/sittings/{practice.sitting_id}"
    for role in (Role.TRAINEE, Role.INVIGILATOR, Role.CERTIFIER):
        browser = practice.browser(factories.user(role).id)
        browser.page(f"{address}/dry-run", 404)
        browser.page(f"{address}/preflight", 403)
        browser.page(f"/exams/{exam().id}/preflight", 403)
    practice.browser(practice.manager).page(f"{address}/dry-run")


# Whoever sits again


def test_a_retake_shows_what_was_not_seen(app: Flask, time: Traveller) -> None:
    """Eight single choices for three and no enemies: the second paper has none of the first."""
    few = halls.few()
    friendly = tuple(replace(one, enemies=()) for one in few.questions)
    hall = halls.build(app, content=replace(few, questions=friendly))
    first = hall.started()
    first.hand_in()
    actor = db.session.get_one(User, hall.manager)
    again = rostering.plan(
        hall.sitting.revision,
        district=factories.district(),
        place="303 考场",
        opens_at=datetime(2026, 12, 27, 4, 0, tzinfo=UTC),
        late_minutes=20,
        closes_at=datetime(2026, 12, 27, 5, 0, tzinfo=UTC),
        actor=actor,
        now=clock.now(),
    )
    db.session.commit()
    candidate = db.session.get_one(User, hall.candidates[0])
    booking_id = halls.book(again, candidate, 1).id
    fresh_id = halls.book(again, factories.user(Role.TRAINEE), 2).id
    papers.draw_missing(again, actor=None, now=clock.now())
    db.session.commit()
    paper = db.session.scalars(select(Paper).where(Paper.booking_id == booking_id)).one()
    before = {slot.version_id for slot in hall.slots() if slot.domain == "E"}
    after = {slot.version_id for slot in paper.slots if slot.domain == "E"}
    assert not before & after
    assert len(paper.seen) == 6
    assert papers.rebuilds(paper)
    paper.seen = []
    assert not papers.rebuilds(paper)
    fresh = db.session.scalars(select(Paper).where(Paper.booking_id == fresh_id)).one()
    assert fresh.seen == []


def test_a_paper_never_opened_was_not_seen(hall: Hall) -> None:
    assert papers.seen_by(hall.candidates, {"anything"}) == {}
    codes = {entry.code for entry in halls.entries()}
    assert papers.seen_by(hall.candidates, codes) == {}
