"""The list: filters together, pages, and no live words for who may not open them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from app import clock
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionLabel
from app.models.people import Role, User
from question_bank.question import Difficulty, Source
from tests import factories
from tests.app.bank import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


def client(app: Flask, *roles: Role) -> PageClient:
    return PageClient(app).sign_in(factories.user(*(roles or (Role.EXAM_MANAGER,))))


def test_it_works(app: Flask) -> None:
    rows.entry("q1")
    rows.entry("q2", pool="practice", domain="A", lesson="4.10", level="recall")
    html = client(app).page("/bank/questions")
    assert "找到 2 题" in html
    assert "q1：先做什么？" in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("pool=live", ["q1"]),
        ("pool=live&domain=A", []),
        ("status=draft&lesson=4.10&level=recall&kind=single_choice", ["q2"]),
        ("words=先做", ["q1", "q2"]),
        ("words=Q2", ["q2"]),
        ("words=%25", []),
        ("status=nonsense", []),
        ("page=99", []),
    ],
)
def test_filters_work_together(app: Flask, query: str, found: list[str]) -> None:
    rows.entry("q1")
    rows.entry("q2", pool="practice", domain="A", lesson="4.10", level="recall")
    html = client(app).page(f"/bank/questions?{query}")
    assert [code for code in ("q1", "q2") if f">{code}</a>" in html] == found


def shape(entry: QuestionEntry, **values: object) -> None:
    for name, value in values.items():
        setattr(entry, name, value)
    db.session.commit()


@pytest.fixture
def several(app: Flask) -> User:
    """Three questions that differ in everything the filters know."""
    author, today = (
        factories.user(Role.ITEM_REVIEWER, name="沈雅琴"),
        clock.shanghai_date(clock.now()),
    )
    one = rows.entry("q1", author=author, clauses=("5.3",), difficulty=Difficulty("easy"))
    shape(one, review_by=today - timedelta(days=1), times_shown=3, status="active")
    one.labels.append(QuestionLabel(kind="tag", value="复核"))
    shape(one, writer_kind="ai_drafted")
    two = rows.entry("q2", sources=(Source("s", "规范一"),), explanation="有解析。", language="en")
    shape(two, review_by=today + timedelta(days=90), flaws=[])
    three = rows.entry("q3")
    shape(three, author_id=None, flaws=["echo"], review_by=None, times_shown=9)
    return author


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("clause=5.3", ["q1"]),
        ("source=规范一", ["q2"]),
        ("tag=复核", ["q1"]),
        ("tag=%25", []),
        ("difficulty=easy", ["q1"]),
        ("language=en", ["q2"]),
        ("author=me", ["q1"]),
        ("author=files", ["q3"]),
        ("author=nobody", []),
        ("writer=ai_drafted", ["q1"]),
        ("flaw=echo", ["q3"]),
        ("flaw=any", ["q1", "q3"]),
        ("review=past", ["q1"]),
        ("review=soon", ["q2"]),
        ("review=none", ["q3"]),
        ("shown=never", ["q2"]),
        ("shown=often", ["q1", "q3"]),
        ("sort=shown", ["q3", "q1", "q2"]),
        ("sort=review", ["q1", "q2", "q3"]),
        ("sort=changed&status=draft", ["q3", "q2"]),
        ("sort=nonsense", ["q1", "q2", "q3"]),
        ("author=me&tag=复核&review=past&words=先做&status=active", ["q1"]),
        ("author=me&tag=复核&review=soon", []),
    ],
)
def test_every_filter_and_order(app: Flask, several: User, query: str, found: list[str]) -> None:
    html = PageClient(app).sign_in(several).page(f"/bank/questions?{query}")
    assert re.findall(r">(q\d)</a>", html) == found


def test_what_is_chosen_can_be_taken_off(app: Flask, several: User) -> None:
    html = (
        PageClient(app)
        .sign_in(several)
        .page(f"/bank/questions?tag=复核&author={several.id}&words=先做&status=active")
    )
    chosen = html.partition("bank-chosen")[2].partition("</ul>")[0]
    assert "复核" in chosen
    assert "沈雅琴" in chosen
    assert chosen.count("去掉这个条件") == 3
    assert "沈雅琴" not in "".join(re.findall(r'href="([^"]*)"', html))


def test_statuses_are_counted_whichever_is_shown(app: Flask, several: User) -> None:
    html = PageClient(app).sign_in(several).page("/bank/questions?status=draft")
    assert "找到 2 题" in html
    assert 'class="bank-bar__draft" x="0" width="2"' in html
    assert 'class="bank-bar__active" x="2" width="1"' in html


def test_an_empty_list_says_what_to_do(app: Flask) -> None:
    assert "导入" in client(app, Role.ITEM_WRITER).page("/bank/questions")
    assert "清除条件" in client(app, Role.ITEM_WRITER).page("/bank/questions?tag=没有")


def test_values_of_live_questions_stay_behind_the_wall(app: Flask) -> None:
    rows.entry("q1", clauses=("9.9",), sources=(Source("s", "秘密来源"),), domain="F")
    rows.entry("q2", pool="practice", clauses=("1.1",))
    html = client(app, Role.INSTRUCTOR).page("/bank/questions")
    assert "秘密来源" not in html
    assert 'value="9.9"' not in html
    assert 'value="1.1"' in html


def test_live_words_stay_behind_the_wall(app: Flask) -> None:
    rows.entry("secret1")
    teacher = factories.user(Role.ITEM_WRITER, Role.INSTRUCTOR)
    rows.teach(teacher)
    for browser in (client(app, Role.INSTRUCTOR), PageClient(app).sign_in(teacher)):
        for query in ("", "?pool=live", "?words=先做"):
            assert "secret1" not in browser.page(f"/bank/questions{query}")


def test_pages_keep_the_filters(app: Flask) -> None:
    for n in range(30):
        rows.entry(f"q{n:02}")
    browser = client(app)
    html = browser.page("/bank/questions?pool=live")
    assert "第 1 页，共 2 页" in html
    assert "pool=live" in html.partition('rel="next"')[2][:120]
    assert ">q29</a>" in browser.page("/bank/questions?pool=live&page=2")


def test_constant_queries(app: Flask) -> None:
    browser = client(app)
    counts = []
    for _round in range(2):
        for _n in range(5):
            rows.entry(f"q{len(rows.codes())}")
        db.session.expire_all()
        with rows.counted() as asked:
            browser.page("/bank/questions")
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", Role)
def test_who_may(app: Flask, role: Role) -> None:
    reviewers = {Role.ITEM_REVIEWER, Role.CLINICAL_REVIEWER, Role.LEGAL_REVIEWER}
    readers = reviewers | {Role.ITEM_WRITER, Role.EXAM_MANAGER, Role.INSTRUCTOR}
    client(app, role).page("/bank/questions", 200 if role in readers else 403)
