"""Saving answers: once each, durable before acknowledged, by the server's clock alone."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from time_machine import Traveller

from app.exams.questions import _loaded
from app.extensions import db
from app.models.exams import AnswerEvent, AttemptEvent
from app.models.journal import AuditLine
from app.models.people import User, UserSession
from tests.app.exams.hall import GRACE, MINUTES, NOON, Browser, Hall, Sat, change
from tests.queries import counted

pytestmark = pytest.mark.rows
END = NOON + timedelta(minutes=MINUTES)


def journal() -> list[tuple[int, int, int, str, bool]]:
    """Return the whole journal as (epoch, sequence, slot, value, late)."""
    db.session.rollback()
    rows = db.session.scalars(
        select(AnswerEvent).order_by(AnswerEvent.epoch, AnswerEvent.sequence)
    ).all()
    return [(row.epoch, row.sequence, row.slot, row.value, row.late) for row in rows]


def test_it_works(hall: Hall, sat: Sat, time: Traveller) -> None:
    time.move_to(NOON + timedelta(minutes=3, seconds=22))
    answer = sat.save((1, 1, "o2"), (2, 2, "o1"), (3, 1, "o3"))
    assert answer["stored"] == [1, 2, 3]
    assert answer["refused"] == answer["late"] == []
    assert answer["saved_at"] == "12:03:22"
    assert answer["deadline"] == int(END.timestamp() * 1000)
    assert answer["now"] == int((NOON + timedelta(minutes=3, seconds=22)).timestamp() * 1000)
    assert (answer["state"], answer["live"], answer["epoch"]) == ("open", True, 1)
    assert journal() == [
        (1, 1, 1, '"o2"', False),
        (1, 2, 2, '"o1"', False),
        (1, 3, 1, '"o3"', False),
    ]
    assert sat.data()["given"] == {"1": "o3", "2": "o1"}
    assert sat.data()["next_sequence"] == 4


def test_every_kind(hall: Hall, sat: Sat) -> None:
    multiple, boolean = hall.slot("multiple_choice"), hall.slot("true_false")
    sat.save((1, multiple, ["o3", "o1"]), (2, boolean, "true"), (3, hall.slot("case_set"), "o1"))
    values = {slot: value for _e, _s, slot, value, _late in journal()}
    assert values[multiple] == '["o1", "o3"]'
    assert values[boolean] == "true"


def test_clearing(hall: Hall, sat: Sat) -> None:
    sat.save((1, 1, "o2"), (2, 1, None))
    assert journal()[-1][3] == "null"
    assert sat.data()["given"] == {}


def test_repeated_delivery(hall: Hall, sat: Sat) -> None:
    for _n in range(3):
        assert sat.save((1, 1, "o2"), (2, 2, "o1"))["stored"] == [1, 2]
    assert len(journal()) == 2


def test_one_key_twice_in_one_delivery(hall: Hall, sat: Sat) -> None:
    assert sat.save((1, 1, "o2"), (1, 1, "o2"))["stored"] == [1]
    assert len(journal()) == 1


def test_same_key_other_value(hall: Hall, sat: Sat) -> None:
    sat.save((1, 1, "o2"))
    answer = sat.save((1, 1, "o3"), (2, 2, "o1"))
    assert answer["stored"] == [2]
    (refused,) = answer["refused"]
    assert (refused["sequence"], refused["code"]) == (1, "conflict")
    assert journal()[0] == (1, 1, 1, '"o2"', False)
    event = db.session.scalars(select(AttemptEvent)).one()
    assert (event.kind, event.details["sequences"]) == ("sequence_conflict", [1])
    assert db.session.scalar(
        select(AuditLine).where(AuditLine.action == "attempt.sequence_conflict")
    )


def test_one_key_for_two_answers_in_one_delivery(hall: Hall, sat: Sat) -> None:
    """Nobody can say which was meant: neither is taken."""
    answer = sat.save((1, 1, "o2"), (1, 1, "o3"), (2, 2, "o1"))
    assert answer["stored"] == [2]
    assert [(one["sequence"], one["code"]) for one in answer["refused"]] == [(1, "conflict")]
    assert [row[1] for row in journal()] == [2]


def test_same_key_other_question(hall: Hall, sat: Sat) -> None:
    sat.save((1, 1, "o2"))
    assert sat.save((1, 2, "o2"))["refused"][0]["code"] == "conflict"
    assert len(journal()) == 1


def test_forged_token(hall: Hall, sat: Sat) -> None:
    name = f"device_{sat.attempt_id}"
    for token in ("", "x", "0" * 64, hall.attempt().device_hash):
        sat.browser.set_cookie(name, token, path="/exams/")
        assert sat.post([change(1, 1, "o1")]).status_code == 403
        assert sat.browser.get(sat.url("state")).status_code == 403
    sat.browser.delete_cookie(name, path="/exams/")
    answer = sat.post([change(1, 1, "o1")])
    assert answer.status_code == 403
    assert "这部设备没有在考这场" in answer.get_json()["error"]
    assert journal() == []


def test_somebody_elses_attempt(hall: Hall, sat: Sat) -> None:
    other = hall.started(2)
    token = other.browser.get_cookie(f"device_{other.attempt_id}", path="/exams/")
    assert token is not None
    other.browser.set_cookie(f"device_{sat.attempt_id}", token.value, path="/exams/")
    answer = other.browser.post(sat.url("answers"), json={"changes": [change(1, 1, "o1")]})
    assert answer.status_code == 403
    assert other.browser.post(sat.url("hand-in")).status_code == 403
    assert other.browser.post(sat.url("answer-form"), data={"slot": 1}).status_code == 403
    assert other.browser.get(sat.url("hand-in")).status_code == 403
    assert journal() == []
    assert hall.attempt().state == "open"


def test_before_the_start(hall: Hall) -> None:
    """There is no attempt to send to, and an id that nobody gave out answers like a foreign one."""
    browser = hall.candidate()
    assert browser.get(f"/exams/sit/{hall.bookings[0]}/paper").status_code == 404
    answer = browser.post("/exams/attempts/zzzzzzzzzzzzzzzz/answers", json={"changes": []})
    assert answer.status_code == 403


def test_after_handing_in(hall: Hall, sat: Sat) -> None:
    sat.save((1, 1, "o2"))
    sat.hand_in()
    answer = sat.save((2, 2, "o1"))
    assert (answer["stored"], answer["late"], answer["state"]) == ([], [2], "handed_in")
    assert journal()[1] == (1, 2, 2, '"o1"', True)
    kept = hall.attempt().journal_hash
    assert kept
    assert db.session.scalar(select(AttemptEvent).where(AttemptEvent.kind == "late_answers"))
    assert sat.save((1, 1, "o2"))["stored"] == [1], "known already: acknowledged as before"
    assert len(journal()) == 2
    assert hall.attempt().journal_hash == kept


@pytest.mark.parametrize("after", [-1, 0, GRACE])
def test_inside_the_grace(hall: Hall, sat: Sat, time: Traveller, after: int) -> None:
    time.move_to(END + timedelta(seconds=after))
    answer = sat.save((1, 1, "o2"))
    assert (answer["stored"], answer["late"], answer["state"]) == ([1], [], "open")
    assert journal() == [(1, 1, 1, '"o2"', False)]


def test_one_second_after_the_grace(hall: Hall, sat: Sat, time: Traveller) -> None:
    time.move_to(END + timedelta(seconds=GRACE + 1))
    answer = sat.save((1, 1, "o2"))
    assert (answer["stored"], answer["late"], answer["state"]) == ([], [1], "handed_in")
    assert journal() == [(1, 1, 1, '"o2"', True)]
    assert hall.attempt().handed_in_at == END


def test_sent_again_after_the_end_is_answered_as_before(
    hall: Hall, sat: Sat, time: Traveller
) -> None:
    assert sat.save((1, 1, "o2"))["stored"] == [1]
    time.move_to(END + timedelta(seconds=GRACE + 60))
    answer = sat.save((1, 1, "o2"), (2, 1, "o3"))
    assert (answer["stored"], answer["late"]) == ([1], [2])
    again = sat.save((2, 1, "o3"), (1, 1, "o2"))
    assert (again["stored"], again["late"]) == ([1], [2])
    assert journal() == [(1, 1, 1, '"o2"', False), (1, 2, 1, '"o3"', True)]


def test_the_page_keeps_nobody_from_saving(hall: Hall, sat: Sat) -> None:
    begun: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        begun.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    sat.page()
    event.remove(db.engine, "before_cursor_execute", note)
    assert "BEGIN IMMEDIATE" not in begun  # on SQLite it would hold up every save meanwhile


def test_device_clock_wrong_by_days(hall: Hall, sat: Sat) -> None:
    for number, days in enumerate((-1, 1, -10_000), 1):
        moment = (NOON + timedelta(days=days)).timestamp() * 1000
        answer = sat.post([{"sequence": number, "slot": 1, "value": "o2", "at": moment}])
        assert answer.get_json()["stored"] == [number]
    for row in db.session.scalars(select(AnswerEvent)):
        assert (row.server_at, row.late) == (NOON, False)
    assert hall.attempt().deadline_at == END


def test_nonsense_device_time(hall: Hall, sat: Sat) -> None:
    nonsense = ["x", None, True, -1, 10**30, {}, float("1e400")]
    sent = [{"sequence": n, "slot": 1, "value": "o2", "at": at} for n, at in enumerate(nonsense, 1)]
    assert len(sat.post(sent).get_json()["stored"]) == len(nonsense)


def test_expired_sign_in_still_saves(hall: Hall, sat: Sat) -> None:
    for row in db.session.scalars(select(UserSession)):
        row.revoked_at = NOON
    db.session.commit()
    assert sat.save((1, 1, "o2"))["stored"] == [1]
    assert "第 1 题" in sat.page()
    assert sat.browser.get(sat.url("state")).status_code == 200
    assert sat.hand_in().status_code == 303
    assert "回执" in sat.browser.page(f"/exams/sit/{sat.booking_id}/receipt")


def test_a_password_that_must_change_stops_no_answer(hall: Hall, sat: Sat) -> None:
    db.session.get_one(User, hall.candidates[0]).must_change_password = True
    db.session.commit()
    assert sat.save((1, 1, "o2"))["stored"] == [1]


def test_expired_form_token_still_saves(hall: Hall, sat: Sat) -> None:
    form = {"csrf_token": "stale", "slot": "1", "kind": "single_choice", "value": "o2"}
    assert sat.browser.post(sat.url("answer-form"), data=form).status_code == 303
    answer = sat.browser.post(sat.url("answers"), json={"changes": [change(2, 2, "o1")]})
    assert answer.get_json()["stored"] == [2]
    answer = sat.browser.post(sat.url("hand-in"), data={"csrf_token": "stale"})
    assert answer.status_code == 303


def test_another_site(hall: Hall, sat: Sat) -> None:
    body = {"changes": [change(1, 1, "o1")]}
    for name, value in (
        ("Origin", "https://example.org"),
        ("Origin", "null"),
        ("Origin", "http://localhost.example.org"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ):
        for act in ("answers", "answer-form", "hand-in"):
            answer = sat.browser.post(sat.url(act), json=body, headers={name: value})
            assert answer.status_code == 403, (name, value, act)
    assert journal() == []
    assert hall.attempt().state == "open"


def test_our_own_page(hall: Hall, sat: Sat) -> None:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    answer = sat.browser.post(
        sat.url("answers"), json={"changes": [change(1, 1, "o1")]}, headers=headers
    )
    assert answer.status_code == 200


def test_leaving_the_page_is_noted(hall: Hall, sat: Sat) -> None:
    sat.post([], left=[1500, 2500, "x", -1, True, 10**12])
    events = db.session.scalars(select(AttemptEvent)).all()
    assert [e.details["ms"] for e in events if e.kind == "left_page"] == [1500, 2500]


def test_a_save_costs_three_statements(hall: Hall, sat: Sat) -> None:
    sat.save((1, 1, "o2"))  # the questions are loaded now
    assert _loaded
    with counted() as statements:
        sat.save((2, 1, "o3"), (3, 2, "o1"), (4, 3, "o1"))
    assert len(statements) <= 3, statements
    assert not any("exam_revision" in one for one in statements)


def test_the_idle_question_costs_little(hall: Hall, sat: Sat) -> None:
    sat.browser.get(sat.url("state"))  # leaves its sign of life, once a minute
    with counted() as statements:
        answer = sat.browser.get(sat.url("state"))
    assert answer.get_json()["account"][0]["seconds"] == MINUTES * 60
    assert len(statements) <= 3, statements


def test_an_ordinary_save_is_one_statement(hall: Hall, sat: Sat) -> None:
    sat.save((1, 1, "o2"))  # the process meets the attempt
    sat.save((2, 1, "o3"))  # and reads what its paper asks
    with counted() as statements:
        assert sat.save((3, 2, "o1"))["stored"] == [3]
    assert len(statements) == 1, statements
    assert statements[0].startswith("INSERT INTO answer_event")


def test_what_a_process_knows_is_confirmed(hall: Hall, sat: Sat, time: Traveller) -> None:
    """Each change by somebody else between two saves is seen by the next."""
    sequences = itertools.count(1)

    def save() -> dict[str, Any]:
        return sat.save((next(sequences), 1, "o2"))

    save(), save()
    attempt = hall.attempt()
    attempt.deadline_at += timedelta(minutes=5)
    db.session.commit()
    assert save()["deadline"] == int((END + timedelta(minutes=5)).timestamp() * 1000)
    hall.attempt().paused_at = NOON
    db.session.commit()
    assert save()["paused"] == int(NOON.timestamp() * 1000)
    hall.attempt().paused_at = None
    hall.attempt().epoch += 1
    db.session.commit()
    answer = save()
    assert (answer["paused"], answer["live"], answer["epoch"]) == (None, False, 1)
    hall.attempt().state = "handed_in"
    db.session.commit()
    answer = save()
    assert (answer["state"], answer["stored"], answer["late"]) == ("handed_in", [], [5 + 1])
    assert [late for *_rest, late in journal()] == [False] * 5 + [True]


def test_a_known_device_still_shows_its_token(hall: Hall, sat: Sat) -> None:
    sat.save((1, 1, "o2"))
    sat.save((2, 1, "o3"))
    name = f"device_{sat.attempt_id}"
    for token in ("", "x", "0" * 64):
        stranger = Browser(hall.app)
        stranger.set_cookie(name, token, path="/exams/")
        answer = stranger.post(sat.url("answers"), json={"changes": [change(3, 1, "o1")]})
        assert answer.status_code == 403
    assert len(journal()) == 2


def test_a_known_device_repeats(hall: Hall, sat: Sat) -> None:
    sat.save((1, 1, "o2"))
    sat.save((2, 1, "o3"))
    assert sat.save((2, 1, "o3"))["stored"] == [2]
    assert sat.save((2, 1, "o1"))["refused"][0]["code"] == "conflict"
    assert len(journal()) == 2
