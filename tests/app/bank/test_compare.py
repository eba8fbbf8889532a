"""Two versions side by side: every field, the words that changed, the openings on record."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.bank import comparing, writing
from app.extensions import db
from app.models.bank import MarkingKey, QuestionEntry
from app.models.journal import AuditLine
from app.models.people import Role
from question_bank import Blank, Choice, NumericAnswer
from tests import factories
from tests.app.bank import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


def changed(of: QuestionEntry, **values: Any) -> QuestionEntry:
    """Save the next version."""
    body = replace(rows.body(of), **values)
    writing.save(of, body, base=of.current_number, actor=factories.user(), now=clock.now())
    db.session.commit()
    return of


def fields(of: QuestionEntry, old: int = 1, new: int = 2) -> dict[str, tuple[str, str]]:
    """Return what changed, as the texts of both sides."""
    one, other = writing.get_version(of, old), writing.get_version(of, new)
    said = {}
    for row in comparing.compare(one, other):
        if row.changed:
            texts = ["".join(piece.text for piece in side) for side in (row.old, row.new)]
            said[row.label] = (texts[0], texts[1])
    return said


def test_it_works(app: Flask) -> None:
    of = changed(rows.entry(), stem="q1：首先做什么？", key=("o2",))
    html = (
        PageClient(app)
        .sign_in(factories.user(Role.ITEM_REVIEWER))
        .page(f"/bank/questions/{of.id}/compare?old=1&new=2")
    )
    assert "q1：<ins>首</ins>先做什么？" in html
    assert "改了 2 处" in html
    assert "<del>看</del>一<del>看</del>" in html
    assert "<ins>等</ins>一<ins>等</ins>" in html
    assert 'class="watermark"' in html


def test_each_opening_is_on_record(app: Flask) -> None:
    of, person = changed(rows.entry(), stem="改了？"), factories.user(Role.ITEM_REVIEWER)
    client = PageClient(app).sign_in(person)
    client.page(f"/bank/questions/{of.id}/compare?old=1&new=2")
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "question.opened"))
    assert {line.object_id for line in lines} == {version.id for version in of.versions}


def test_the_last_change_is_shown_unasked(app: Flask) -> None:
    of = changed(changed(rows.entry(), stem="二？"), stem="三？")
    client = PageClient(app).sign_in(factories.user(Role.ITEM_REVIEWER))
    html = client.page(f"/bank/questions/{of.id}/compare")
    assert "第 2 版和第 3 版" in html
    assert "两版的内容一样" in client.page(f"/bank/questions/{of.id}/compare?old=3&new=3")
    client.page(f"/bank/questions/{of.id}/compare?old=9&new=3", 404)


def test_every_part_of_a_question_is_compared(app: Flask) -> None:
    of = rows.entry()
    before = rows.body(of)
    changed(
        of,
        options=(replace(before.options[0], lock=True), Choice("o2", "再等等", "误事。")),
        explanation="先看。",
        level="recall",
        review_by=clock.shanghai_date(clock.now()),
        reviewers_needed=("法律",),
        enemies=("q9",),
        shuffle=False,
    )
    assert set(fields(of)) == {
        "选项 1",
        "选项 2",
        "解析",
        "层次",
        "复核日期",
        "还要哪方面的人审",
        "互斥的题",
        "选项可以打乱次序",
    }


def test_keys_of_other_kinds_are_said(app: Flask) -> None:
    of = rows.entry(
        kind="fill_in",
        options=(),
        key=(),
        stem="先问{{b1}}。",
        blanks=(Blank("b1", ("姓名",)),),
    )
    changed(of, blanks=(Blank("b1", ("姓名", "名字")),))
    assert "名字" in fields(of)["正确答案"][1]
    assert "名字" not in fields(of)["正确答案"][0]
    number = rows.entry(
        "q2", kind="numeric", options=(), key=(), stem="几度？", answers=(NumericAnswer(37),)
    )
    changed(number, answers=(NumericAnswer(38),))
    assert fields(number)["正确答案"] == ("37", "38")


def test_a_mended_key_shows(app: Flask) -> None:
    of = changed(rows.entry(), stem="改了？")
    first = writing.get_version(of, 1)
    key = db.session.scalars(select(MarkingKey).where(MarkingKey.version_id == first.id)).one().key
    mended = {**key, "right": ["o2"]}
    db.session.add(
        MarkingKey(version_id=first.id, number=2, key=mended, reason="答案标错", set_at=clock.now())
    )
    db.session.commit()
    old, new = fields(of)["第 2 号评分依据"]
    assert "等一等" in old
    assert "答案标错" in old
    assert new == ""


def test_words_are_marked_not_letters() -> None:
    old, new = comparing.mark_changes("量血压 120/80 mmHg", "量血糖 120/90 mmHg")
    assert [(piece.text, piece.changed) for piece in old] == [
        ("量血", False),
        ("压", True),
        (" 120/", False),
        ("80", True),
        (" mmHg", False),
    ]
    assert [piece.text for piece in new if piece.changed] == ["糖", "90"]


def test_pieces_make_the_whole_again() -> None:
    for one, other in (
        ("", "甲"),
        ("甲乙丙", ""),
        ("甲甲甲", "甲甲"),
        ("a b", "a  c"),
        ("同", "同"),
    ):
        old, new = comparing.mark_changes(one, other)
        assert "".join(piece.text for piece in old) == one
        assert "".join(piece.text for piece in new) == other


def test_long_texts_that_share_nothing_answer_at_once() -> None:
    start = time.process_time()
    old, new = comparing.mark_changes("甲乙" * 30_000, "丙丁" * 30_000)
    assert time.process_time() - start < 1
    assert [piece.changed for piece in (*old, *new)] == [True, True]


@pytest.mark.parametrize("role", Role)
def test_who_may(app: Flask, role: Role) -> None:
    live, practice = rows.entry("l"), rows.entry("p", pool="practice")
    client = PageClient(app).sign_in(factories.user(role))
    readers = {
        Role.ITEM_WRITER,
        Role.ITEM_REVIEWER,
        Role.CLINICAL_REVIEWER,
        Role.LEGAL_REVIEWER,
        Role.EXAM_MANAGER,
    }
    client.page(f"/bank/questions/{live.id}/compare", 200 if role in readers else 403)
    expected = 200 if role in readers | {Role.INSTRUCTOR} else 403
    client.page(f"/bank/questions/{practice.id}/compare", expected)
