"""The list: filters together, pages, and no live words for who may not open them."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.models.people import Role
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
