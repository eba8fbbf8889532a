"""Handing in: by button, by deadline, by the invigilator; once, with a receipt that proves it."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from time_machine import Traveller

from app import jobs
from app.extensions import db
from app.models.exams import AnswerEvent, AttemptEvent
from app.models.journal import AuditLine, OutboxMessage
from tests.app.exams.hall import GRACE, MINUTES, NOON, Hall, Sat

pytestmark = pytest.mark.rows
END = NOON + timedelta(minutes=MINUTES)


def receipt_of(attempt_id: str) -> tuple[str, str]:
    """Derive hash and receipt code from the journal, as docs/exam-protocol.md says."""
    rows = db.session.scalars(
        select(AnswerEvent)
        .where(AnswerEvent.attempt_id == attempt_id, AnswerEvent.late.is_(False))
        .order_by(AnswerEvent.epoch, AnswerEvent.sequence)
    )
    lines = [attempt_id, *(f"{r.epoch} {r.sequence} {r.slot} {r.value}" for r in rows)]
    sealed = hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    signs = base64.b32encode(hashlib.sha256(f"receipt:{sealed}".encode()).digest())[:8].decode()
    return sealed, f"{signs[:4]}-{signs[4:]}"


def messages() -> list[OutboxMessage]:
    return list(
        db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "exam.receipt"))
    )


def test_no_page_ends_an_exam_by_itself_while_there_is_time(
    hall: Hall, sat: Sat, time: Traveller
) -> None:
    """A page whose zero comes before the server's is sent back; a person's own press is not."""
    at_zero = {"at_zero": "1"}
    time.move_to(END - timedelta(seconds=2))
    reply = sat.browser.send(sat.url("hand-in"), at_zero)
    assert reply.location.endswith(f"/exams/sit/{sat.booking_id}/paper")
    assert hall.attempt().state == "open"
    time.move_to(END)
    assert sat.browser.send(sat.url("hand-in"), at_zero).location.endswith("/receipt")
    assert hall.attempt().handed_in_how == "candidate"


def test_it_works(hall: Hall, sat: Sat, time: Traveller) -> None:
    sat.save((1, 1, "o2"), (2, 2, "o1"), (3, 2, None))
    time.shift(timedelta(minutes=7))
    reply = sat.hand_in()
    attempt = hall.attempt()
    assert (attempt.state, attempt.handed_in_how) == ("handed_in", "candidate")
    assert attempt.handed_in_at == NOON + timedelta(minutes=7)
    sealed, code = receipt_of(attempt.id)
    assert (attempt.journal_hash, attempt.receipt_code) == (sealed, code)
    html = sat.browser.page(reply.location)
    assert code in html
    assert "1 题，未答 7 题" in html
    line = db.session.scalars(
        select(AuditLine).where(AuditLine.action == "attempt.handed_in")
    ).one()
    assert line.details["journal"] == sealed
    assert line.actor_id == hall.candidates[0]
    (message,) = messages()
    assert message.user_id == hall.candidates[0]
    assert code in message.text
    assert "收到 1 题的答案" in message.text


def test_twice_is_once(hall: Hall, sat: Sat) -> None:
    sat.save((1, 1, "o2"))
    first = sat.hand_in()
    code = hall.attempt().receipt_code
    second = sat.hand_in()
    assert first.location == second.location
    assert hall.attempt().receipt_code == code
    assert len(messages()) == 1
    assert (
        db.session.scalar(
            select(func.count())
            .select_from(AuditLine)
            .where(AuditLine.action == "attempt.handed_in")
        )
        == 1
    )


def test_an_answer_changes_the_code(hall: Hall, sat: Sat) -> None:
    other = hall.started(2)
    sat.save((1, 1, "o2"))
    sat.hand_in()
    other.hand_in()
    assert hall.attempt(1).receipt_code != hall.attempt(2).receipt_code


def test_the_sweeper_waits_for_the_grace(hall: Hall, sat: Sat, time: Traveller) -> None:
    for seconds in (-1, 0, 1, GRACE):
        moment = END + timedelta(seconds=seconds)
        time.move_to(moment)
        db.session.rollback()
        jobs.do_duties(moment, only="exams.sweep")
        assert hall.attempt().state == "open", seconds
    assert sat.save((1, 1, "o2"))["stored"] == [1], (
        "the grace is the candidate's to the last second"
    )
    moment = END + timedelta(seconds=GRACE + 1)
    time.move_to(moment)
    db.session.rollback()
    jobs.do_duties(moment, only="exams.sweep")
    attempt = hall.attempt()
    assert (attempt.state, attempt.handed_in_how) == ("handed_in", "deadline")
    assert attempt.handed_in_at == END
    assert attempt.receipt_code == receipt_of(attempt.id)[1]
    assert len(messages()) == 1
    db.session.rollback()
    jobs.do_duties(moment, only="exams.sweep")
    assert len(messages()) == 1


def test_one_broken_attempt_does_not_hold_up_the_others(
    hall: Hall, sat: Sat, time: Traveller
) -> None:
    hall.started(2)
    hall.booking(1).user.locale = "??"  # nobody can write a message in this language
    db.session.commit()
    moment = END + timedelta(minutes=1)
    time.move_to(moment)
    jobs.do_duties(moment, only="exams.sweep")
    assert hall.attempt(1).state == "open"
    assert hall.attempt(2).state == "handed_in"


def test_the_next_touch_hands_in_as_well(hall: Hall, sat: Sat, time: Traveller) -> None:
    time.move_to(END + timedelta(seconds=GRACE + 1))
    answer = sat.browser.get(sat.url("state")).get_json()
    assert answer["state"] == "handed_in"
    assert hall.attempt().handed_in_how == "deadline"
    reply = sat.browser.get(f"/exams/sit/{sat.booking_id}/paper")
    assert reply.location.endswith("/receipt")


def test_handing_in_after_the_time_is_the_deadlines(hall: Hall, sat: Sat, time: Traveller) -> None:
    time.move_to(END + timedelta(minutes=5))
    assert sat.hand_in().status_code == 303
    assert hall.attempt().handed_in_how == "deadline"
    assert hall.attempt().handed_in_at == END


def test_the_invigilator_hands_in_with_a_reason(hall: Hall, sat: Sat) -> None:
    sat.save((1, 1, "o2"))
    room = hall.browser(hall.invigilator)
    address = f"/exams/rooms/attempts/{sat.attempt_id}/hand-in"
    html = room.send(address, {"reason": " "}, follow_redirects=True).get_data(as_text=True)
    assert "代交要写原因" in html
    assert hall.attempt().state == "open"
    html = room.send(address, {"reason": "身体不适"}, follow_redirects=True).get_data(as_text=True)
    assert "已代 1 座交卷" in html
    assert hall.attempt().handed_in_how == "invigilator"
    html = room.send(address, {"reason": "再来"}, follow_redirects=True).get_data(as_text=True)
    assert "已经交卷" in html
    events = db.session.scalars(
        select(AttemptEvent).where(AttemptEvent.kind == "handed_in_by_invigilator")
    ).all()
    assert [event.details["reason"] for event in events] == ["身体不适"]


def test_what_was_handed_in(hall: Hall, sat: Sat) -> None:
    """The candidate's own answers, word for word; nobody else's business."""
    slot = next(s for s in hall.slots() if s.number == hall.slot("single_choice"))
    chosen = next(
        o["text"]
        for group in hall.shown()
        for item in group["items"]
        if item["number"] == slot.number
        for o in item["options"]
        if o["id"] == "o2"
    )
    sat.save((1, slot.number, "o2"))
    address = f"/exams/sit/{sat.booking_id}/handed-in"
    assert sat.browser.get(address).status_code == 302
    sat.hand_in()
    html = sat.browser.page(address)
    assert chosen.replace("**", "") in html
    assert html.count("未作答") == 7
    assert hall.candidate(2).get(address).status_code == 404
    # A shared machine: the next person signs in where the device's cookie still lies.
    sat.browser.sign_in(db.session.get_one(type(hall.booking().user), hall.candidates[1]))
    assert sat.browser.get(address).status_code == 404
