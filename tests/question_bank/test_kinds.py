"""The kinds that are not choices: their worked tables, their faults, and what people mark."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import (
    EXAM_KINDS,
    KINDS,
    NeedsPeopleError,
    NoMarkError,
    Question,
    QuestionError,
    Response,
    ResponseFormatError,
    RubricError,
    check,
    check_key,
    dump,
    exam_faults,
    facts_of,
    key_of,
    load,
    load_blueprint,
    mark_by_rubric,
    mark_parts,
    mark_response,
    parse_response,
    parts_for_people,
    raw_response,
    read_questions,
    say_key,
    say_response,
    shown,
    supply,
)
from question_bank.folding import fold
from question_bank.kinds import FORMAT_KINDS
from question_bank.marking import ORDER_RULES, adjacent_pairs, exact, plus_minus_practice, position
from tests.question_bank.strategies import FEWER, questions, single

EXAMPLE = (Path(__file__).parent / "files" / "questions-4-3.yaml").read_bytes()


def example(name: str) -> Question:
    found = read_questions(EXAMPLE, "q").questions
    return next(one for one in found if one.id == name)


ORDERING, MATCHING, FILL_IN = (example(name) for name in ("q43-009", "q43-010", "q43-011"))
ALONE = {"options": None, "key": None, "pool": "practice"}


def made(kind: str, **fields: Any) -> Question:
    return load(single(kind=kind, **(ALONE | fields)))


NUMERIC = made(
    "numeric",
    answers=[{"value": 120, "tolerance": 5}, {"value": 100, "tolerance": 1, "fraction": "1/2"}],
    unit="mmHg",
    units=[{"text": "kPa", "factor": 7.5}],
)
RUBRIC = [
    {"id": "c1", "text": "说清时间", "points": 2},
    {"id": "c2", "text": "语气", "points": 1, "anchors": [{"points": 1, "text": "平和"}]},
]
SHORT = made("short_answer", rubric=RUBRIC, longest=20)
UPLOAD = made("upload", rubric=RUBRIC, accepts=["audio"], most_files=2, largest_mb=1)
DESCRIPTION = made("description", level=None)


def test_every_stored_name_has_its_kind_and_people_or_nobody_keep_three_from_exams() -> None:
    assert set(KINDS) == set(FORMAT_KINDS)
    assert set(KINDS) - set(EXAM_KINDS) == {"short_answer", "upload", "description"}
    assert all(
        kind.examinable or kind.why_not.endswith("不能进入考试。") for kind in KINDS.values()
    )


@pytest.mark.parametrize(
    ("answer", "fractions"),
    [
        ("12345", (1, Fraction(1), Fraction(1))),
        ("23451", (0, Fraction(3, 4), Fraction(0))),
        ("21345", (0, Fraction(1, 2), Fraction(3, 5))),
        ("54321", (0, Fraction(0), Fraction(1, 5))),
        ("", (0, Fraction(0), Fraction(0))),
    ],
)
def test_the_order_rules_follow_their_tables(answer: str, fractions: tuple[Any, ...]) -> None:
    rules = (exact, adjacent_pairs, position)
    assert tuple(rule(answer, "12345") for rule in rules) == fractions


@given(st.permutations("abcdef"))
def test_order_rules_give_all_only_for_the_right_order(order: list[str]) -> None:
    for rule in ORDER_RULES.values():
        fraction = rule(order, "abcdef")
        assert 0 <= fraction <= 1
        assert (fraction == 1) == ("".join(order) == "abcdef")


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


def test_an_ordering_is_shown_mixed_and_marked_by_its_rule() -> None:
    told = [item["id"] for item in shown(ORDERING)["items"]]
    assert sorted(told) == sorted(ORDERING.key)
    assert shown(ORDERING) == shown(ORDERING)
    turned = parse_response(ORDERING, [*ORDERING.key[1:], ORDERING.key[0]])
    key = key_of(ORDERING)
    assert mark_response(ORDERING, key, turned) == Fraction(3, 4)
    assert mark_response(ORDERING, key, turned, "exact") == 0
    either = key | {"orders": [*key["orders"], list(turned.chosen)]}
    assert check_key(ORDERING, either) == []
    assert mark_response(ORDERING, either, turned, "exact") == 1
    assert "；或 " in say_key(ORDERING, either)
    assert [one.place for one in check_key(ORDERING, key | {"orders": [["i1"]]})] == ["orders[1]"]


def test_an_order_that_gives_itself_away_is_a_fault() -> None:
    items = [{"id": f"i{n}", "text": f"第{n}步"} for n in (1, 2, 3)]
    straight = made("ordering", items=items, key=["i1", "i2", "i3"], shuffle=False)
    assert [fault.place for fault in check(straight)] == ["items"]
    mixed = made("ordering", items=items, key=["i2", "i1", "i3"], shuffle=False)
    assert check(mixed) == []
    assert [item["id"] for item in shown(mixed)["items"]] == ["i1", "i2", "i3"]
    short = made("ordering", items=items, key=["i1", "i2"])
    assert [fault.place for fault in check(short)] == ["key"]


def test_a_matching_shows_its_sides_and_marks_each_pair() -> None:
    told = shown(MATCHING)
    assert [left["id"] for left in told["left"]] == ["l1", "l2", "l3", "l4"]
    assert sorted(right["id"] for right in told["right"]) == ["r1", "r2", "r3", "r4", "r5"]
    assert "why" not in str(told)
    three = parse_response(MATCHING, {"l1": "r5", "l2": "r2", "l3": "r4", "l4": "r3"})
    key = key_of(MATCHING)
    assert mark_response(MATCHING, key, three) == Fraction(3, 4)
    assert mark_response(MATCHING, key, three, "all_or_nothing") == 0
    mended = key | {"pairs": key["pairs"] | {"l4": ["r1", "r3"]}}
    assert mark_response(MATCHING, mended, three) == 1
    half = parse_response(MATCHING, {"l1": "r5", "l2": None})
    assert not half.is_complete
    assert mark_response(MATCHING, key, half) == Fraction(1, 4)
    assert "未作答" in say_response(MATCHING, half)
    assert MATCHING.lefts[0].why.startswith("队列")
    assert MATCHING.choice("r3").why.startswith("登记台")


def test_locked_right_sides_keep_their_place() -> None:
    body = dump(MATCHING)
    body["right"][4]["lock"] = True
    locked = load(body)
    assert shown(locked)["right"][4]["id"] == "r5"
    assert facts_of(locked).asked[0].options[4] == ("r5", True)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"pairs": {"l1": "r5", "l2": "r2", "l3": "r4"}}, "pairs"),
        ({"pairs": {"l1": "r9", "l2": "r2", "l3": "r4", "l4": "r1"}}, "pairs.l1"),
        ({"pairs": {"l1": "r1", "l2": "r1", "l3": "r1", "l4": "r1"}}, "pairs"),
        ({"right": [{"id": "r1", "text": "甲"}], "why_unused": {}}, "right"),
    ],
)
def test_a_faulty_matching_is_named(change: dict[str, Any], place: str) -> None:
    assert place in [fault.place for fault in check(load(dump(MATCHING) | change))]


def test_a_reason_for_no_side_is_refused() -> None:
    with pytest.raises(QuestionError, match="l9"):
        load(dump(MATCHING) | {"why": {"l9": "无"}})


@pytest.mark.parametrize(
    ("typed", "fraction"),
    [
        ({"b1": "时段", "b2": "费别"}, Fraction(1)),
        ({"b1": " 时 段 ", "b2": "费用类别\u200b"}, Fraction(1)),
        ({"b1": "时段"}, Fraction(1, 2)),
        ({"b1": "日期", "b2": "费别"}, Fraction(1, 2)),
        ({"b1": "", "b2": None}, Fraction(0)),
        (None, Fraction(0)),
    ],
)
def test_blanks_are_marked_each_after_folding(typed: Any, fraction: Fraction) -> None:
    response = parse_response(FILL_IN, typed)
    assert mark_response(FILL_IN, key_of(FILL_IN), response) == fraction
    strict = mark_response(FILL_IN, key_of(FILL_IN), response, "all_or_nothing")
    assert strict == (1 if fraction == 1 else 0)


def test_a_blank_may_keep_the_case_and_earn_part() -> None:
    blank = {"id": "b1", "accept": ["AED"], "partly": [{"text": "除颤仪", "fraction": 0.5}]}
    folded = made("fill_in", stem="用{{b1}}", blanks=[blank])
    strict = made("fill_in", stem="用{{b1}}", blanks=[blank | {"match_case": True}])
    for question, typed, fraction in (
        (folded, "ａｅｄ", 1),
        (strict, "ａｅｄ", 0),
        (strict, "ＡＥＤ", 1),
        (folded, "除颤仪", Fraction(1, 2)),
    ):
        response = parse_response(question, {"b1": typed})
        assert mark_response(question, key_of(question), response) == fraction
    bad = key_of(folded)
    bad["blanks"]["b1"] = {"accept": []}
    assert [one.place for one in check_key(folded, bad)] == ["blanks.b1.accept"]


@pytest.mark.parametrize(
    ("stem", "blank", "place"),
    [
        ("没有空", {"accept": ["甲"]}, "blanks[1].id"),
        ("{{b1}}{{b1}}", {"accept": ["甲"]}, "blanks[1].id"),
        ("{{b1}}{{b2}}", {"accept": ["甲"]}, "stem"),
        ("{{b1}}", {"accept": []}, "blanks[1].accept"),
        ("{{b1}}", {"accept": [" "]}, "blanks[1].accept[1]"),
        ("{{b1}}", {"accept": ["Ａ"], "reject": [{"text": "a"}]}, "blanks[1].reject[1]"),
        ("{{b1}}", {"accept": ["甲"], "width": 41}, "blanks[1].width"),
    ],
)
def test_a_faulty_blank_is_named(stem: str, blank: dict[str, Any], place: str) -> None:
    question = made("fill_in", stem=stem, blanks=[{"id": "b1"} | blank])
    assert place in [fault.place for fault in check(question)]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert not any(one.isspace() for one in fold(text))


@pytest.mark.parametrize(
    ("typed", "fraction"),
    [
        ("120", 1),
        ("125", 1),
        ("125.0001", 0),
        ("１１５ ＭＭＨＧ", 1),
        ("16 kPa", 1),
        ("100.5", Fraction(1, 2)),
        (120, 1),
        (119.5, 1),
        ("-120", 0),
        ("−120", 0),
        ("", 0),
    ],
)
def test_a_number_is_right_within_its_tolerance(typed: Any, fraction: Fraction) -> None:
    response = parse_response(NUMERIC, typed)
    assert mark_response(NUMERIC, key_of(NUMERIC), response) == fraction
    assert check_key(NUMERIC, key_of(NUMERIC)) == []
    assert say_key(NUMERIC) == "120 ± 5 mmHg"


@pytest.mark.parametrize(
    "typed", ["abc", "1,200", "1e9", "120 分钟", "--3", "1.2.3", "9" * 61, [1]]
)
def test_what_is_no_number_is_a_format_problem(typed: Any) -> None:
    with pytest.raises(ResponseFormatError, match="没有计入"):
        parse_response(NUMERIC, typed)


def test_a_needed_unit_is_part_of_the_answer_and_hidden() -> None:
    needed = load(dump(NUMERIC) | {"unit_required": True})
    assert shown(NUMERIC)["unit"] == "mmHg"
    assert shown(needed)["unit"] == ""
    key = key_of(needed)
    for typed, fraction in (("120mmHg", 1), ("120", 0), ("120分钟", 0), ("16kpa", 1)):
        assert mark_response(needed, key, parse_response(needed, typed)) == fraction


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"answers": []}, "answers"),
        ({"answers": [{"value": 1, "fraction": "1/2"}]}, "answers"),
        ({"unit": None, "units": None, "unit_required": True}, "unit"),
        ({"units": [{"text": "ＭＭhg", "factor": 2}]}, "units"),
    ],
)
def test_a_faulty_number_is_named(fields: dict[str, Any], place: str) -> None:
    body = {name: value for name, value in (dump(NUMERIC) | fields).items() if value is not None}
    assert place in [fault.place for fault in check(load(body))]


@pytest.mark.parametrize("value", ["1e99999999", "x", True, None, "1" * 16])
def test_a_value_that_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(QuestionError, match="value"):
        load(dump(NUMERIC) | {"answers": [{"value": value}]})


@settings(deadline=None)
@given(
    st.decimals(-999, 999, places=4),
    st.decimals(0, 9, places=4),
    st.decimals(-999, 999, places=4),
)
def test_tolerance_is_exact_decimal_arithmetic(value: Any, tolerance: Any, typed: Any) -> None:
    question = made("numeric", answers=[{"value": str(value), "tolerance": str(tolerance)}])
    response = parse_response(question, f"{typed:f}")
    marked = mark_response(question, key_of(question), response)
    near = abs(Fraction(typed) - Fraction(value)) <= Fraction(tolerance)
    assert marked == (1 if near else 0)


def test_what_people_mark_is_never_marked_here() -> None:
    recording = {"sha256": "a" * 64, "name": "问候.mp3", "size": 900, "media_type": "audio/mpeg"}
    for question, raw in ((SHORT, "先问时间"), (UPLOAD, [recording])):
        response = parse_response(question, raw)
        assert raw_response(question, response) == raw
        with pytest.raises(NeedsPeopleError) as caught:
            mark_response(question, key_of(question), response)
        assert caught.value.ids == ("q1",)
        assert parts_for_people(question) == ("q1",)
        assert mark_response(question, key_of(question), Response()) == 0
        assert mark_response(question, key_of(question) | {"everyone": True}, response) == 1
        with pytest.raises(ValueError, match="cannot be marked"):
            mark_response(question, key_of(question), response, "all_or_nothing")
    assert say_key(SHORT) == "说清时间；语气"


def test_points_become_a_fraction_and_strange_points_are_refused() -> None:
    give = {"c1": Fraction(1), "c2": Fraction(1)}
    assert mark_by_rubric(SHORT, give) == Fraction(2, 3)
    for wrong in (
        {"c1": Fraction(1)},
        give | {"c1": Fraction(3)},
        give | {"c2": Fraction(1, 2)},
        give | {"c3": Fraction(0)},
    ):
        with pytest.raises(RubricError):
            mark_by_rubric(SHORT, wrong)


@pytest.mark.parametrize(
    "change",
    [
        {"size": 1_000_001},
        {"size": True},
        {"media_type": "image/png"},
        {"sha256": "短"},
        {"name": "坏\x00名"},
        {"path": "/etc"},
    ],
)
def test_a_file_that_may_not_be_handed_in_is_a_format_problem(change: dict[str, Any]) -> None:
    good = {"sha256": "a" * 64, "name": "问候.mp3", "size": 900, "media_type": "audio/mpeg"}
    with pytest.raises(ResponseFormatError, match="没有计入"):
        parse_response(UPLOAD, [good | change])
    with pytest.raises(ResponseFormatError, match="两次"):
        parse_response(UPLOAD, [good, good])
    with pytest.raises(ResponseFormatError, match="最多 20 个"):
        parse_response(SHORT, "长" * 21)


def test_a_description_is_read_and_never_marked() -> None:
    assert DESCRIPTION.marked_questions() == ()
    assert shown(DESCRIPTION) == {"id": "q1", "kind": "description", "stem": "先做什么？"}
    with pytest.raises(NoMarkError):
        mark_response(DESCRIPTION, key_of(DESCRIPTION), Response())
    with pytest.raises(ResponseFormatError):
        parse_response(DESCRIPTION, "甲")
    with pytest.raises(QuestionError, match="level"):
        load(dump(DESCRIPTION) | {"level": "use"})


def mixed_case() -> Question:
    inner = {"format": None, "format_version": None, "pool": None, "domain": None, "lesson": None}
    parts = [
        single(id="c.1", **inner),
        single(id="c.2", kind="description", options=None, key=None, level=None, **inner),
        single(id="c.3", kind="short_answer", options=None, key=None, rubric=RUBRIC, **inner),
    ]
    alone = {"stem": None, "options": None, "key": None, "level": None}
    return load(single(id="c", kind="case_set", scene="景", questions=parts, **alone))


def test_a_case_may_hold_text_and_parts_for_people() -> None:
    case = mixed_case()
    assert check(case) == []
    assert [part["kind"] for part in shown(case)["parts"]][1] == "description"
    assert set(key_of(case)["parts"]) == {"c.1", "c.3"}
    done = parse_response(case, {"c.1": "o2", "c.3": "说明"})
    assert done.is_complete
    with pytest.raises(NeedsPeopleError) as caught:
        mark_parts(case, key_of(case), done)
    assert caught.value.ids == ("c.3",)
    half = parse_response(case, {"c.1": "o2"})
    assert mark_response(case, key_of(case), half) == Fraction(1, 2)
    assert [one.id for one in facts_of(case).asked] == ["c.1", "c.3"]
    with pytest.raises(ResponseFormatError):
        parse_response(case, {"c.2": "o1"})


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
