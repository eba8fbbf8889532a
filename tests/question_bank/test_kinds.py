"""All kinds together: which may come into an exam, the rule that never does, media."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from question_bank import (
    EXAM_KINDS,
    KINDS,
    Question,
    QuestionError,
    check,
    check_key,
    dump,
    exam_faults,
    facts_of,
    key_of,
    load,
    load_blueprint,
    mark_response,
    parse_response,
    say_response,
    shown,
    supply,
)
from question_bank.kinds import FORMAT_KINDS
from question_bank.marking import plus_minus_practice
from tests.question_bank.strategies import FEWER, questions, single


def test_every_stored_name_has_its_kind_and_people_or_nobody_keep_three_from_exams() -> None:
    assert set(KINDS) == set(FORMAT_KINDS)
    assert set(KINDS) - set(EXAM_KINDS) == {"short_answer", "upload", "description"}
    assert all(
        kind.examinable or kind.why_not.endswith("不能进入考试。") for kind in KINDS.values()
    )


WEIGHTS = {"o1": Fraction(1, 2), "o2": Fraction(1, 2), "o3": Fraction(-1, 3), "o4": Fraction(-1)}


@pytest.mark.parametrize(
    ("chosen", "own", "fraction"),
    [
        ("o1 o2", {}, Fraction(1)),
        ("o1", {}, Fraction(1, 2)),
        ("o1 o3", {}, Fraction(0)),
        ("o1 o2 o3", {}, Fraction(1, 2)),
        ("o1 o2 o3 o4", {}, Fraction(0)),
        ("o3", {}, Fraction(0)),
        ("", {}, Fraction(0)),
        ("o1 o2 o3", WEIGHTS, Fraction(2, 3)),
        ("o1 o4", WEIGHTS, Fraction(0)),
    ],
)
def test_plus_and_minus_follow_their_table(
    chosen: str, own: dict[str, Fraction], fraction: Fraction
) -> None:
    options = ["o1", "o2", "o3", "o4"]
    assert plus_minus_practice(set(chosen.split()), {"o1", "o2"}, options, own) == fraction


def test_plus_and_minus_never_certify() -> None:
    options = [
        {"id": f"o{n}", "text": f"{n}号", "weight": w} for n, w in ((1, 1), (2, "-1/2"), (3, "1/2"))
    ]
    body = single(
        pool="practice", options=options, key=["o1"], scoring={"rule": "plus_minus_practice"}
    )
    practice = load(body)
    assert check(practice) == []
    assert load(dump(practice)) == practice
    key = key_of(practice)
    assert [
        mark_response(practice, key, parse_response(practice, raw)) for raw in ("o1", "o2", "o3")
    ] == [1, 0, Fraction(1, 2)]
    assert [fault.place for fault in check(load(body | {"pool": "live"}))] == ["scoring.rule"]
    assert [fault.place for fault in exam_faults(practice)] == ["scoring.rule"]
    assert not facts_of(practice).examinable
    unused = load(body | {"scoring": {"rule": "all_or_nothing"}})
    assert [fault.place for fault in check(unused)] == ["scoring"]
    assert [one.place for one in check_key(practice, key | {"weights": {"o1": "x"}})] == ["weights"]


@FEWER
@given(questions())
def test_no_kind_slips_into_an_exam_unseen(question: Question) -> None:
    asked = question.marked_questions()
    plain = bool(asked) and all(one.kind in EXAM_KINDS for one in asked)
    harmless = all(one.rule != "plus_minus_practice" for one in asked)
    assert facts_of(question).examinable == (plain and harmless)
    assert all(fault.message.endswith("。") for fault in exam_faults(question))


def test_a_blueprint_refuses_what_nobody_can_mark_and_counts_none() -> None:
    body: dict[str, Any] = {
        "format": "peizhen.blueprint",
        "format_version": "1.0",
        "id": "b",
        "title": "表",
        "cells": [{"domain": "E", "kind": "short_answer", "count": 1, "marks": 1}],
    }
    with pytest.raises(QuestionError, match="简答题要由人评分"):
        load_blueprint(body)
    body["cells"][0]["kind"] = "single_choice"
    blueprint = load_blueprint(body)
    minus = facts_of(load(single(scoring={"rule": "plus_minus_practice"})))
    assert supply(blueprint, [minus]).shortages[0].have == 0
    picture = {"name": "窗口", "alt": "一楼挂号窗口", "sha256": "0" * 64}
    assert supply(blueprint, [facts_of(load(single(media=[picture])))]).is_enough
    assert supply(blueprint, [facts_of(load(single()))]).is_enough


def test_media_stand_under_the_stem_or_on_their_option() -> None:
    media = [
        {"name": "甲", "alt": "窗口", "sha256": "0" * 64},
        {
            "name": "表",
            "alt": "时间表",
            "kind": "table",
            "rows": [["科室", "时间"], ["内科", "8点"]],
        },
    ]
    options = [{"id": "o1", "media": ["甲"]}, {"id": "o2", "text": "乙"}]
    question = load(single(media=media, options=options))
    assert check(question) == []
    assert load(dump(question)) == question
    told = shown(question)
    assert [one["alt"] for one in told["media"]] == ["时间表"]
    assert told["options"][0]["media"][0]["sha256"] == "0" * 64
    assert say_response(question, parse_response(question, "o1")) == "窗口"
