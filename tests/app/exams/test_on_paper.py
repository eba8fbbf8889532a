"""The paper fallback: printed papers, typing in twice, settling, handing in; and who may."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import Traveller

from app import blobs, clock, jobs
from app.exams import handing_in, marking, on_paper, paper_list, papers, rules, seating
from app.exams import typed_answers as typed
from app.exams.documents import files, kinds
from app.extensions import db
from app.models.exams import AnswerEvent, Attempt, Booking
from app.models.journal import AuditLine
from app.models.people import Role, User
from app.models.room import PaperEntry
from tests import factories
from tests.app.exams import hall as halls
from tests.app.exams import kinds as every_kind
from tests.app.exams.hall import NOON, Hall
from tests.app.exams.test_documents import text_of

pytestmark = pytest.mark.rows
LATER = NOON + timedelta(minutes=40)
"""After the last start."""


def person(user_id: str) -> User:
    return db.session.get_one(User, user_id)


def second_invigilator(hall: Hall) -> str:
    """Name another invigilator for the sitting and return their id."""
    other = factories.user(Role.INVIGILATOR)
    from_office = person(hall.manager)
    halls.rostering.name_invigilator(hall.sitting, other, actor=from_office, now=clock.now())
    db.session.commit()
    return other.id


def right_texts(hall: Hall, seat: int = 1) -> dict[int, list[str]]:
    """Return the right answers of a seat's paper as somebody types them."""
    items = on_paper.items_of(hall.booking(seat))
    slots = {slot.number: slot for slot in hall.slots(seat)}
    found = {}
    for item in items:
        value = halls.right_value(slots[item["number"]])
        # Keys say a judgement as a word, answers as a truth value.
        meant = (
            {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
        )
        found[item["number"]] = typed.write(item, meant)
    return found


def as_form(texts: dict[int, list[str]]) -> dict[str, Any]:
    return {f"slot-{number}": list(fields) for number, fields in texts.items()}


def type_in(hall: Hall, by: str, texts: dict[int, list[str]], seat: int = 1) -> int:
    done = on_paper.type_in(hall.booking(seat), texts, actor=person(by), now=clock.now())
    db.session.commit()
    return done


def refused(hall: Hall, by: str, texts: dict[int, list[str]], seat: int = 1) -> str:
    with pytest.raises(on_paper.PaperRefused) as why:
        on_paper.type_in(hall.booking(seat), texts, actor=person(by), now=clock.now())
    db.session.rollback()
    return why.value.sentence


def actions(name: str) -> list[AuditLine]:
    return list(db.session.scalars(select(AuditLine).where(AuditLine.action == name)))


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
    assert "还没有定" in office.send(f"{sheet}/differences").text
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


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        ("single_choice", "AB", "只能有一个字母"),
        ("single_choice", "7", "不是这道题的选项"),
        ("multiple_choice", "ABCDEFGH", "不是这道题的选项"),
        ("multiple_choice", "AAB", "打了两次"),
        ("multiple_choice", "，", "没有字母"),
        ("true_false", "√×", "判断题"),
        ("true_false", "也许", "判断题"),
        ("single_choice", "A" * 600, "一格最多"),
    ],
)
def test_what_cannot_be_read(hall: Hall, time: Traveller, kind: str, text: str, why: str) -> None:
    """Nothing of the sheet is kept; the page names the question and shows what was typed."""
    time.move_to(LATER)
    number = hall.slot(kind)
    sheet = f"/exams/on-paper/{hall.sitting_id}/sheets/{hall.bookings[0]}"
    reply = hall.browser(hall.invigilator).send(sheet, as_form({number: [text], 2: ["a"]}))
    assert reply.status_code == 400
    assert why in reply.text
    assert f'href="#slot-{number}-1"' in reply.text
    assert db.session.scalars(select(PaperEntry)).all() == []


@pytest.mark.parametrize(
    ("kind", "texts", "why"),
    [
        ("ordering", ["ABC"], "打全 4 个字母"),
        ("ordering", ["ABCA"], "打了两次"),
        ("matching", ["AB"], "依次打 3 个字母"),
        ("matching", ["ABQ"], "不是这道题的选项"),
        ("numeric", ["约一百"], "读不成一个数"),
        ("numeric", ["120 公斤"], "单位"),
    ],
)
def test_what_cannot_be_read_of_other_kinds(
    app: Flask, time: Traveller, kind: str, texts: list[str], why: str
) -> None:
    hall = halls.build(app, content=every_kind.content())
    time.move_to(LATER)
    number = hall.slot(kind)
    with pytest.raises(on_paper.NotTyped) as wrong:
        type_in(hall, hall.invigilator, {number: texts})
    assert why in wrong.value.wrong[number]


def test_somebody_who_answered_on_screen(hall: Hall, time: Traveller) -> None:
    """Refused with a sentence; two sets of answers are never put together."""
    sat = hall.started(1)
    sat.save((1, hall.slot("true_false"), True))
    time.move_to(LATER)
    assert "已经在屏幕上开始答题" in refused(hall, hall.invigilator, {})
    home = f"/exams/on-paper/{hall.sitting_id}"
    browser = hall.browser(hall.invigilator)
    assert browser.get(f"{home}/sheets/{hall.bookings[0]}").status_code == 302
    assert "不能再录答题卡" in browser.page(home)
    assert "在屏幕上作答" in browser.page(home)
    assert len(db.session.scalars(select(Attempt)).all()) == 1


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


def test_when_and_whose(hall: Hall, time: Traveller) -> None:
    """Not while anybody may still start on a screen; nobody's own; nobody the door turned away."""
    assert "过了最晚进场时间" in refused(hall, hall.invigilator, {})
    assert "现在还不能录" in hall.browser(hall.invigilator).page(
        f"/exams/on-paper/{hall.sitting_id}"
    )
    time.move_to(LATER)
    assert "你自己的答题卡" in refused(hall, hall.candidates[0], {})
    hall.booking().check_in = "rejected"
    db.session.commit()
    assert "身份不一致" in refused(hall, hall.invigilator, {})
    halls.build_late(hall)
    assert "还没有抽试卷" in refused(hall, hall.invigilator, {}, seat=3)


def test_no_release_while_sheets_wait(hall: Hall, time: Traveller) -> None:
    time.move_to(LATER)
    type_in(hall, hall.invigilator, {})
    assert paper_list.unfinished(hall.sitting) == 1
    with pytest.raises(marking.NotMarked, match="1 份答题卡"):
        marking.release(hall.sitting, actor=person(hall.certifier), now=clock.now())


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


def test_who_may(hall: Hall, time: Traveller) -> None:
    """The exam manager and this sitting's invigilators; to everybody else it does not exist."""
    time.move_to(LATER)
    sheet = f"sheets/{hall.bookings[0]}"
    pages = ("", f"/{sheet}", f"/{sheet}/differences", "/print/papers")
    posts = ("/print/papers", f"/{sheet}", f"/{sheet}/differences", f"/{sheet}/hand-in")
    strangers = [
        factories.user(role).id for role in (Role.INVIGILATOR, Role.AUDITOR, Role.CERTIFIER)
    ]
    address = f"/exams/on-paper/{hall.sitting_id}"
    for stranger in [*strangers, hall.candidates[0]]:
        browser = hall.browser(stranger)
        assert {browser.get(address + path).status_code for path in pages} == {404}
        assert {browser.send(address + path).status_code for path in posts} == {404}
    assert hall.browser().get(address).status_code == 302
    for one in (hall.manager, hall.invigilator):
        assert "纸质考试" in hall.browser(one).page(address)
    assert hall.browser(hall.manager).send(f"{address}/print/tickets").status_code == 404
    assert f"{address}" in hall.browser(hall.manager).page(f"/exams/sittings/{hall.sitting_id}")
    assert f"{address}" in hall.browser(hall.invigilator).page(f"/exams/rooms/{hall.sitting_id}")
    db.session.rollback()
    assert db.session.scalars(select(PaperEntry)).all() == []


def test_of_another_sitting(hall: Hall, time: Traveller) -> None:
    """A booking is reached through its own sitting only."""
    time.move_to(LATER)
    strange = db.session.scalars(select(Booking)).first()
    assert strange is not None
    wrong = f"/exams/on-paper/{hall.sitting_id}/sheets/{'x' * 12}"
    assert hall.browser(hall.manager).get(wrong).status_code == 404
    assert not papers.draw_missing(hall.sitting, actor=None, now=clock.now())
