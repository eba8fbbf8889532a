"""The kinds beyond choices in an exam: shown without hints, stored in one form, marked by the key."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from time_machine import Traveller

from app import clock, jobs
from app.exams import answers, fetching
from app.exams.answers import Asked, canonical_value
from app.exams.labels import authored, labelled
from app.extensions import db
from app.models.exams import AnswerEvent, MarkEntry, Result
from question_bank import EXAM_KINDS, Question, key_of, mark_response, parse_response
from tests.app.exams import hall as halls
from tests.app.exams import kinds
from tests.app.exams.hall import NOON, Hall, Sat, right_value
from tests.client import PageClient
from tests.question_bank.strategies import FEWER, asked_fields

rows = pytest.mark.rows
PLAIN = tuple(kind for kind in EXAM_KINDS if kind != "case_set")


@pytest.fixture
def hall(app: Flask, time: Traveller) -> Hall:
    """A sitting whose papers hold every kind."""
    return halls.build(app, content=kinds.content())


def values(sat: Sat, hall: Hall) -> dict[int, Any]:
    """Return the right answer of each slot, as the page sends it."""
    return {slot.number: right_value(slot) for slot in hall.slots()}


@rows
def test_it_works(hall: Hall, sat: Sat) -> None:
    right = values(sat, hall)
    assert len(right) == kinds.SLOTS
    answer = sat.save(*((number, number, value) for number, value in right.items()))
    assert answer["stored"] == list(right)
    assert sat.data()["given"] == {str(n): v for n, v in right.items() if v is not None} | {
        str(hall.slot("true_false")): False
    }
    sat.hand_in()
    db.session.rollback()
    jobs.do_duties(clock.now(), only="exams.mark")
    result = db.session.scalars(select(Result)).one()
    assert (result.mark, result.maximum) == ("18", "18")
    rules = {entry.slot: entry.rule for entry in db.session.scalars(select(MarkEntry))}
    assert rules[hall.slot("ordering")] == "adjacent_pairs"
    assert rules[hall.slot("matching")] == "per_pair"
    assert rules[hall.slot("numeric")] == "nearest"


@rows
def test_partly_right_earns_its_part(hall: Hall, sat: Sat) -> None:
    fill, match = hall.slot("fill_in"), hall.slot("matching")
    right = values(sat, hall)
    half = {"l1": right[match]["l1"], "l2": right[match]["l1"]}
    sat.save((1, fill, {"b2": "候 诊"}), (2, match, half))
    sat.hand_in()
    db.session.rollback()
    jobs.do_duties(clock.now(), only="exams.mark")
    earned = {entry.slot: entry.fraction for entry in db.session.scalars(select(MarkEntry))}
    assert (earned[fill], earned[match]) == ("1/2", "1/3")


@rows
def test_the_page_gives_nothing_away(hall: Hall, sat: Sat) -> None:
    pages = [sat.page(), json.dumps(sat.data(), ensure_ascii=False)]
    pages += [
        sat.browser.page(f"/exams/sit/{sat.booking_id}/paper?q={number}")
        for number in range(1, kinds.SLOTS + 1)
    ]
    assert [word for word in kinds.SECRET for page in pages if word in page] == []
    hashes = hall.booking().paper.media  # type: ignore[union-attr]
    assert len(hashes) == 2
    assert not [one for one in hashes for page in pages if one in page]
    items = {item["kind"]: item for group in hall.shown() for item in group["items"]}
    assert [one["id"] for one in items["ordering"]["items"]] == ["o1", "o2", "o3", "o4"]
    assert [one["id"] for one in items["matching"]["left"]] == ["l1", "l2", "l3"]
    assert set(items["numeric"]) == {
        *("number", "kind", "stem", "media", "unit", "unit_required", "marks")
    }


@rows
def test_text_of_a_case_is_no_slot(hall: Hall) -> None:
    case = next(group for group in hall.shown() if group["kind"] == "case_set")
    assert len(case["items"]) == 2
    assert case["items"][0]["before"] == [{"stem": "这时广播响了。"}]
    assert case["items"][0]["stem"] == "广播叫的是{{b1}}号。"
    assert case["media"] == [{"kind": "sound", "alt": "请三号到二诊室", "number": 2}]


@rows
@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("numeric", "很多", "读不成一个数"),
        ("numeric", "12 秒", "单位只能写mmHg"),
        ("ordering", ["o1", "o2"], "恰好排一次"),
        ("ordering", ["o1", "o2", "o3", "first"], "恰好排一次"),
        ("matching", {"l1": "toD"}, "右边的选项"),
        ("matching", {"drugs": "o1"}, "不是本题的事项"),
        ("fill_in", {"b1": "字" * 201}, "最多 200 个"),
        ("fill_in", {"secondly": "签到"}, "不是本题的空"),
        ("fill_in", ["签到"], "不是本题的空"),
        ("numeric", {"b1": "1"}, "应当填文字"),
    ],
)
def test_what_is_no_answer_is_refused_with_a_sentence(
    hall: Hall, sat: Sat, kind: str, value: Any, words: str
) -> None:
    slot = hall.slot(kind)
    good = values(sat, hall)[slot]
    answer = sat.save((1, slot, good), (2, slot, value))
    assert answer["stored"] == [1]
    (refused,) = answer["refused"]
    assert refused["sequence"] == 2
    assert refused["code"] == "format"
    assert words in refused["why"]
    assert sat.data()["given"] == {str(slot): good}


@rows
def test_clearing_is_a_change(hall: Hall, sat: Sat) -> None:
    slot = hall.slot("fill_in")
    sat.save((1, slot, {"b1": "签到"}), (2, slot, {"b1": "  ", "b2": ""}))
    assert sat.data()["given"] == {}
    stored = db.session.scalars(select(AnswerEvent.value).order_by(AnswerEvent.sequence)).all()
    assert stored == ['{"b1": "签到"}', "null"]


@rows
def test_without_script(hall: Hall, sat: Sat) -> None:
    """Each kind has its fields in the plain form, and shows again what was entered."""
    right = values(sat, hall)
    shown = {item["number"]: item for group in hall.shown() for item in group["items"]}
    for number, value in right.items():
        form = {"slot": str(number), "go": "hand-in"} | fields(shown[number], value)
        reply = sat.browser.send(sat.url("answer-form"), form)
        assert reply.status_code == 303, reply.get_data(as_text=True)
    page = sat.browser.page(f"/exams/sit/{sat.booking_id}/paper?q={hall.slot('fill_in')}")
    assert 'value="签到"' in page
    page = sat.browser.page(f"/exams/sit/{sat.booking_id}/paper?q={hall.slot('ordering')}")
    assert page.count("selected") == 4
    given = sat.data()["given"]
    assert given == {str(n): v for n, v in right.items()} | {str(hall.slot("true_false")): False}


def fields(item: dict[str, Any], value: Any) -> dict[str, Any]:
    """Return an answer as the fields of the plain form."""
    if item["kind"] == "ordering":
        return {f"value.{one}": str(place) for place, one in enumerate(value, 1)}
    if isinstance(value, dict):
        return {f"value.{one}": entered for one, entered in value.items()}
    return {"value": value}


@rows
def test_the_plain_form_keeps_what_is_no_answer(hall: Hall, sat: Sat) -> None:
    slot = hall.slot("numeric")
    reply = sat.browser.send(sat.url("answer-form"), {"slot": str(slot), "value": "十二"})
    assert reply.status_code == 400
    page = reply.get_data(as_text=True)
    assert "没有收下这道题的答案" in page
    assert "读不成一个数" in page
    assert 'value="十二"' in page
    assert sat.browser.send(sat.url("answer-form"), {"slot": "99"}).status_code == 400


@rows
def test_what_was_handed_in_is_said_in_words(hall: Hall, sat: Sat) -> None:
    right = values(sat, hall)
    sat.save(*((number, number, value) for number, value in right.items()))
    sat.hand_in()
    page = sat.browser.page(f"/exams/sit/{sat.booking_id}/handed-in")
    for words in ("取号 → 候诊 → 就诊 → 取药", "取药 — 药房", "第1空：签到", "120mmHg", "错误"):
        assert words in page
    assert "{{" not in page
    assert "秘密写法" not in page


@rows
def test_who_may_see_a_picture(app: Flask, hall: Hall, time: Traveller) -> None:
    path = f"/exams/sit/{hall.bookings[0]}/media/1"
    time.move_to(NOON - fetching.BEFORE * 2)
    own, neighbour = hall.candidate(1), hall.candidate(2)
    assert own.get(path).status_code == 404
    time.move_to(NOON - fetching.BEFORE)
    answer = own.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, max-age=14400, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert own.get(f"/exams/sit/{hall.bookings[0]}/media/2").mimetype == "audio/wav"
    assert own.get(f"/exams/sit/{hall.bookings[0]}/media/3").status_code == 404
    assert neighbour.get(path).status_code == 404
    assert PageClient(app).get(path).status_code == 404
    assert hall.browser(hall.manager).get(path).status_code == 404
    page = own.page(f"/exams/sit/{hall.bookings[0]}")
    assert "试卷里有 2 个图片和录音" in page
    time.move_to(NOON)
    sat = hall.started(1)
    assert sat.browser.get(path).status_code == 200
    assert own.get(path).status_code == 404  # signed in, but not the device of the attempt
    sat.hand_in()
    assert sat.browser.get(path).status_code == 404


@st.composite
def answered(draw: st.DrawFn) -> tuple[Question, list[str], Any]:
    """Draw a question of any kind, an order of its options and an answer in the author's names."""
    fields = draw(asked_fields(PLAIN))
    question = Question(id="q", pool="live", domain="E", lesson="1.1", **fields)
    ids = [option.id for option in question.options]
    order = draw(st.permutations(ids)) if question.kind != "true_false" else ids
    typed = st.text('0123456789.- mg字甲"\\{}', max_size=12)
    numbers = st.decimals(-1000, 1000, places=2).map(str)
    possible: dict[str, st.SearchStrategy[Any]] = {
        "single_choice": st.sampled_from(ids or [""]),
        "multiple_choice": st.lists(st.sampled_from(ids or [""]), unique=True, min_size=1),
        "true_false": st.booleans(),
        "ordering": st.permutations(ids),
        "matching": st.fixed_dictionaries(
            {}, optional={left.id: st.sampled_from(ids) for left in question.lefts}
        ),
        "fill_in": st.fixed_dictionaries(
            {}, optional={b.id: typed | st.sampled_from(b.accept) for b in question.blanks}
        ),
        "numeric": numbers | st.sampled_from([str(a.value) for a in question.answers] or ["0"]),
    }
    return question, list(order), draw(st.none() | possible[question.kind])


@FEWER
@given(answered())
def test_shown_answered_stored_and_marked_is_marked_as_written(
    drawn: tuple[Question, list[str], Any],
) -> None:
    question, order, answer = drawn
    response = parse_response(question, answer)
    sent = labelled(question, order, answer)
    stored = canonical_value(Asked(question, tuple(order)), sent)
    back = parse_response(question, authored(question, order, json.loads(stored)))
    key = key_of(question)
    assert mark_response(question, key, back) == mark_response(question, key, response)
    again = labelled(question, order, authored(question, order, json.loads(stored)))
    assert canonical_value(Asked(question, tuple(order)), again) == stored
    if question.kind != "true_false" and question.options and stored != "null":
        own = {option.id for option in question.options} - {f"o{n}" for n in range(1, 13)}
        assert not [name for name in own if f'"{name}"' in stored]


@rows
def test_an_answer_too_long_as_a_whole_is_refused(
    hall: Hall, sat: Sat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many blanks together could be longer than the journal keeps: said, never cut."""
    monkeypatch.setattr(answers, "MOST_VALUE", 60)
    slot = hall.slot("fill_in")
    reply = sat.save((1, slot, {"b1": "字" * 20}), (2, slot, {"b1": "字" * 20, "b2": "字" * 30}))
    assert reply["stored"] == [1]
    assert "最多 60 个字" in reply["refused"][0]["why"]
    assert sat.data()["given"] == {str(slot): {"b1": "字" * 20}}
