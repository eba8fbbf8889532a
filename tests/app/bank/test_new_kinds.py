"""Kinds beyond choice: kept and read in the bank, and asked in practice."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app import clock
from app.bank import writing
from app.extensions import db
from app.learning import practice
from app.models.people import Role
from question_bank import read_questions
from tests import factories
from tests.client import PageClient

pytestmark = pytest.mark.rows
EXAMPLE = Path(__file__).parents[2] / "question_bank" / "files" / "questions-4-3.yaml"
KINDS = {"q43-009": "坐稳", "q43-010": "门诊服务台", "q43-011": "时段"}


@pytest.mark.parametrize("code", KINDS)
def test_its_page_says_the_right_answer(app: Flask, code: str) -> None:
    found = {one.id: one for one in read_questions(EXAMPLE.read_bytes(), "q").questions}
    entry = writing.create(found[code], actor=factories.user(Role.ITEM_WRITER), now=clock.now())
    db.session.commit()
    reader = PageClient(app).sign_in(factories.user(Role.EXAM_MANAGER))
    html = reader.page(f"/bank/questions/{entry.id}")
    assert "正确答案" in html
    assert KINDS[code] in html
    assert list(practice.find_questions([code], demo=True, now=clock.now())) == [code]
