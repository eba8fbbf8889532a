"""What is no delivery, no answer or too much is refused by a sentence, noted, and costs no other answer."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from time_machine import Traveller

from app.exams import attempt_log
from app.extensions import db
from app.models.exams import AttemptEvent
from tests.app.exams.hall import NOON, Hall, Sat
from tests.app.exams.test_save import journal

pytestmark = pytest.mark.rows


def test_nested_beyond_reason(hall: Hall, sat: Sat) -> None:
    body = '{"changes":' + "[" * 100_000
    answer = sat.browser.post(sat.url("answers"), data=body, content_type="application/json")
    assert answer.status_code == 400
    assert "不是答案清单" in answer.get_json()["error"]


def test_question_not_on_the_paper(hall: Hall, sat: Sat) -> None:
    answer = sat.save((1, 99, "o1"), (2, 1, "o1"))
    assert answer["stored"] == [2]
    assert answer["refused"][0]["code"] == "foreign"
    assert "第 99 题不在这份试卷上" in answer["refused"][0]["why"]


def test_refused_answers_are_noted_once_a_minute(hall: Hall, sat: Sat, time: Traveller) -> None:
    def noted() -> list[dict[str, Any]]:
        rows = select(AttemptEvent).where(AttemptEvent.kind == "answers_refused")
        return [row.details for row in db.session.scalars(rows.order_by(AttemptEvent.at))]

    for sequence in range(1, 6):
        sat.save((sequence, 99, "o1"))
    assert noted() == [{"epoch": 1, "slots": [99], "codes": ["foreign"]}]
    time.move_to(NOON + timedelta(minutes=5))
    sat.save((6, 1, "o99"), (7, 99, "o1"), (8, 2, "o1"))
    assert noted()[1:] == [{"epoch": 1, "slots": [1, 99], "codes": ["foreign", "format"]}]
    said = [line.text for line in attempt_log.lines(hall.attempt().booking)]
    assert "送来不在这份试卷上的答案（第 99 题），没有收下" in said
    assert "送来的内容不是第 1、99 题能有的答案，没有收下" in said


def test_errors_are_sentences_for_scripts_too(hall: Hall, sat: Sat) -> None:
    asking = {"Accept": "application/json"}
    for answer, status, words in (
        (sat.browser.get(sat.url("answers"), headers=asking), 405, "不收这种请求"),
        (sat.browser.get("/nowhere", headers=asking), 404, "这里没有东西"),
        (sat.browser.post(sat.url("answers"), json=["x" * 300_000]), 413, "分几次送"),
    ):
        assert answer.status_code == status
        assert words in answer.get_json()["error"]
        assert answer.get_json()["request_id"]
    english = sat.browser.get("/nowhere?lang=en", headers=asking).get_json()["error"]
    assert english.startswith("Nothing is here")


WRONG_VALUES = ["o99", {}, ["o1", "o2"], 7, "x" * 5000, [[]], {"a": "o1"}, True]


def test_not_an_answer_to_this_question(hall: Hall, sat: Sat) -> None:
    slot = hall.slot("single_choice")
    answer = sat.save(*[(n, slot, value) for n, value in enumerate(WRONG_VALUES, 1)])
    assert answer["stored"] == []
    assert [one["code"] for one in answer["refused"]] == ["format"] * len(WRONG_VALUES)
    assert all(one["why"] for one in answer["refused"])
    assert journal() == []


WRONG_BODIES: list[Any] = [
    None,
    [],
    "x",
    {},
    {"changes": {}},
    {"changes": [7]},
    {"changes": [{"slot": 1, "value": "o1"}]},
    {"changes": [{"sequence": "1", "slot": 1}]},
    {"changes": [{"sequence": True, "slot": 1}]},
    {"changes": [{"sequence": 0, "slot": 1}]},
    {"changes": [{"sequence": 10**9, "slot": 1}]},
    {"changes": [{"sequence": 1, "slot": -1}]},
    {"changes": [{"sequence": n, "slot": 1, "value": None} for n in range(1, 202)]},
]


def test_wrong_shape(hall: Hall, sat: Sat) -> None:
    for body in [*(json.dumps(one).encode() for one in WRONG_BODIES), b"{", b"", b"\xff"]:
        answer = sat.browser.post(sat.url("answers"), data=body, content_type="application/json")
        assert answer.status_code == 400, body[:80]
        assert "没有收下" in answer.get_json()["error"]
    assert journal() == []


def test_two_hundred_at_once(hall: Hall, sat: Sat) -> None:
    answer = sat.save(*[(n, 1 + n % 8, None) for n in range(1, 201)])
    assert len(answer["stored"]) == 200


def test_ten_megabytes(hall: Hall, sat: Sat) -> None:
    body = b'{"changes": [], "left": "' + b"x" * 10_000_000 + b'"}'
    answer = sat.browser.post(sat.url("answers"), data=body, content_type="application/json")
    assert answer.status_code == 413
    assert journal() == []
