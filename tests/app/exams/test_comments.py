"""Comments on questions during the exam, and the answers that come with the released result."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from time_machine import Traveller
from werkzeug.test import TestResponse

from app import clock, jobs
from app.extensions import db
from app.models.exams import Result
from app.models.journal import AuditLine
from app.models.people import Role, ScopeKind
from app.models.room import QuestionComment
from tests import factories
from tests.app.exams.hall import MINUTES, NOON, Hall, Sat, district

pytestmark = pytest.mark.rows


def say(sat: Sat, slot: Any, text: Any) -> TestResponse:
    """Send a comment as the page's script does."""
    return sat.browser.post(sat.url("comments"), json={"slot": slot, "text": text})


def comments() -> list[QuestionComment]:
    """Return all comments."""
    return list(db.session.scalars(select(QuestionComment).order_by(QuestionComment.at)))


def test_signs_that_no_database_holds(hall: Hall, sat: Sat) -> None:
    assert say(sat, 2, "图\x00不清\ud800楚").status_code == 201
    assert [row.text for row in comments()] == ["图不清楚"]


def test_it_works(hall: Hall, sat: Sat) -> None:
    assert say(sat, 2, " 两个选项一样 ").status_code == 201
    row = comments()[0]
    assert (row.slot, row.text, row.version_id) == (2, "两个选项一样", hall.slots()[1].version_id)
    manager = hall.browser(hall.manager)
    assert "两个选项一样" in manager.page("/exams/comments")
    manager.send(f"/exams/comments/{row.id}/answer", {"answer": "谢谢，会改"})
    page = manager.page("/exams/comments")
    assert "已答复" in page
    assert "谢谢，会改" in page
    actions = set(db.session.scalars(select(AuditLine.action)))
    assert {"question.commented", "question.comment_answered"} <= actions


def test_read_with_the_released_result(hall: Hall, sat: Sat, time: Traveller) -> None:
    say(sat, 1, "看不懂")
    say(sat, 2, "还没人看的")
    row = comments()[0].id
    hall.browser(hall.manager).send(f"/exams/comments/{row}/answer", {"answer": "已经说明"})
    sat.hand_in()
    assert "已经说明" not in sat.browser.page(f"/exams/sit/{sat.booking_id}/receipt")
    assert sat.browser.get(f"/exams/sit/{sat.booking_id}/result").status_code == 404
    time.move_to(NOON + timedelta(minutes=10))
    jobs.do_duties(clock.now(), only="exams.mark")
    db.session.execute(update(Result).values(released_at=clock.now()))
    db.session.commit()
    page = sat.browser.page(f"/exams/sit/{sat.booking_id}/result")
    assert "已经说明" in page
    assert "还没有答复" in page


def test_sent_twice_is_one(sat: Sat) -> None:
    first, second = say(sat, 1, "看不懂"), say(sat, 1, "看不懂")
    assert first.get_json()["id"] == second.get_json()["id"]
    assert len(comments()) == 1


def test_by_form(sat: Sat) -> None:
    """Without the script the sheet is a form."""
    reply = sat.browser.post(sat.url("comments"), data={"slot": "3", "text": "图不清楚"})
    assert reply.status_code == 303
    assert reply.location.endswith("q=3")
    assert "意见已送到" in sat.browser.page(reply.location)


@pytest.mark.parametrize(
    ("slot", "text", "why"),
    [
        (1, "", "1 到 500 个字"),
        (1, "长" * 501, "1 到 500 个字"),
        (1, ["x"], "1 到 500 个字"),
        (99, "看不懂", "不在这份试卷上"),
        ("x", "看不懂", "不在这份试卷上"),
        (None, "看不懂", "不在这份试卷上"),
    ],
)
def test_refused(sat: Sat, slot: Any, text: Any, why: str) -> None:
    reply = sat.browser.post(
        sat.url("comments"),
        json={"slot": slot, "text": text},
        headers={"Accept": "application/json"},
    )
    assert reply.status_code == 400
    assert why in reply.get_json()["error"]
    assert comments() == []


def test_not_more_than_three_on_a_question(sat: Sat) -> None:
    assert [say(sat, 1, f"意见{n}").status_code for n in range(4)] == [201, 201, 201, 400]
    assert say(sat, 2, "另一题").status_code == 201


def test_after_the_end(sat: Sat, time: Traveller) -> None:
    """A comment that waited for the line is taken: no mark and no minute hangs on it."""
    time.move_to(NOON + timedelta(minutes=MINUTES + 1))
    assert say(sat, 1, "断网时写的").status_code == 201


def test_an_answer_needs_words(hall: Hall, sat: Sat) -> None:
    say(sat, 1, "看不懂")
    row = comments()[0].id
    manager = hall.browser(hall.manager)
    reply = manager.send(f"/exams/comments/{row}/answer", {"answer": "  "}, follow_redirects=True)
    assert "答复请写 1 到 500 个字" in reply.get_data(as_text=True)
    assert comments()[0].answered_at is None


def test_who_may(hall: Hall, sat: Sat) -> None:
    say(sat, 1, "看不懂")
    row = comments()[0].id
    assert hall.candidate(2).post(sat.url("comments"), json={}).status_code == 403
    for person in (hall.invigilator, hall.certifier, hall.candidates[0]):
        browser = hall.browser(person)
        assert browser.get("/exams/comments").status_code == 403
        assert browser.send(f"/exams/comments/{row}/answer", {"answer": "x"}).status_code == 403
    elsewhere = factories.user(
        Role.EXAM_MANAGER, scope=(ScopeKind.DISTRICT, district("310104").code)
    )
    browser = hall.browser(elsewhere.id)
    assert "看不懂" not in browser.page("/exams/comments")
    assert browser.send(f"/exams/comments/{row}/answer", {"answer": "x"}).status_code == 404
