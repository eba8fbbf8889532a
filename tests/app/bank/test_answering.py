"""How a version was answered: against the rest of each paper, by option, and what was said of it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.bank import answering
from app.extensions import db
from app.models.bank import MarkingKey, QuestionVersion
from app.models.exams import AnswerEvent, Attempt, MarkEntry, Paper, Result, Sitting
from app.models.people import Role
from app.models.room import QuestionComment
from tests import factories
from tests.app.bank import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


def answered(of: QuestionVersion, room: Sitting, place: str, *, right: bool, whole: int) -> Attempt:
    """Let one more person answer a version by a place on a paper worth 10, of which it is 1."""
    rows.paper(of, room)
    paper = db.session.scalars(
        select(Paper).outerjoin(Attempt, Attempt.paper_id == Paper.id).where(Attempt.id.is_(None))
    ).one()
    paper.slots[0].option_order = ["o2", "o1"]  # shown the other way round
    now = clock.now()
    attempt = factories.save(
        Attempt(
            booking_id=paper.booking_id,
            sitting_id=room.id,
            user_id=paper.booking.user_id,
            paper_id=paper.id,
            rules_version="1",
            rules_accepted_at=now,
            started_at=now,
            deadline_at=now,
            grace_seconds=10,
            device_hash="d",
        )
    )
    key = db.session.scalars(select(MarkingKey).where(MarkingKey.version_id == of.id)).first()
    assert key is not None
    mark = "1" if right else "0"
    told = {"attempt_id": attempt.id, "slot": 1, "marking_key_id": key.id, "rule": "all_or_nothing"}
    factories.save(MarkEntry(**told, number=1, fraction=mark, mark=mark, reason="", at=now))
    factories.save(
        Result(
            attempt_id=attempt.id,
            mark=str(whole),
            maximum="10",
            pass_percent=60,
            passed=whole >= 6,
            domains={},
            computed_at=now,
        )
    )
    for sequence, (value, late) in enumerate((("o2", False), (place, False), ("o2", True)), 1):
        factories.save(
            AnswerEvent(
                attempt_id=attempt.id,
                epoch=1,
                sequence=sequence,
                slot=1,
                value=json.dumps(value),
                server_at=now + timedelta(seconds=sequence),
                late=late,
            )
        )
    return attempt


def test_it_works(app: Flask) -> None:
    of = rows.current(rows.activate(rows.entry()))
    room = rows.sitting(of)
    # On these papers `o2` is the first option of the author, which is right.
    for whole, right in ((9, True), (8, True), (7, True), (3, False), (2, False), (1, False)):
        last = answered(of, room, "o2" if right else "o1", right=right, whole=whole)
    db.session.commit()
    [found] = answering.answering_of(of, rows.body(of.entry), 6)
    assert found.figures.people == 6
    assert found.figures.ease == 0.5
    assert found.figures.discrimination is not None
    assert found.figures.discrimination > 0.9
    assert [(one.text, one.right, one.people, one.flag) for one in found.options] == [
        ("看一看", True, 3, ""),
        ("等一等", False, 3, ""),
    ]
    assert not found.is_poor
    assert answering.answering_of(of, rows.body(of.entry), 7) == []
    last.state = "void"
    db.session.commit()
    [found] = answering.answering_of(of, rows.body(of.entry), 5)
    assert found.figures.people == 5


def test_a_wrong_key_and_its_page(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    of = rows.current(rows.activate(rows.entry()))
    room = rows.sitting(of)
    for number in range(30):
        right = number < 5
        made = answered(of, room, "o2" if right else "o1", right=right, whole=2 if right else 8)
    factories.save(
        QuestionComment(
            attempt_id=made.id, slot=1, version_id=of.id, text="没有对的", at=clock.now()
        )
    )
    factories.save(
        MarkingKey(version_id=of.id, number=2, key={}, reason="选错了", set_at=clock.now())
    )
    db.session.commit()
    html = (
        PageClient(app)
        .sign_in(factories.user(Role.ITEM_WRITER))
        .page(f"/bank/questions/{of.entry_id}")
    )
    for words in (
        "要看一看",
        "其余题得分高的人反而更常答错",
        "比正确答案选的人还多",
        "25 人",
        "提过 1 条意见，1 条还没有答复",
        "答案更正过 1 次",
        "得分低的三分之一",
    ):
        assert words in html


def test_it_costs_the_same_for_one_and_many(app: Flask) -> None:
    of = rows.current(rows.activate(rows.entry()))
    room, counts = rows.sitting(of), []
    for _more in range(2):
        for number in range(3):
            answered(of, room, "o2", right=True, whole=number + 3)
        db.session.commit()
        question = rows.body(of.entry)
        with rows.counted() as queries:
            answering.answering_of(of, question, 1)
            answering.heard_of(of)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6
