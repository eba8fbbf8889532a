"""Without the page's script: a form post a question, through a whole paper."""

from __future__ import annotations

import re

import pytest

from app.extensions import db
from tests.app.exams.hall import SLOTS, Hall, Sat, right_value

pytestmark = pytest.mark.rows
CHOSEN = re.compile('class="choice[^>]*><input[^>]* checked')


def answer(sat: Sat, slot: int, kind: str, value: object, go: str) -> str:
    """Press one of the form's buttons; returns where it leads."""
    form = {"slot": str(slot), "kind": kind, "value": value, "go": go}
    reply = sat.browser.send(sat.url("answer-form"), form)
    assert reply.status_code == 303, reply.get_data(as_text=True)[:2000]
    return str(reply.location)


def test_a_whole_paper(hall: Hall, sat: Sat) -> None:
    kinds = {item["number"]: item["kind"] for group in hall.shown() for item in group["items"]}
    right = {slot.number: right_value(slot) for slot in hall.slots()}
    for number in range(1, SLOTS + 1):
        html = sat.browser.page(f"/exams/sit/{sat.booking_id}/paper?q={number}")
        assert f"第 {number} 题" in html
        go = str(number + 1) if number < SLOTS else "hand-in"
        where = answer(sat, number, kinds[number], right[number], go)
        assert where.endswith("/hand-in" if go == "hand-in" else f"q={go}")
    html = sat.browser.page(sat.url("hand-in"))
    assert "每题都答了" in html
    receipt = sat.hand_in()
    html = sat.browser.page(receipt.location)
    assert f"{SLOTS} 题，未答 0 题" in html
    assert hall.attempt().state == "handed_in"


def test_the_page_shows_what_was_chosen(hall: Hall, sat: Sat) -> None:
    slot = hall.slot("multiple_choice")
    answer(sat, slot, "multiple_choice", ["o1", "o2"], str(slot))
    html = sat.browser.page(f"/exams/sit/{sat.booking_id}/paper?q={slot}")
    assert len(CHOSEN.findall(html)) == 2
    boolean = hall.slot("true_false")
    answer(sat, boolean, "true_false", "false", str(boolean))
    html = sat.browser.page(f"/exams/sit/{sat.booking_id}/paper?q={boolean}")
    assert len(CHOSEN.findall(html)) == 1
    assert 'value="false" checked' in html


def test_unanswered_are_named(hall: Hall, sat: Sat) -> None:
    answer(sat, 1, "single_choice", "o1", "hand-in")
    html = sat.browser.page(sat.url("hand-in"))
    assert f"还有 {SLOTS - 1} 题没有答" in html
    assert "带着" in html


def test_not_an_answer(hall: Hall, sat: Sat) -> None:
    slot = hall.slot("single_choice")
    form = {"slot": str(slot), "kind": "single_choice", "value": "o77"}
    reply = sat.browser.send(sat.url("answer-form"), form)
    assert reply.status_code == 400
    db.session.rollback()
    assert sat.data()["given"] == {}


def test_the_server_counts_on_after_the_script(hall: Hall, sat: Sat) -> None:
    sat.save((1, 1, "o1"), (2, 1, "o2"))
    answer(sat, 1, "single_choice", "o3", "2")
    assert sat.data()["given"] == {"1": "o3"}
    assert sat.data()["next_sequence"] == 4
