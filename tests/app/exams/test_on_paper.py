"""The paper fallback: typing in twice, settling, handing in, marked as any attempt."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import Traveller

from app import clock
from app.exams import handing_in, marking, on_paper, paper_list, rules
from app.extensions import db
from app.models.exams import AnswerEvent
from app.models.room import PaperEntry
from tests.app.exams import hall as halls
from tests.app.exams import kinds as every_kind
from tests.app.exams.hall import NOON, Hall
from tests.app.exams.sheets import (
    LATER,
    actions,
    as_form,
    person,
    refused,
    right_texts,
    second_invigilator,
    type_in,
)

pytestmark = pytest.mark.rows


def test_it_works(hall: Hall, time: Traveller) -> None:
    """Typed by two, one difference settled by a third, handed in, marked as any attempt."""
    first, second, third = hall.invigilator, second_invigilator(hall), hall.manager
    right = right_texts(hall)
    number = hall.slot("single_choice")
    slip = {**right, number: ["A" if right[number] == ["B"] else "B"]}
    time.move_to(LATER)
    home = f"/exams/on-paper/{hall.sitting_id}"
    sheet = f"{home}/sheets/{hall.bookings[0]}"
    assert hall.browser(first).send(sheet, as_form(right)).status_code == 302
    # The second sees an empty grid, not what the first typed.
    grid = hall.browser(second).page(sheet)
    assert "第二次录" in grid
    assert f'name="slot-{number}" value=""' in grid
    assert hall.browser(second).send(sheet, as_form(slip)).status_code == 302
    office = hall.browser(third)
    assert "1 题不一样" in office.page(home)
    assert office.send(f"{sheet}/hand-in").status_code == 302
    assert "两次录的不一样" in office.page(home)
    differences = office.page(f"{sheet}/differences")
    assert f"第 {number} 题" in differences
    undecided = office.send(f"{sheet}/differences").text
    assert "有 1 题还没有定" in undecided
    assert "读不出来" not in undecided
    reply = office.send(f"{sheet}/differences", {f"is-{number}": "1"})
    assert reply.status_code == 302
    assert office.send(f"{sheet}/hand-in").status_code == 302
    db.session.rollback()
    attempt = hall.attempt()
    assert (attempt.state, attempt.handed_in_how) == ("handed_in", "on_paper")
    assert attempt.receipt_code
    assert attempt.receipt_code in office.page(home)
    events = db.session.scalars(select(AnswerEvent).order_by(AnswerEvent.sequence)).all()
    assert [one.slot for one in events] == list(range(1, halls.SLOTS + 1))
    assert {(one.epoch, one.late) for one in events} == {(1, False)}
    assert handing_in.journal_hash(attempt.id, handing_in.changes(attempt)) == attempt.journal_hash
    assert marking.mark_waiting(clock.now()) == 1
    result = hall.attempt().result
    assert result is not None
    assert result.mark == result.maximum
    (line,) = actions("attempt.from_paper")
    assert line.details == {"typed_by": [first, second, third]}


def test_every_kind(app: Flask, time: Traveller) -> None:
    """Order, pairs, blanks, numbers and cases, read as typed and marked by the same keys."""
    hall = halls.build(app, content=every_kind.content())
    other = second_invigilator(hall)
    texts = right_texts(hall)
    time.move_to(LATER)
    assert type_in(hall, hall.invigilator, texts) == 1
    lettered = {hall.slot(kind) for kind in ("single_choice", "ordering", "matching")}
    lower = {
        n: [one.lower() if n in lettered else one for one in fields] for n, fields in texts.items()
    }
    assert type_in(hall, other, lower) == 2
    attempt = on_paper.take_over(hall.booking(), actor=person(other), now=clock.now())
    result = marking.mark(attempt, clock.now())
    assert result.mark == result.maximum
    standing = rules.standing_answers(handing_in.changes(attempt))
    ordered = json.loads(standing[hall.slot("ordering")])
    assert sorted(ordered) == ["o1", "o2", "o3", "o4"]


def test_empty_stays_unanswered(hall: Hall, time: Traveller) -> None:
    other = second_invigilator(hall)
    time.move_to(LATER)
    for by in (hall.invigilator, other):
        type_in(hall, by, {})
    attempt = on_paper.take_over(hall.booking(), actor=person(other), now=clock.now())
    assert handing_in.changes(attempt) == []
    assert marking.mark(attempt, clock.now()).mark == "0"


def test_the_attempt_began_with_the_sitting(hall: Hall, time: Traveller) -> None:
    """Its day, deadline and time account are those of the exam, not of the typing."""
    other = second_invigilator(hall)
    time.move_to(LATER + timedelta(days=2))
    for by in (hall.invigilator, other):
        type_in(hall, by, right_texts(hall))
    attempt = on_paper.take_over(hall.booking(), actor=person(other), now=clock.now())
    assert attempt.started_at == NOON
    assert attempt.deadline_at == NOON + timedelta(minutes=halls.MINUTES)
    assert sum(line.seconds for line in attempt.time_entries) == halls.MINUTES * 60
    assert attempt.handed_in_at == clock.now()


def test_the_same_person_typing_both(hall: Hall, time: Traveller) -> None:
    """Typing again replaces the own first typing; it is never the second."""
    time.move_to(LATER)
    texts = right_texts(hall)
    assert type_in(hall, hall.invigilator, {}) == 1
    assert type_in(hall, hall.invigilator, texts) == 1
    known = on_paper.sheet(hall.booking())
    assert set(known.by) == {1}
    assert "null" not in known.typed[1].values()
    with pytest.raises(on_paper.PaperRefused, match="两个人各录一次"):
        on_paper.take_over(hall.booking(), actor=person(hall.manager), now=clock.now())
    assert [line.details["again"] for line in actions("booking.sheet_typed")] == [False, True]
    type_in(hall, hall.manager, texts)
    assert "已经录过两次" in refused(hall, hall.invigilator, texts)


def test_who_typed_does_not_settle(hall: Hall, time: Traveller) -> None:
    time.move_to(LATER)
    type_in(hall, hall.invigilator, right_texts(hall))
    type_in(hall, hall.manager, {})
    sheet = f"/exams/on-paper/{hall.sitting_id}/sheets/{hall.bookings[0]}/differences"
    assert "这张卡你录过" in hall.browser(hall.manager).page(sheet)
    reply = hall.browser(hall.manager).send(sheet, {"is-1": "1"})
    assert reply.status_code == 400
    assert "要由没有录过的人" in reply.text
    assert not db.session.scalars(select(PaperEntry).where(PaperEntry.typing == 3)).all()


def test_settled_by_typing_it_anew(hall: Hall, time: Traveller) -> None:
    other = second_invigilator(hall)
    time.move_to(LATER)
    number, several = hall.slot("true_false"), hall.slot("multiple_choice")
    type_in(hall, hall.invigilator, {number: ["V"], several: ["AB"]})
    type_in(hall, hall.manager, {number: ["×"], several: ["AC"]})
    sheet = f"/exams/on-paper/{hall.sitting_id}/sheets/{hall.bookings[0]}/differences"
    form = {f"is-{number}": "2", f"is-{several}": "other", f"slot-{several}": "Z"}
    assert "不是这道题的选项" in hall.browser(other).send(sheet, form).text
    form[f"slot-{several}"] = "bca"
    assert hall.browser(other).send(sheet, form).status_code == 302
    db.session.rollback()
    standing = on_paper.sheet(hall.booking()).standing
    assert standing[number] == "false"
    assert standing[several] == '["o1", "o2", "o3"]'


def test_handed_in_once(hall: Hall, time: Traveller) -> None:
    time.move_to(LATER)
    for by in (hall.invigilator, hall.manager):
        type_in(hall, by, {})
    on_paper.take_over(hall.booking(), actor=person(hall.manager), now=clock.now())
    db.session.commit()
    with pytest.raises(on_paper.PaperRefused, match="已经登记交卷"):
        on_paper.take_over(hall.booking(), actor=person(hall.manager), now=clock.now())
    db.session.rollback()
    assert "已经登记交卷" in refused(hall, hall.invigilator, {})


def test_no_release_while_sheets_wait(hall: Hall, time: Traveller) -> None:
    time.move_to(LATER)
    type_in(hall, hall.invigilator, {})
    assert paper_list.unfinished(hall.sitting) == 1
    with pytest.raises(marking.NotMarked, match="1 份答题卡"):
        marking.release(hall.sitting, actor=person(hall.certifier), now=clock.now())
