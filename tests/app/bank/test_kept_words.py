"""Reasons that were kept in Chinese are said in the language of whoever reads them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from app import clock
from app.bank import change_making, changing, kept_words, wall
from app.bank.changing import Wish
from app.bank.kept_words import MESSAGES
from app.extensions import db
from app.models.bank import ChangeList, QuestionEntry
from app.models.people import Role
from tests import factories
from tests.app.bank import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows
CODE = Path(kept_words.__file__).parent


def test_it_works(app: Flask) -> None:
    manager = factories.user(Role.EXAM_MANAGER, locale="en")
    room = rows.sitting(rows.current(rows.activate(rows.entry("q1"))))
    rows.entry("q2")
    db.session.commit()
    ids = list(db.session.scalars(select(QuestionEntry.id)))
    wish = Wish("retire", "", "规定改了")
    pools = wall.visible_pools(manager, clock.shanghai_date(clock.now()))
    with force_locale("en"):
        plan = changing.plan(ids, wish, actor=manager, pools=pools)
        listed = change_making.begin(plan, actor=manager, pools=pools, now=clock.now())
    db.session.commit()
    [(code, reason)] = db.session.get_one(ChangeList, listed.id).refused
    assert code == "q1"
    assert "还在没有结束的考试里" in reason
    path = f"/bank/changes/{listed.id}"
    english = PageClient(app).sign_in(manager).page(path)
    assert "还在没有结束的考试里" not in english
    assert room.place in english
    chinese = factories.user(Role.EXAM_MANAGER)
    assert "还在没有结束的考试里" in PageClient(app).sign_in(chinese).page(path)


@pytest.mark.parametrize("message", MESSAGES)
def test_each_message_is_said_by_some_module_and_found_again(app: Flask, message: str) -> None:
    said = {
        re.sub(r'"\s*"', "", found)
        for path in CODE.glob("*.py")
        if path.name != "kept_words.py"
        for found in re.findall(r'_\(\s*((?:"[^"]*"\s*)+)', path.read_text("utf-8"))
    }
    assert f'"{message}"' in {one.strip().replace("%(n)d", "%(n)s") for one in said}
    values = {name: f"w4-{name}" for name in re.findall(r"%\((\w+)\)s", message)}
    with force_locale("en"):
        told = kept_words.kept_words(message % values)
    assert not re.search("[\u4e00-\u9fff]", told.replace("w4", ""))
    assert all(value in told for value in values.values())


def test_without_values_a_sentence_is_its_own_message(app: Flask) -> None:
    kept = "写入没有成功，题库没有改动。可以再按一次。"
    with force_locale("en"):
        assert not re.search("[\u4e00-\u9fff]", kept_words.kept_words(kept))
        assert kept_words.kept_words("w4 没有人写过的话") == "w4 没有人写过的话"
    with force_locale("zh"):
        assert kept_words.kept_words(kept) == kept
