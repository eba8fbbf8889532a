"""What of a sheet is refused: signs that cannot be read, the wrong time, the wrong person."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import Traveller

from app import clock
from app.exams import on_paper, papers
from app.extensions import db
from app.models.exams import Attempt, Booking
from app.models.people import Role
from app.models.room import PaperEntry
from tests import factories
from tests.app.exams import hall as halls
from tests.app.exams import kinds as every_kind
from tests.app.exams.hall import Hall
from tests.app.exams.sheets import LATER, as_form, refused, type_in

pytestmark = pytest.mark.rows


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
