"""Practice by chapter, what is due, favourites, and how practice goes (A7)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.learning import PracticeAnswer
from app.models.people import Role
from app.models.studying import FavouriteQuestion
from tests import factories
from tests.app.learning.test_notebook import days_ago

pytestmark = [pytest.mark.rows, pytest.mark.usefixtures("demo")]
SETS = "/learn/practice/sets"


def test_it_works(reader, edition):
    hub = reader.page("/learn/practice")
    assert "做过 0 / 2 题" in hub
    first = reader.page(f"{SETS}/M1")
    assert "进门先做什么" in first
    assert "第 1 / 2 题" in first
    assert "坐稳了再办事" not in first
    answer = reader.send(f"{SETS}/M1/p-one", {"answer": "o1"})
    shown = reader.page(answer.location)
    assert "坐稳了再办事" in shown
    assert "答对了" in shown
    assert "下一题" in shown
    second = reader.page(f"{SETS}/M1?at=p-two")
    assert "取号时对哪些" in second
    hub = reader.page("/learn/practice")
    assert "做过 1 / 2 题" in hub
    assert "做对 1 题" in hub


def test_a_shuffled_set_keeps_its_order(reader, edition):
    first = reader.get(f"{SETS}/M1?order=random")
    assert first.status_code == 302
    assert "seed=" in first.location
    once, again = (reader.page(first.location) for _time in range(2))
    stem = re.compile(r'class="stem[^>]*>([^<]+)')
    assert stem.findall(once) == stem.findall(again) != []


def test_an_empty_answer_says_so(reader, edition):
    refused = reader.send(f"{SETS}/M1/p-one", {})
    assert refused.status_code == 400
    assert "还没有答完" in refused.get_data(as_text=True)
    assert db.session.scalars(select(PracticeAnswer)).all() == []


def test_wrong_answers_come_again_when_they_are_due(reader, trainee, edition):
    reader.send(f"{SETS}/M1/p-one", {"answer": "o2"})
    assert "今天没有要复习的" in reader.page("/learn/practice")
    days_ago(trainee, 1)
    assert "1 道以前答错的题" in reader.page("/learn/practice")
    assert "进门先做什么" in reader.page(f"{SETS}/due")
    shown = reader.page(reader.send(f"{SETS}/due/p-one", {"answer": "o1"}).location)
    assert "答对了" in shown
    assert "今天没有要复习的" in reader.page("/learn/practice")
    assert "今天没有要复习的" in reader.page(f"{SETS}/due")


def test_favourites(reader, trainee, edition):
    form = {"keep": "1", "next": f"{SETS}/M1"}
    assert reader.send("/learn/favourites/p-two", form).location == f"{SETS}/M1"
    reader.send("/learn/favourites/p-two", form)
    assert len(db.session.scalars(select(FavouriteQuestion)).all()) == 1
    db.session.commit()
    assert "已收藏" in reader.page(f"{SETS}/M1?at=p-two")
    assert "取号时对哪些" in reader.page(f"{SETS}/kept")
    reader.send("/learn/favourites/p-two", {"keep": "0", "next": "https://example.org/"})
    assert "还没有收藏" in reader.page(f"{SETS}/kept")


def test_progress_is_drawn_and_listed(reader, trainee, edition):
    assert "还没有做过练习" in reader.page("/learn/practice/progress")
    reader.send(f"{SETS}/M1/p-one", {"answer": "o2"})
    for row in db.session.scalars(select(PracticeAnswer)):
        row.answered_at -= timedelta(days=2)
    db.session.commit()
    reader.send(f"{SETS}/M1/p-one", {"answer": "o1"})
    page = reader.page("/learn/practice/progress")
    assert "<polyline" in page
    assert page.count('class="plot__point"') == 2
    assert "E 就诊流程" in page
    assert "做得还少" in page
    assert "100%" in page


def test_live_questions_and_closed_lessons_are_in_no_set(reader, edition):
    for which in ("M1", "domain-E", "due", "kept"):
        page = reader.page(f"{SETS}/{which}")
        assert "这是一道考试题" not in page
    assert reader.send(f"{SETS}/M1/live-one", {"answer": "o1"}).status_code == 404
    assert reader.send("/learn/favourites/live-one", {"keep": "1"}).status_code == 404


def test_what_is_no_set(reader, edition):
    for which in ("M9", "domain-Z", "nothing"):
        reader.page(f"{SETS}/{which}", status=404)
        assert reader.send(f"{SETS}/{which}/p-one", {"answer": "o1"}).status_code == 404


def test_who_may(client, trainee, edition):
    assert client.get("/learn/practice").status_code == 302
    client.sign_in(factories.user(Role.TRAINEE))  # in no class
    assert client.get("/learn/practice").location.endswith("/learn")
    client.page(f"{SETS}/M1", status=404)
    assert client.send("/learn/favourites/p-one", {"keep": "1"}).status_code == 404
    client.page("/learn/practice/progress")
