"""Kinds whose answer is typed, blanks and numbers: their worked tables and their faults."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import (
    QuestionError,
    ResponseFormatError,
    check,
    check_key,
    dump,
    key_of,
    load,
    mark_response,
    parse_response,
    say_key,
    shown,
)
from question_bank.folding import fold
from tests.question_bank.samples import FILL_IN, NUMERIC, made


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
