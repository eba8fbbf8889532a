"""A question retired and reopened: what keeps it in use, and that it is reviewed anew."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.bank import retiring
from app.extensions import db
from app.models.bank import QuestionEntry
from app.models.people import Role
from tests.app.bank import rows
from tests.app.bank.review_steps import acted, drawn, person, status
from tests.client import PageClient

pytestmark = pytest.mark.rows


def test_reopened_it_is_reviewed_anew(app: Flask) -> None:
    of, writer = rows.activate(rows.entry()), person(Role.ITEM_WRITER)
    before = rows.body(of)
    assert acted(app, person(Role.ITEM_REVIEWER), of, "retire", note="旧") == 302
    assert acted(app, writer, of, "reopen", note="") == 302
    assert status(of) == "retired"
    assert acted(app, writer, of, "reopen", note="又要用") == 302
    assert acted(app, writer, of, "reopen", note="又要用") == 302
    of = db.session.get_one(QuestionEntry, of.id)
    assert (of.status, of.current_number, drawn()) == ("draft", 2, [])
    assert rows.body(of) == replace(before, version=2, status="draft")
    assert rows.activate(of).status == "active"


def test_the_open_sittings_are_named_and_refuse_retiring(app: Flask) -> None:
    of = rows.activate(rows.entry())
    rows.sitting(rows.current(of))
    manager = person(Role.EXAM_MANAGER)
    assert acted(app, manager, of, "retire", note="错题") == 302
    client = PageClient(app).sign_in(manager)
    html = client.page(f"/bank/questions/{of.id}")
    assert "春季理论考试（一号教室" in html
    assert "现在不能停用" in html
    assert status(of) == "active"


def test_many_are_asked_about_at_once(app: Flask) -> None:
    made = [rows.entry(f"q{n}") for n in range(3)]
    rows.sitting(rows.current(made[0]))
    rows.sitting(rows.current(made[1]), closed=True)
    made[2].status = "retired"
    db.session.commit()

    def ask(entries: list[QuestionEntry]) -> tuple[dict[str, str], int]:
        for entry in entries:
            entry.code  # noqa: B018 — loaded before, as a caller has them
        with rows.counted() as asked:
            return retiring.why_not_retire(entries), len(asked)

    told, cost = ask(made)
    assert set(told) == {made[0].id, made[2].id}
    assert "春季理论考试" in told[made[0].id]
    assert "早已停用" in told[made[2].id]
    for n in range(3, 20):
        made.append(rows.entry(f"q{n}"))
        rows.sitting(rows.current(made[-1]))
    told, more = ask(made)
    assert len(told) == 19
    assert more == cost
