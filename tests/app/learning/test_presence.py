"""Presence checks: asked now and then, answered by a person, and nothing is lost by them (A5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.models.studying import PresenceCheck
from tests.app.learning.heart import OpenPage, seconds
from tests.app.learning.rows import done
from tests.app.learning.test_seat_time import ask_every

pytestmark = pytest.mark.rows


@pytest.fixture
def at(app):
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False) as traveller:
        ask_every(3)
        yield traveller


def until_asked(page, at):
    """Read on until a question comes; it comes after 2 to 4 minutes."""
    page.beat()
    for _beat in range(9):
        at.shift(30)
        told = page.beat()
        if "check" in told:
            return told["check"]
    raise AssertionError("nobody was asked in four and a half minutes")


def test_it_works(reader, edition, at):
    page = OpenPage(reader, edition)
    check = until_asked(page, at)
    before = seconds()
    assert 120 <= before <= 270
    assert len(check["choices"]) == 3
    assert "1.1" in {one["code"] for one in check["choices"]}
    for _beat in range(6):
        at.shift(30)
        assert page.beat()["check"] == check
    assert seconds() == before
    assert "check" not in page.answer("1.1")
    at.shift(30)
    assert page.beat()["earned"] == 30_000
    assert seconds() == before + 30
    (row,) = db.session.scalars(select(PresenceCheck))
    assert row.answered_at - row.asked_at == timedelta(minutes=3)


def test_who_answers_soon_loses_nothing(reader, edition, at):
    page = OpenPage(reader, edition)
    until_asked(page, at)
    before = seconds()
    at.shift(40)
    assert page.answer("1.1")["earned"] == 40_000
    assert seconds() == before + 40


def test_a_wrong_answer_is_asked_again(reader, edition, at):
    page = OpenPage(reader, edition)
    until_asked(page, at)
    before = seconds()
    assert page.answer("1.2")["check"]
    assert page.answer("no such lesson")["check"]
    assert seconds() == before
    assert "check" not in page.answer("1.1")
    (row,) = db.session.scalars(select(PresenceCheck))
    assert row.wrong == 2


def test_neither_a_reload_nor_another_lesson_puts_it_off(reader, trainee, edition, at):
    done(trainee, edition, "1.1")
    until_asked(OpenPage(reader, edition), at)
    assert OpenPage(reader, edition).beat()["check"]
    other = OpenPage(reader, edition, "1.2")
    other.beat()
    at.shift(30)
    assert other.beat()["check"]
    before = seconds()
    at.shift(30)
    other.beat()
    assert seconds() == before


def test_reloading_early_does_not_begin_the_count_anew(reader, edition, at):
    asked = False
    for _load in range(5):
        page = OpenPage(reader, edition)
        page.beat()
        for _beat in range(2):
            at.shift(30)
            asked = asked or "check" in page.beat()
        at.shift(200)
    assert asked


def test_an_answer_to_nothing_is_refused(reader, edition, at):
    page = OpenPage(reader, edition)
    page.beat()
    answer = reader.post("/learn/presence", json={"ticket": page.ticket, "chosen": "1.1"})
    assert answer.status_code == 409
    assert "没有要答的问题" in answer.get_json()["error"]


def test_nobody_is_asked_when_the_rule_says_so(reader, edition, at):
    at.shift(1)
    ask_every(0)
    page = OpenPage(reader, edition)
    page.beat()
    for _beat in range(60):
        at.shift(30)
        assert "check" not in page.beat()
    assert seconds() == 1800
