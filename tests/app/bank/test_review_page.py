"""What a reviewer is told before a word: where it stands, flaws, twins, open remarks."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.bank import commenting
from app.extensions import db
from app.models.journal import AuditLine
from app.models.people import Role
from tests.app.bank import rows
from tests.app.bank.review_steps import acted, page, person, status

pytestmark = pytest.mark.rows


def test_the_page_says_where_it_stands(app: Flask) -> None:
    author = person(Role.ITEM_WRITER, name="温命题")
    of = rows.hand_in(rows.entry(author=author, domain="D"))
    first = person(Role.ITEM_REVIEWER, name="初阅人")
    html = page(app, first, of)
    for words in ("草稿 · 温命题", "初审 · 你", "审题人里还要有临床审题人"):
        assert words in html
    acted(app, first, of, "approve")
    html = page(app, author, of)
    for words in ("初审 · 初阅人", "等另一位审题人终审", "送审并负责", "审核通过，到“终审中”"):
        assert words in html


def test_past_its_date_the_page_says_so(app: Flask) -> None:
    of = rows.activate(rows.entry(review_by=date(2026, 1, 1)))
    assert "复核日期已过" in page(app, person(Role.ITEM_REVIEWER), of)


def test_flaws_and_near_duplicates_are_named(app: Flask) -> None:
    of = rows.entry("q1", stem="下列说法错误的是哪一项？")
    rows.entry("q2", stem="下列说法错误的是哪一项？")
    html = page(app, person(Role.ITEM_WRITER), of)
    assert "尽量不用否定的问法" in html
    assert "和 q2 很像" in html


def test_a_live_twin_is_not_told_behind_the_wall(app: Flask) -> None:
    of = rows.entry("q1", pool="practice", stem="先扶稳老人，再做什么？")
    rows.entry("live-twin", stem="先扶稳老人，再做什么？")
    assert "live-twin" not in page(app, person(Role.INSTRUCTOR), of)


def test_the_final_approval_asks_about_open_remarks(app: Flask) -> None:
    of, first = rows.hand_in(rows.entry()), person(Role.ITEM_REVIEWER)
    commenting.comment(rows.current(of), "第二项太短。", parent="", actor=first, now=clock.now())
    db.session.commit()
    assert acted(app, first, of, "approve") == 302  # not the final one
    last = person(Role.ITEM_REVIEWER)
    assert "意见都看过，仍然通过" in page(app, last, of)
    for said in ({}, {"note": "太短也看得懂"}, {"despite": "1"}, {"despite": "1", "note": " "}):
        assert acted(app, last, of, "approve", **said) == 409
    assert status(of) == "final_review"
    assert acted(app, last, of, "approve", despite="1", note="太短也看得懂") == 302
    assert status(of) == "trial"
    told = db.session.scalars(
        select(AuditLine)
        .where(AuditLine.action == "question.approved")
        .order_by(AuditLine.id.desc())
    ).first()
    assert told is not None
    assert told.details["open_remarks"] == 1


def test_a_settled_remark_stands_in_nobodys_way(app: Flask) -> None:
    of, first = rows.hand_in(rows.entry()), person(Role.ITEM_REVIEWER)
    row = commenting.comment(
        rows.current(of), "第二项太短。", parent="", actor=first, now=clock.now()
    )
    commenting.settle(row, rows.current(of), actor=first, now=clock.now())
    db.session.commit()
    for reviewer in (first, person(Role.ITEM_REVIEWER)):
        assert acted(app, reviewer, of, "approve") == 302
    assert status(of) == "trial"
