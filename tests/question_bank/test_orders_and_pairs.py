"""Orderings and matchings: their worked tables, what is shown, their faults."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank import (
    QuestionError,
    check,
    check_key,
    dump,
    facts_of,
    key_of,
    load,
    mark_response,
    parse_response,
    say_key,
    say_response,
    shown,
)
from question_bank.marking import ORDER_RULES, adjacent_pairs, exact, position
from tests.question_bank.samples import MATCHING, ORDERING, made


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
