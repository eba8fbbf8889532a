"""Showing, answering, marking: the key stays inside, and a format problem is no wrong answer."""

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank import (
    KINDS,
    NeedsPeopleError,
    NoMarkError,
    Response,
    ResponseFormatError,
    check_key,
    facts_of,
    key_of,
    load,
    mark_parts,
    mark_response,
    parse_response,
    parts_for_people,
    raw_response,
    say_key,
    say_response,
    shown,
)
from question_bank.question import Question
from tests.question_bank.strategies import FEWER, PLAIN_KINDS, questions, single

SHOWN = {"id", "kind", "stem", "scene", "options", "parts", "text", "items", "left", "right"}
SHOWN |= {"blanks", "width", "unit", "unit_required", "longest", "accepts", "most_files"}
SHOWN |= {"largest_mb", "media", "alt", "sha256", "media_type", "rows"}


def names_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(names_in(one) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(names_in(one) for one in value))
    return set()


CHOICES = ("single_choice", "multiple_choice", "true_false")


@FEWER
@given(questions())
def test_only_the_allowed_fields_are_shown(question: Question) -> None:
    told = shown(question)
    assert names_in(told) <= SHOWN
    for one, asked in zip(told.get("parts", [told]), question.parts or (question,), strict=True):
        if asked.kind in CHOICES:
            said = [{"id": o["id"], "text": o["text"]} for o in one["options"]]
            assert said == [{"id": o.id, "text": o.text} for o in asked.options]
        texts = [one["text"] for one in one.get("items", one.get("right", []))]
        if texts:
            assert sorted(texts) == sorted(option.text for option in asked.options)


@FEWER
@given(questions())
def test_what_is_shown_does_not_depend_on_the_key(question: Question) -> None:
    for one in question.marked_questions():
        keys = [(option.id,) for option in one.options] or [()]
        if one.kind == "ordering":
            keys = [one.key, one.key[::-1]]
        turned = [(left, one.options[0].id) for left, _ in one.pairs]
        seen = [
            shown(
                replace(
                    one,
                    key=key,
                    pairs=tuple(turned),
                    answers=(),
                    model_answer="",
                    rubric=(),
                    blanks=tuple(replace(blank, accept=("别的",)) for blank in one.blanks),
                )
            )
            for key in keys
        ]
        assert all(told == shown(one) for told in seen)


def right_raw(question: Question, draw: Any) -> Any:
    """What earns everything, or for people's kinds any answer."""
    if question.kind == "ordering":
        return list(question.key)
    if question.kind == "matching":
        return dict(question.pairs)
    if question.kind == "fill_in":
        return {blank.id: draw(st.sampled_from(blank.accept)) for blank in question.blanks}
    if question.kind == "numeric":
        answer = question.answers[0]
        edge = draw(st.sampled_from([0, 1, -1]))
        return f"{answer.value + edge * answer.tolerance:f} {question.unit}"
    if question.kind == "multiple_choice":
        return list(question.key)
    return question.key[0] if question.key else None


def raw_of(question: Question, draw: Any) -> Any:
    if question.parts:
        asked = question.marked_questions()
        return {part.id: raw_of(part, draw) for part in asked if draw(st.booleans())}
    ids = [option.id for option in question.options]
    if question.kind == "multiple_choice":
        return draw(st.lists(st.sampled_from(ids), unique=True))
    if question.kind == "ordering":
        return draw(st.none() | st.permutations(ids))
    if question.kind == "matching":
        lefts = [left.id for left in question.lefts]
        return draw(st.dictionaries(st.sampled_from(lefts), st.none() | st.sampled_from(ids)))
    if question.kind == "fill_in":
        blanks = [blank.id for blank in question.blanks]
        return draw(st.dictionaries(st.sampled_from(blanks), st.sampled_from(["", "甲", "Ａ b"])))
    if question.kind == "numeric":
        return draw(st.sampled_from(["", "12", "-0.5", "１２", f"3 {question.unit}"]))
    if question.kind == "short_answer":
        return draw(st.sampled_from(["", "先问清楚"]))
    if question.kind in ("upload", "description"):
        return None
    return draw(st.none() | st.sampled_from(ids))


@FEWER
@given(questions(), st.data())
def test_marks_stay_between_nothing_and_full(question: Question, data: st.DataObject) -> None:
    response = parse_response(question, raw_of(question, data.draw))
    again = parse_response(question, json.loads(json.dumps(raw_response(question, response))))
    assert again == response
    key = json.loads(json.dumps(key_of(question)))
    assert check_key(question, key) == []
    if not question.marked_questions():
        with pytest.raises(NoMarkError):
            mark_response(question, key, response)
        return
    waiting: set[str] = set()
    for rule in KINDS[question.kind].rules or [None]:
        try:
            fraction = mark_response(question, key, response, rule)
        except NeedsPeopleError as needs:
            waiting |= set(needs.ids)
            continue
        assert 0 <= fraction <= 1
        parts = mark_parts(question, key, response, rule)
        assert fraction == sum(parts.values(), Fraction(0)) / len(parts)
        if response.is_blank:
            assert fraction == 0
            assert say_response(question, response) == "未作答"
    assert waiting <= set(parts_for_people(question))
    assert not (waiting and response.is_blank)


PROGRAM = tuple(kind for kind in PLAIN_KINDS if KINDS[kind].marked_by == "program")


@FEWER
@given(questions(kinds=PROGRAM), st.data())
def test_the_key_itself_earns_everything(question: Question, data: st.DataObject) -> None:
    if question.parts:
        raw: Any = {part.id: right_raw(part, data.draw) for part in question.parts}
    else:
        raw = right_raw(question, data.draw)
    response = parse_response(question, raw)
    weighted = [one for one in question.marked_questions() if any(o.weight for o in one.options)]
    if not weighted:
        assert mark_response(question, key_of(question), response) == 1
    assert response.is_complete
    if {one.kind for one in question.marked_questions()} <= {*CHOICES, "ordering"}:
        assert say_key(question) == say_response(question, response)


@FEWER
@given(
    questions(),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
)
def test_rubbish_is_refused_and_never_breaks(question: Question, raw: Any) -> None:
    try:
        response = parse_response(question, raw)
    except ResponseFormatError:
        return
    if question.marked_questions() and not parts_for_people(question):
        assert 0 <= mark_response(question, key_of(question), response) <= 1


SINGLE = load(single())
MULTIPLE = load(single(kind="multiple_choice", key=["o1", "o2"]))
TRUE_FALSE = load(single(kind="true_false", options=None, key=False))


@pytest.mark.parametrize(
    ("question", "raw"),
    [
        (SINGLE, "o9"),
        (SINGLE, ["o2"]),
        (SINGLE, 2),
        (SINGLE, False),
        (MULTIPLE, "o1"),
        (MULTIPLE, ["o1", "o1"]),
        (MULTIPLE, [["o1"]]),
        (TRUE_FALSE, "对"),
        (TRUE_FALSE, 1),
        (TRUE_FALSE, []),
    ],
)
def test_a_format_problem_is_not_a_wrong_answer(question: Question, raw: Any) -> None:
    with pytest.raises(ResponseFormatError, match="没有计入。请刷新页面后重新选择"):
        parse_response(question, raw)


@pytest.mark.parametrize(
    ("question", "raw", "fraction", "words"),
    [
        (SINGLE, "o2", 1, "问分诊台"),
        (SINGLE, "o1", 0, "去窗口"),
        (SINGLE, "", 0, "未作答"),
        (MULTIPLE, ["o2", "o1"], 1, "去窗口；问分诊台"),
        (MULTIPLE, ["o2"], 0, "问分诊台"),
        (MULTIPLE, [], 0, "未作答"),
        (TRUE_FALSE, False, 1, "错误"),
        (TRUE_FALSE, "false", 1, "错误"),
        (TRUE_FALSE, True, 0, "正确"),
        (TRUE_FALSE, None, 0, "未作答"),
    ],
)
def test_an_answer_is_marked_and_said(
    question: Question, raw: Any, fraction: int, words: str
) -> None:
    response = parse_response(question, raw)
    assert mark_response(question, key_of(question), response) == fraction
    assert say_response(question, response) == words


def test_a_mended_key_marks_an_unchanged_question() -> None:
    first = parse_response(SINGLE, "o1")
    either = key_of(SINGLE) | {"right": ["o1", "o2"]}
    assert mark_response(SINGLE, key_of(SINGLE), first) == 0
    assert mark_response(SINGLE, either, first) == 1
    assert mark_response(SINGLE, either, parse_response(SINGLE, "o3")) == 0
    assert mark_response(SINGLE, key_of(SINGLE) | {"everyone": True}, Response()) == 1


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"right": []}, "key"),
        ({"right": ["o9"]}, "key"),
        ({"right": "o2"}, "right"),
        ({"kind": "true_false"}, "kind"),
        ({"everyone": "yes"}, "everyone"),
    ],
)
def test_a_bad_key_is_named(change: dict[str, Any], place: str) -> None:
    assert [fault.place for fault in check_key(SINGLE, key_of(SINGLE) | change)] == [place]


def test_the_key_of_a_case_is_checked_part_by_part() -> None:
    inner = single(format=None, format_version=None, pool=None, domain=None, lesson=None)
    alone = {"stem": None, "options": None, "key": None, "level": None}
    parts = [inner | {"id": "c.1"}, inner | {"id": "c.2"}]
    case = load(single(id="c", kind="case_set", scene="景", questions=parts, **alone))
    key = key_of(case)
    key["parts"]["c.2"] = {"kind": "single_choice", "right": ["o9"]}
    assert [fault.place for fault in check_key(case, key)] == ["parts.c.2.key"]
    key["parts"]["c.2"] = None
    assert [fault.place for fault in check_key(case, key)] == ["parts.c.2"]
    assert [fault.place for fault in check_key(case, {"kind": "case_set"})] == ["parts"]
    with pytest.raises(ResponseFormatError):
        parse_response(case, {"c.3": "o1"})
    half = parse_response(case, {"c.1": "o2"})
    assert not half.is_complete
    assert mark_response(case, key_of(case), half) == Fraction(1, 2)
    assert say_response(case, half) == "第1小题：问分诊台\n第2小题：未作答"
    with pytest.raises(ValueError, match="not its parts"):
        shown(case, {"c.9": []})


def test_the_exams_rule_wins_and_an_unknown_one_is_refused() -> None:
    half = parse_response(MULTIPLE, ["o2"])
    rule = "missing_partly_wrong_zero"
    assert mark_response(MULTIPLE, key_of(MULTIPLE), half, rule) == Fraction(1, 2)
    with pytest.raises(ValueError, match="cannot be marked"):
        mark_response(SINGLE, key_of(SINGLE), Response(), rule)


@FEWER
@given(questions(kinds=(*CHOICES, "ordering", "matching")), st.randoms())
def test_an_order_must_name_each_option_once(question: Question, chance: Any) -> None:
    asked = question.marked_questions()
    orders = {}
    for one in asked:
        orders[one.id] = [option.id for option in one.options]
        chance.shuffle(orders[one.id])
    order: Any = orders if question.parts else orders[question.id]
    told = shown(question, order)
    for one in told.get("parts", [told]):
        told_now = one.get("options") or one.get("items") or one["right"]
        assert [option["id"] for option in told_now] == orders[one["id"]]
    orders[asked[0].id].pop()
    with pytest.raises(ValueError, match="does not name each option once"):
        shown(question, order)


def test_facts_carry_no_text() -> None:
    facts = facts_of(SINGLE)
    assert facts.cell == ("E", "single_choice", 1)
    assert "分诊台" not in repr(facts)
