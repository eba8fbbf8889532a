"""Sections with their own time and minimum, over the wire and in the result."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from time_machine import Traveller

from app import clock, jobs
from app.exams import papers, pausing, publishing, rules, sections, time_account
from app.extensions import db
from app.models.exams import AnswerEvent, Attempt, Exam, Result
from app.models.people import User
from question_bank import load_blueprint
from tests.app.exams import hall as halls
from tests.app.exams.hall import GRACE, NOON, SLOTS, Browser, Hall, Sat

pytestmark = pytest.mark.rows
# The case of domain B first, ten of thirty minutes; then E.
PARTS = "流程 | Process | B | 10 | 0\n就诊 | Visits | E | 20 | 50"
FIRST = timedelta(minutes=10)


@pytest.fixture
def hall(app: Flask, time: Traveller, monkeypatch: pytest.MonkeyPatch) -> Hall:
    """A sitting whose exam has two sections."""
    real = publishing.create_exam

    def with_sections(**wanted: Any) -> Exam:
        return real(**wanted, sections=sections.read(PARTS))

    monkeypatch.setattr(publishing, "create_exam", with_sections)
    return halls.build(app)


@pytest.fixture
def sat(hall: Hall) -> Sat:
    """The candidate of seat 1, started."""
    return hall.started(1)


def journal() -> list[tuple[int, bool]]:
    rows = db.session.scalars(select(AnswerEvent).order_by(AnswerEvent.sequence))
    return [(row.slot, row.late) for row in rows]


def test_it_works(hall: Hall, sat: Sat) -> None:
    assert [slot.domain for slot in hall.slots()] == ["B"] * 3 + ["E"] * 5
    told = sat.data()["sections"]
    assert [(one["title"], one["first"], one["last"]) for one in told] == [
        ("流程", 1, 3),
        ("就诊", 4, SLOTS),
    ]
    start = int(NOON.timestamp() * 1000)
    assert [one["deadline"] - start for one in told] == [600_000, 1_800_000]
    paper = hall.booking().paper
    assert paper is not None
    assert papers.rebuilds(paper)
    html = hall.candidate(2).page(f"/exams/sit/{hall.bookings[1]}")
    assert "至少 50%" in html
    assert "第 1–3 题" in html


def test_after_its_end_an_answer_is_late_and_the_others_count(sat: Sat, time: Traveller) -> None:
    time.move_to(NOON + FIRST + timedelta(seconds=GRACE))
    assert sat.save((1, 1, "o1"))["stored"] == [1]
    time.shift(timedelta(seconds=1))
    answer = sat.save((2, 2, "o1"), (3, 4, "o1"))
    assert (answer["late"], answer["stored"]) == ([2], [3])
    assert journal() == [(1, False), (2, True), (4, False)]


def test_going_on_early_and_back_is_free(sat: Sat, time: Traveller) -> None:
    assert sat.save((1, 4, "o1"), (2, 1, "o1"))["stored"] == [1, 2]


def test_added_time_moves_the_end_of_the_section(hall: Hall, sat: Sat, time: Traveller) -> None:
    actor = db.session.get_one(User, hall.invigilator)
    time_account.add_time([hall.attempt()], "person", 5, "换设备", actor=actor, now=clock.now())
    db.session.commit()
    time.move_to(NOON + FIRST + timedelta(minutes=5))
    assert sat.save((1, 1, "o1"))["stored"] == [1]
    assert sat.save((2, 4, "o1"))["sections"][0]["deadline"] == int(
        (NOON + FIRST + timedelta(minutes=5)).timestamp() * 1000
    )


def test_while_paused_nothing_is_late(hall: Hall, sat: Sat, time: Traveller) -> None:
    actor = db.session.get_one(User, hall.invigilator)
    pausing.pause([hall.attempt()], "停电", actor=actor, now=clock.now())
    db.session.commit()
    time.move_to(NOON + FIRST + timedelta(minutes=2))
    assert sat.save((1, 1, "o1"))["stored"] == [1]
    pausing.resume([hall.attempt()], actor=actor, now=clock.now())
    db.session.commit()
    assert sat.save((2, 2, "o1"))["stored"] == [2]


def test_the_factor_lengthens_every_section(hall: Hall, time: Traveller) -> None:
    booking = hall.booking()
    booking.time_factor_percent, booking.time_factor_reason = 150, "已批准"
    db.session.commit()
    told = hall.started().data()["sections"]
    start = int(NOON.timestamp() * 1000)
    assert [one["deadline"] - start for one in told] == [900_000, 2_700_000]


def test_the_form_says_so(sat: Sat, time: Traveller) -> None:
    time.move_to(NOON + FIRST + timedelta(seconds=GRACE + 1))
    form = {"slot": "1", "value": "o1", "go": "2"}
    answer = sat.browser.send(sat.url("answer-form"), form)
    assert answer.status_code == 409
    assert "这一部分的时间到了" in answer.get_data(as_text=True)


@pytest.mark.parametrize(("domains", "passed"), [("BE", True), ("E", True), ("B", False)])
def test_each_minimum_must_be_reached(hall: Hall, sat: Sat, domains: str, passed: bool) -> None:
    for number, domain in enumerate(domains):
        time_slots = [slot for slot in hall.slots() if slot.domain == domain]
        sat.save(*[(number * 100 + s.number, s.number, halls.right_value(s)) for s in time_slots])
    sat.hand_in()
    jobs.do_duties(clock.now(), only="exams.mark")
    result = db.session.scalars(select(Result)).one()
    assert result.passed is passed
    assert [(one["title"], one["passed"]) for one in result.sections] == [
        ("流程", True),
        ("就诊", "E" in domains),
    ]


def test_enough_in_all_but_not_in_a_part(app: Flask, time: Traveller, hall: Hall) -> None:
    """A minimum of its own that is missed fails, and the page names the part."""
    sat = hall.started()
    paper = hall.booking().paper
    assert paper is not None
    paper.sections = [{**one, "minimum_percent": 90} for one in paper.sections]
    db.session.commit()
    slots = [slot for slot in hall.slots() if slot.number > 1]
    sat.save(*[(slot.number, slot.number, halls.right_value(slot)) for slot in slots])
    sat.hand_in()
    jobs.do_duties(clock.now(), only="exams.mark")
    result = db.session.scalars(select(Result)).one()
    result.released_at = clock.now()
    db.session.commit()
    assert not result.passed
    html = hall.candidate().page(f"/exams/sit/{hall.bookings[0]}/result")
    assert "每一部分都要够自己的最低分" in html
    assert "这一部分至少要 90%" in html


def test_a_save_asks_no_more_than_before(hall: Hall, sat: Sat) -> None:
    assert set(hall.attempt().sections[0]) == {"title", "title_en", "first", "last", "before"}
    assert db.session.scalars(select(Attempt)).one().sections[1]["before"] == 0


def test_typed_sections() -> None:
    found = sections.read("基础｜Basics｜A、C｜40｜50%\n\n实务 | Practice | b e | 50 | 0")
    assert [one["domains"] for one in found] == [["A", "C"], ["B", "E"]]
    assert sections.read(sections.written(found)) == found
    for wrong in ("基础 | Basics | A", "基础 | | A | x | 1", "a | b | A | 1 | 101"):
        with pytest.raises(sections.BadSections, match="第 1 行"):
            sections.read(wrong)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("甲 | A | B | 10 | 0", "2 到 6"),
        ("甲 | A | B | 10 | 0\n乙 | B | B、E | 20 | 0", "写在两个部分"),
        ("甲 | A | B | 10 | 0\n乙 | B | A | 20 | 0", "不在任何部分"),
        ("甲 | A | B、E | 10 | 0\n乙 | B | A | 20 | 0", "没有题"),
        ("甲 | A | B | 10 | 0\n乙 | B | E | 25 | 0", "加起来是 30"),
        ("甲 | A | B | 0 | 0\n乙 | B | E | 30 | 0", "要么都不填"),
    ],
)
def test_what_are_no_sections(app: Flask, text: str, why: str) -> None:
    table = load_blueprint(_small())
    with app.test_request_context():
        assert why in "".join(sections.troubles(sections.read(text), table, 30))


def _small() -> dict[str, Any]:
    kinds = [("E", "single_choice"), ("B", "true_false")]
    cells = [{"domain": d, "kind": k, "count": 1, "marks": 1} for d, k in kinds]
    return {
        "format": "peizhen.blueprint",
        "format_version": "1.0",
        "id": "s",
        "title": "s",
        "cells": cells,
    }


@given(st.lists(st.integers(1, 90), min_size=1, max_size=6), st.integers(100, 300))
def test_sections_fill_the_time(minutes: list[int], factor: int) -> None:
    before = rules.seconds_before_end(minutes, factor)
    assert before == sorted(before, reverse=True)
    assert before[-1] == 0
    whole = sum(minutes) * 60 * factor // 100
    assert abs(whole - before[0] - minutes[0] * 60 * factor / 100) <= 1
    assert rules.section_end(NOON, before[0]) <= NOON


def test_the_manager_is_told(hall: Hall) -> None:
    browser: Browser = hall.browser(hall.manager)
    exam = db.session.scalars(select(Exam)).one()
    assert "至少 50%" in browser.page(f"/exams/{exam.id}")
