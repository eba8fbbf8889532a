"""Where people file a question stays when it is edited, exported, taken back."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from app import clock
from app.bank import exporting, retiring, writing
from app.bank.filing import as_filed
from app.extensions import db
from app.models.bank import QuestionEntry
from app.models.people import Role, User
from question_bank.question import Difficulty
from tests import factories
from tests.app.bank import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


def refiled(writer: User) -> QuestionEntry:
    """Return a question of domain E that was moved to A."""
    entry = rows.entry("q1", author=writer, difficulty=Difficulty("easy", 0.9))
    entry.domain, entry.lesson_code, entry.review_by = "A", "1.1", date(2999, 1, 1)
    entry.difficulty = "hard"
    db.session.commit()
    return entry


def test_the_form_begins_from_it(app: Flask) -> None:
    writer = factories.user(Role.ITEM_WRITER)
    entry = refiled(writer)
    html = PageClient(app).sign_in(writer).page(f"/bank/questions/{entry.id}/edit")
    assert 'value="1.1"' in html
    assert '<option selected value="A">' in html


def test_the_next_version_keeps_it(app: Flask) -> None:
    writer = factories.user(Role.ITEM_WRITER)
    entry = refiled(writer)
    question = as_filed(entry, rows.body(entry))
    with pytest.raises(writing.NothingChanged):
        writing.save(entry, question, base=1, actor=writer, now=clock.now())
    retiring.retire(entry, "过时", actor=writer, now=clock.now())
    retiring.reopen(entry, "还要用", actor=writer, now=clock.now())
    assert (entry.domain, entry.lesson_code, entry.difficulty) == ("A", "1.1", "hard")
    assert rows.body(entry).domain == "A"


def test_an_export_says_it(app: Flask) -> None:
    entry = refiled(factories.user(Role.ITEM_WRITER))
    (one,) = exporting.questions_of(exporting.with_ids([entry.id]))
    assert (one.domain, one.lesson, one.review_by) == ("A", "1.1", date(2999, 1, 1))
    assert one.difficulty == Difficulty("hard")


def test_the_parts_of_a_case_go_along(app: Flask) -> None:
    parts = (rows.question("p1"), rows.question("p2", lesson="9.9"))
    case = rows.question("c1", kind="case_set", scene="情景", stem="", parts=parts)
    entry = QuestionEntry(domain="B", lesson_code="2.2", difficulty="", review_by=None)
    filed = as_filed(entry, case)
    assert [part.domain for part in filed.parts] == ["B", "B"]
    assert [part.lesson for part in filed.parts] == ["2.2", "9.9"]


def test_an_estimate_stays_in_its_band(app: Flask) -> None:
    question = rows.question("q1", difficulty=Difficulty("easy", 0.9))
    entry = QuestionEntry(domain="E", lesson_code="4.3", difficulty="easy", review_by=None)
    assert as_filed(entry, question) == question
