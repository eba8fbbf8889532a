"""load and dump: one body, nothing lost, every fault named at its place."""

import json
from typing import Any

import pytest
from hypothesis import given

from question_bank import QuestionError, UnsupportedKindError, check, dump, load, load_kept
from question_bank.question import Question
from tests.question_bank.strategies import FEWER, questions, single


@FEWER
@given(questions())
def test_nothing_is_lost_through_json(question: Question) -> None:
    assert load(json.loads(json.dumps(dump(question)))) == question
    assert check(question) == []


@FEWER
@given(questions())
def test_what_was_kept_is_read_as_it_was_the_first_time(question: Question) -> None:
    body = json.loads(json.dumps(dump(question)))
    assert load_kept(body) == load(body)


def test_a_kept_body_of_another_version_is_judged_as_from_outside() -> None:
    body = single() | {"format_version": "1.7", "shade": "blue"}
    assert load_kept(body) == load(body)
    with pytest.raises(QuestionError):
        load_kept(single() | {"format_version": "2.0"})


def places(body: Any) -> dict[str, str]:
    with pytest.raises(QuestionError) as caught:
        load(body)
    return {fault.place: fault.message for fault in caught.value.faults}


def test_all_faults_are_named_at_once() -> None:
    body = single(stem=None, level="recal", lesson=4.1, versoin=2)
    found = places(body)
    assert set(found) == {"stem", "level", "lesson", "versoin"}
    assert "引号" in found["lesson"]
    assert "拼写" in found["versoin"]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"version": 0}, "version"),
        ({"version": True}, "version"),
        ({"review_by": "2027-02-30"}, "review_by"),
        ({"review_by": 20270230}, "review_by"),
        ({"shuffle": "no"}, "shuffle"),
        ({"headings": "visit"}, "headings"),
        ({"headings": [""]}, "headings"),
        ({"difficulty": {"band": "easy", "p": 2}}, "difficulty.p"),
        ({"difficulty": "easy"}, "difficulty"),
        ({"scoring": {"rule": "missing_partly_wrong_zero"}}, "scoring.rule"),
        ({"options": [{"id": "o1", "text": 120}]}, "options[1].text"),
        ({"options": ["甲"]}, "options[1]"),
        ({"stem": "坏\x00字"}, "stem"),
        ({"stem": "坏\ud800字"}, "stem"),
        ({"stem": "长" * 20_001}, "stem"),
        ({"questions": []}, "questions"),
        ({"why_true": "x"}, "why_true"),
    ],
)
def test_a_malformed_field_is_refused(fields: dict[str, Any], place: str) -> None:
    assert list(places(single(**fields))) == [place]


@pytest.mark.parametrize("body", [None, [], "文字"])
def test_what_is_no_mapping_is_refused(body: Any) -> None:
    assert "字段" in places(body)[""]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"format": "other"}, "format"),
        ({"format_version": "2.0"}, "format_version"),
        ({"format_version": 1.0}, "format_version"),
    ],
)
def test_another_format_is_refused_as_a_whole(fields: dict[str, Any], place: str) -> None:
    assert list(places(single(**fields, versoin=1))) == [place]


def test_a_newer_minor_is_kept_and_written_back() -> None:
    body = single(format_version="1.7", mood="calm", writer={"kind": "human", "team": "甲"})
    body["options"][0]["picture_hint"] = "窗口"
    again = dump(load(body))
    assert again["format_version"] == "1.7"
    assert again["mood"] == "calm"
    assert again["writer"]["team"] == "甲"
    assert again["options"][0]["picture_hint"] == "窗口"


def test_a_newer_minor_cannot_slip_in_a_way_of_marking() -> None:
    body = single(format_version="1.7", scoring={"rule": "all_or_nothing", "penalty": 1})
    assert list(places(body)) == ["scoring.penalty"]
    assert list(places(single(format_version="1.7", scoring={"rule": "guess"}))) == ["scoring.rule"]


def test_own_fields_begin_with_x() -> None:
    assert load(single(x_office="三楼")).extra == {"x_office": "三楼"}


def test_a_kind_beyond_this_program_is_named() -> None:
    with pytest.raises(UnsupportedKindError) as caught:
        load(single(format_version="1.7", kind="hologram"))
    assert caught.value.kind == "hologram"
    assert "没有读入" in str(caught.value)
    with pytest.raises(UnsupportedKindError, match="请检查拼写"):
        load(single(kind="singel"))


def case(**part: Any) -> dict[str, Any]:
    inner = single(id="q1.1", pool=None, domain=None, lesson=None, format=None, format_version=None)
    return single(
        kind="case_set",
        scene="一位老人",
        stem=None,
        options=None,
        key=None,
        level=None,
        section="waiting",
        questions=[inner, inner | {"id": "q1.2"} | part],
    )


def test_parts_inherit_from_their_case() -> None:
    question = load(case(section="leaving"))
    assert [part.section for part in question.parts] == ["waiting", "leaving"]
    assert {part.domain for part in question.parts} == {"E"}
    assert [part["id"] for part in dump(question)["questions"]] == ["q1.1", "q1.2"]
    assert "section" not in dump(question)["questions"][0]


def test_a_part_cannot_leave_its_case() -> None:
    assert list(places(case(pool="practice"))) == ["questions[2].pool"]
    assert list(places(case(kind="case_set", scene="内"))) == ["questions[2].kind"]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"key": []}, "key"),
        ({"key": ["o9"]}, "key"),
        ({"key": ["o1", "o2"]}, "key"),
        ({"options": [{"id": "o2", "text": "一项"}]}, "options"),
        ({"options": [{"id": "o2", "text": "甲"}, {"id": "o2", "text": "乙"}]}, "options[2].id"),
        ({"options": [{"id": "o2", "text": "甲"}, {"id": "o1", "text": " 甲"}]}, "options[2].text"),
        ({"kind": "multiple_choice"}, "key"),
        ({"kind": "multiple_choice", "key": ["o1", "o1", "o2"]}, "key"),
        ({"kind": "true_false", "options": None, "key": None}, "key"),
        ({"writer": {"kind": "ai_drafted"}, "status": "active"}, "writer.approved_by"),
        ({"enemies": ["q1"]}, "enemies"),
        ({"media": [{"name": "a", "sha256": "0" * 64}]}, "media[1].alt"),
        ({"media": [{"name": "a", "alt": "图"}]}, "media[1].sha256"),
        ({"media": [{"name": "a", "alt": "表", "kind": "table"}]}, "media[1].rows"),
        (
            {"options": [{"id": "o1", "media": ["a"]}, {"id": "o2", "text": "乙"}]},
            "options[1].media",
        ),
        ({"scoring": {"rule": "plus_minus_practice"}}, "scoring.rule"),
    ],
)
def test_a_draft_can_be_stored_that_cannot_be_asked(fields: dict[str, Any], place: str) -> None:
    question = load(single(**fields))
    assert [fault.place for fault in check(question)] == [place]
    assert load(dump(question)) == question


def test_every_option_may_be_right() -> None:
    assert check(load(single(kind="multiple_choice", key=["o1", "o2", "o3"]))) == []


def test_a_case_needs_two_different_parts() -> None:
    assert [fault.place for fault in check(load(case(id="q1.1")))] == ["questions[2].id"]
    body = case()
    body["questions"].pop()
    assert [fault.place for fault in check(load(body))] == ["questions"]
