"""Printed papers: the questions of each seat, a room at a time, by nobody before the start."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from time_machine import Traveller

from app import blobs, clock, jobs
from app.exams import on_paper, seating
from app.exams.documents import files, kinds
from app.extensions import db
from tests.app.exams import hall as halls
from tests.app.exams import kinds as every_kind
from tests.app.exams.hall import NOON, Hall
from tests.app.exams.sheets import actions, person
from tests.app.exams.test_documents import text_of

pytestmark = pytest.mark.rows


def print_one(hall: Hall, by: str, document: str) -> bytes:
    """Have papers made by the worker and open them."""
    browser, address = hall.browser(by), f"/exams/on-paper/{hall.sitting_id}"
    assert browser.get(f"{address}/print/{document}").status_code == 302  # nothing yet
    assert browser.send(f"{address}/print/{document}").status_code == 302
    assert "正在生成" in browser.page(address)
    db.session.rollback()
    assert jobs.run_next(clock.now())
    reply = browser.get(f"{address}/print/{document}")
    assert reply.mimetype == "application/pdf", browser.page(address)
    return reply.data


def words_of(hall: Hall, seat: int) -> list[str]:
    """Return the first signs of each question of a seat's paper."""
    return [item["stem"][:12] for item in on_paper.items_of(hall.booking(seat))]


def test_printed_papers(hall: Hall) -> None:
    """The same questions in the same order, name, seat and number on it, pages counted for each."""
    pages = text_of(print_one(hall, hall.invigilator, "papers"))
    first = "".join(page for page in pages if f" 1 座 {hall.booking(1).user.name}" in page)
    second = "".join(page for page in pages if f" 2 座 {hall.booking(2).user.name}" in page)
    for seat, text in ((1, first), (2, second)):
        plain = "".join(text.split())
        places = [plain.index("".join(words.split())) for words in words_of(hall, seat)]
        assert places == sorted(places)
        assert hall.booking(seat).ticket_number in text
        assert "答题卡" in text
        assert "第 1 页" in text
    (line,) = actions("sitting.paper_opened")
    assert (line.actor_id, line.details) == (hall.invigilator, {"document": "papers"})


def test_printed_paper_of_one(app: Flask, time: Traveller) -> None:
    """Options in this paper's order, a case, a table, a sound as words; no key, nobody else."""
    hall = halls.build(app, content=every_kind.content())
    booking = hall.booking(2)
    pdf = print_one(hall, hall.manager, f"paper-{booking.id}")
    text = "\n".join(text_of(pdf))
    single = next(
        item
        for item in on_paper.items_of(booking)
        if item["number"] == hall.slot("single_choice", 2)
    )
    for letter, option in zip("ABC", single["options"], strict=True):
        assert not option["text"] or f"{letter}. {option['text']}" in text
    for words in ("老人在大厅里", "这时广播响了", "请三号到二诊室", "118", "（1）"):
        assert words in text
    assert not any(secret in text for secret in every_kind.SECRET)
    assert hall.booking(1).user.name not in text


def test_a_room_at_a_time(hall: Hall) -> None:
    plan = [seating.RoomPlan("301 考场", 1), seating.RoomPlan("302 考场", 1)]
    seating.set_rooms(hall.sitting, plan, actor=person(hall.manager), now=clock.now())
    db.session.commit()
    page = hall.browser(hall.manager).page(f"/exams/on-paper/{hall.sitting_id}")
    assert "生成301 考场的试卷" in page
    _first, second = (room.id for room in seating.rooms_of(hall.sitting))
    pdf = kinds.printed(hall.sitting, f"papers-{second}", clock.now())
    assert hall.booking(1).user.name not in "".join(text_of(pdf))
    assert hall.booking(2).user.name in "".join(text_of(pdf))


def test_nobody_sees_papers_before_the_start(app: Flask, time: Traveller) -> None:
    hall = halls.build(app)
    time.move_to(NOON - timedelta(seconds=1))
    browser, address = hall.browser(hall.manager), f"/exams/on-paper/{hall.sitting_id}"
    assert browser.send(f"{address}/print/papers").status_code == 302
    assert "在那以前谁都不能看题" in browser.page(address)
    assert not files.newest(hall.sitting, clock.now())
    # Not even a file that is there.
    blob = blobs.put(b"%PDF-", media_type="application/pdf", purpose="exam_document", now=NOON)
    db.session.flush()
    job = files.ask(hall.sitting, "papers", actor=person(hall.manager), now=clock.now())
    job.state, job.result = "done", {"blob": blob.id}
    db.session.commit()
    assert browser.get(f"{address}/print/papers").status_code == 302
    assert not actions("sitting.paper_opened")
    time.move_to(NOON)
    assert browser.get(f"{address}/print/papers").mimetype == "application/pdf"
