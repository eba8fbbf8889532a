"""双向细目表: the table, its proof, its editing and sample papers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.bank import syncing, tables
from app.bank.content import read_content
from app.extensions import db
from app.models.bank import ExamBlueprint
from app.models.journal import AuditLine
from app.models.people import Role
from tests import factories
from tests.app.bank import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


@pytest.fixture
def plan(app: Flask, tmp_path: Path) -> ExamBlueprint:
    syncing.sync_questions(clock.now(), read_content([rows.folder(tmp_path)]))
    db.session.commit()
    return db.session.scalars(select(ExamBlueprint)).one()


def manager(app: Flask, *more: Role) -> PageClient:
    return PageClient(app).sign_in(factories.user(Role.EXAM_MANAGER, *more))


def address(plan: ExamBlueprint, more: str = "") -> str:
    return f"/bank/blueprints/{plan.id}{more}"


def test_it_works(app: Flask, plan: ExamBlueprint) -> None:
    rows.activate(rows.entry("q1"))
    rows.activate(rows.entry("q2", pool="practice"))
    client = manager(app)
    assert "缺 1 处" in client.page("/bank/blueprints")
    html = client.page(address(plan))
    for words in ("缺 1 题", "只有 1 题", "“E 单选题”要 2 题，可用的只有 1，还差 1", "E 就诊流程"):
        assert words in html
    assert "只有 1 题" in html
    rows.activate(rows.entry("q3"))
    html = client.page(address(plan))
    assert "只有 1 倍" in html
    assert "need--thin" in html
    assert "能出卷" in html
    assert "最少的一格 1 倍" in client.page("/bank/blueprints")


def test_five_times_over_is_enough(app: Flask, plan: ExamBlueprint) -> None:
    for n in range(10):
        rows.activate(rows.entry(f"q{n}"))
    html = manager(app).page(address(plan))
    assert "need--thin" not in html
    assert "可用 10" in html


def test_practice_questions_suffice_for_a_mock_exam(app: Flask, plan: ExamBlueprint) -> None:
    """What only practises is short for an exam, and the page says for what it is enough."""
    client = manager(app)
    rows.activate(rows.entry("q1", pool="practice"))
    assert "模拟考试够" not in client.page(address(plan))
    rows.activate(rows.entry("q2", pool="practice"))
    html = client.page(address(plan))
    assert "“E 单选题”要 2 题，可用的只有 0" in html
    assert "模拟考试够" in html


def test_drafts_are_not_counted(app: Flask, plan: ExamBlueprint) -> None:
    rows.entry("q1")
    rows.activate(rows.entry("q2"), demonstration=True)
    assert "只有 0 题" in manager(app).page(address(plan))


def test_the_numbers_can_be_changed(app: Flask, plan: ExamBlueprint) -> None:
    client = manager(app)
    client.page(address(plan, "/edit"))
    form = tables.form_of(plan) | {"count-E-single_choice": "4", "marks-E-single_choice": "1.5"}
    form |= {"count-E-case_set": "1", "parts-E-case_set": "3", "marks-E-case_set": "4"}
    form |= {"most-recall": "40", "total-questions": "7", "total-marks": "18"}
    assert client.send(address(plan, "/edit"), form).status_code == 302
    row = db.session.scalars(select(ExamBlueprint)).one()
    assert row.body["total"] == {"questions": 7, "marks": 18}
    assert row.body["levels"]["recall"] == {"at_least": 0, "at_most": 40}
    assert row.body["x_minutes"] == 30
    assert row.updated_by_id
    assert "3 题 · 1 组" in client.page(address(plan))
    answer = client.send(address(plan, "/edit"), form)
    assert "有人存了新的" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"count-E-single_choice": "两"}, "“E 单选题”的题数要写成 1 到 9999 的整数"),
        ({"marks-E-single_choice": "-1"}, "“E 单选题”的每题分值要写成 0 到 1000 的数"),
        ({"marks-E-single_choice": "1e999999999"}, "“E 单选题”的每题分值"),
        ({"marks-E-single_choice": "49.5"}, "合计 99 分，应为 100 分"),
        ({"count-E-single_choice": "3"}, "合计 3 题，应为 2 题"),
        ({"count-E-single_choice": ""}, "没有格子"),
        ({"least-recall": "90", "least-use": "90"}, "最低比例加起来超过全卷"),
        ({"least-recall": "x"}, "“识记”的最低比例"),
        ({"difficulty-least": "0.8", "difficulty-most": "0.6"}, "下限 0.8 大于上限 0.6"),
        ({"difficulty-least": "65"}, "难度系数的下限要写成 0 到 1 的数"),
        ({"cap": "0"}, "出现次数的上限要写成 1 到 9999 的整数"),
        ({"trial": "-1"}, "试测题的题数要写成 0 到 9999 的整数"),
        ({"title": " "}, "表的名称要写 1 到 100 个字"),
        ({"new-domain": "e"}, "新领域的字母“E”不能用"),
    ],
)
def test_bad_numbers_change_nothing(
    app: Flask, plan: ExamBlueprint, changes: dict[str, str], words: str
) -> None:
    before = dict(plan.body)
    answer = manager(app).send(address(plan, "/edit"), tables.form_of(plan) | changes)
    assert answer.status_code == 400
    html = answer.get_data(as_text=True)
    assert words in html
    for value in changes.values():  # nothing typed is lost
        assert f'value="{value}"' in html
    db.session.expire_all()
    assert db.session.scalars(select(ExamBlueprint)).one().body == before


def test_a_sample_has_its_seed_and_is_noted(app: Flask, plan: ExamBlueprint) -> None:
    for n in range(6):
        rows.activate(rows.entry(f"q{n}"))
    client = manager(app)
    figures = client.page(address(plan))
    assert "2 / 2 题" in figures
    assert not list(
        db.session.scalars(select(AuditLine).where(AuditLine.action == "question.opened"))
    )
    db.session.rollback()
    answer = client.get(address(plan, "/sample"))
    seed = answer.headers["Location"].partition("seed=")[2]
    assert re.fullmatch("[0-9A-F]{4}-[0-9A-F]{4}", seed)
    html = client.page(address(plan, f"/sample?seed={seed}"))
    assert seed in html
    assert html.count('class="stem prose-lines"') == 2
    assert "等会误事。" not in html
    assert "watermark" in html
    actions = list(db.session.scalars(select(AuditLine.action)))
    assert actions.count("question.opened") == 2
    assert actions.count("blueprint.sampled") == 1
    main = html.partition("<ol")[2].partition("</ol>")[0]
    again = client.page(address(plan, f"/sample?seed={seed}"))
    assert main in again


def test_a_short_bank_gives_no_sample(app: Flask, plan: ExamBlueprint) -> None:
    client = manager(app)
    assert client.get(address(plan, "/sample?seed=1")).status_code == 302
    assert "抽不成：“E 单选题”要 2 题" in client.page(address(plan))


def test_a_teacher_sees_no_sample(app: Flask, plan: ExamBlueprint) -> None:
    teacher = factories.user(Role.EXAM_MANAGER)
    rows.teach(teacher)
    client = PageClient(app).sign_in(teacher)
    client.page(address(plan))
    client.page(address(plan, "/sample?seed=1"), 403)


@pytest.mark.parametrize("role", Role)
def test_who_may(app: Flask, plan: ExamBlueprint, role: Role) -> None:
    client = PageClient(app).sign_in(factories.user(role))
    expected = 200 if role == Role.EXAM_MANAGER else 403
    pages = ("/bank/blueprints", "/bank/blueprints/new", address(plan), address(plan, "/edit"))
    for path in pages:
        client.page(path, expected)
    answer = client.get(address(plan, "/sample?seed=1"))
    assert answer.status_code == (302 if role == Role.EXAM_MANAGER else 403)
    client.page("/bank/blueprints/nope", 404 if role == Role.EXAM_MANAGER else 403)


def test_a_table_of_before_can_be_opened_and_mended(app: Flask, plan: ExamBlueprint) -> None:
    marked_by_people = {"domain": "E", "kind": "short_answer", "count": 1, "marks": 5}
    body = {name: value for name, value in plan.body.items() if name != "total"}
    plan.body = body | {"cells": [marked_by_people, *body["cells"]]}
    db.session.commit()
    client = manager(app)
    assert "简答题要由人评分" in client.page("/bank/blueprints")
    for more in ("", "/sample?seed=1"):
        assert client.get(address(plan, more)).headers["Location"].endswith("/edit")
    assert "简答题要由人评分" in client.page(address(plan, "/edit"))
    form = tables.form_of(plan)
    db.session.rollback()
    assert client.send(address(plan, "/edit"), form).status_code == 302
    assert "简答题" not in client.page(address(plan)).split("<main")[1].split("</table>")[0]
