"""Each kind over HTTP: what was typed is what is stored, an edit makes the second version."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.bank.forms import FORMS
from app.extensions import db
from app.models.bank import MarkingKey, QuestionEntry, QuestionLabel
from question_bank import (
    KINDS,
    Anchor,
    Blank,
    Choice,
    Criterion,
    NumericAnswer,
    OtherUnit,
    Partly,
    Reject,
)
from question_bank.question import Difficulty, Source
from tests.app.bank import rows
from tests.app.bank.typed import typed
from tests.app.bank.written import TYPED, only, writer, written

pytestmark = pytest.mark.rows
STORED: dict[str, dict[str, Any]] = {
    "single_choice": {
        "options": (Choice("o1", "核对姓名", "先认人。"), Choice("o2", "直接进去", lock=True)),
        "key": ("o1",),
    },
    "multiple_choice": {
        "options": (
            Choice("o1", "证件", weight=Fraction(1, 2)),
            Choice("o2", "医保卡", weight=Fraction(1, 2)),
            Choice("o3", "现金", weight=Fraction(-1, 3)),
        ),
        "key": ("o1", "o2"),
        "rule": "plus_minus_practice",
    },
    "true_false": {
        "options": (Choice("true", "正确", "怕弄丢。"), Choice("false", "错误", "本人保管。")),
        "key": ("false",),
    },
    "ordering": {
        "options": (
            Choice("i1", "坐稳", "人先安顿好。"),
            Choice("i2", "取号"),
            Choice("i3", "报到"),
        ),
        "key": ("i1", "i2", "i3"),
        "rule": "adjacent_pairs",
        "shuffle": True,
    },
    "matching": {
        "lefts": (
            Choice("l1", "借轮椅", "先问服务台。"),
            Choice("l2", "过了号"),
            Choice("l3", "问路"),
        ),
        "pairs": (("l1", "r1"), ("l2", "r2"), ("l3", "r1")),
    },
    "fill_in": {
        "blanks": (
            Blank(
                "b1",
                ("时段", "就诊时段"),
                reject=(Reject("日期", "问的是几点。"),),
                width=4,
                why="不对会白等。",
            ),
            Blank(
                "b2",
                ("费别",),
                partly=(Partly("费用", Fraction(1, 2), "不够准。"),),
                match_case=True,
            ),
        )
    },
    "numeric": {
        "answers": (
            NumericAnswer(Decimal(120), Decimal("0.5")),
            NumericAnswer(Decimal(120), Decimal(10), Fraction(1, 2), "差一点。"),
        ),
        "unit": "mmHg",
        "units": (OtherUnit("kPa", Decimal("7.50062")),),
        "unit_required": True,
    },
    "short_answer": {
        "rubric": (
            Criterion(
                "c1",
                "说明身份",
                Fraction(2),
                (Anchor(Fraction(2), "说清楚"), Anchor(Fraction(1), "只说名字")),
            ),
            Criterion("c2", "征得同意", Fraction(3, 2)),
        ),
        "model_answer": "您好，我是陪诊师。",
        "longest": 300,
    },
    "upload": {
        "rubric": (Criterion("c1", "记录完整", Fraction(5)),),
        "accepts": ("picture", "document"),
        "most_files": 2,
        "largest_mb": 20,
    },
    "description": {"stem": "第一步做什么？", "level": ""},
}


def test_every_kind_has_a_form() -> None:
    assert set(FORMS) == set(KINDS)


@pytest.mark.parametrize("kind", TYPED)
def test_it_works(app: Flask, kind: str) -> None:
    client = writer(app)
    of = written(client, kind)
    question = rows.body(of)
    for name, value in STORED[kind].items():
        assert getattr(question, name) == value, name
    path = f"/bank/questions/{of.id}/edit"
    again = client.send(path, typed(client.page(path)))
    assert "和第 1 版一样" in again.get_data(as_text=True)
    changed = typed(client.page(path)) | {"explanation": "先坐稳。"}
    assert client.send(path, changed).status_code == 302
    assert only().current_number == 2
    for name, value in STORED[kind].items():
        assert getattr(rows.body(only()), name) == value, name
    client.page(f"/bank/questions/{of.id}")


def test_the_right_sides_of_a_matching_are_stored_blind_to_the_pairs(app: Flask) -> None:
    of = written(writer(app), "matching")
    question = rows.body(of)
    assert {one.text: one.why for one in question.options} == {
        "服务台": "",
        "分诊台": "",
        "登记台": "不归它。",
    }
    key = db.session.scalars(select(MarkingKey)).one().key
    assert key["pairs"] == {"l1": ["r1"], "l2": ["r2"], "l3": ["r1"]}


def test_everything_beside_the_question(app: Flask) -> None:
    rows.entry("enemy1", pool="practice")
    client = writer(app)
    path = "/bank/questions/new?kind=true_false"
    form = typed(client.page(path)) | TYPED["true_false"]
    form = client.send(path, form | {"do": "add:sources"}).get_data(as_text=True)
    told = typed(form) | {
        "stem": "卡由本人保管。",
        "lesson": "4.3",
        "also_lessons": "4.4、5.1",
        "section": "waiting",
        "objective": "4.3-list",
        "clauses": "T/CWSA 4.2\nT/CWSA 4.3",
        "tags": "证件，医保",
        "enemies": "enemy1",
        "reviewers_needed": "临床 法律",
        "language": "en",
        "writer_kind": "ai_drafted",
        "review_by": "2027-03-01",
        "p": "72.5",
        "sources-0-title": "服务规范",
        "sources-0-issuer": "某协会",
        "sources-0-date": "2025-01-02",
        "sources-0-date_kind": "施行",
        "sources-0-note": "第 4 条",
    }
    answer = client.send(path, told)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    of = db.session.scalars(select(QuestionEntry).where(QuestionEntry.code != "enemy1")).one()
    question = rows.body(of)
    assert question.also_lessons == ("4.4", "5.1")
    assert (question.section, question.objective) == ("waiting", "4.3-list")
    assert question.clauses == ("T/CWSA 4.2", "T/CWSA 4.3")
    assert (question.enemies, question.reviewers_needed) == (("enemy1",), ("临床", "法律"))
    assert (question.language, question.writer.kind) == ("en", "ai_drafted")
    assert question.review_by == date(2027, 3, 1)
    assert question.difficulty == Difficulty("medium", 0.725)
    assert question.sources == (
        Source("s1", "服务规范", "某协会", date(2025, 1, 2), "施行", "第 4 条"),
    )
    tags = select(QuestionLabel.value).where(QuestionLabel.kind == "tag")
    assert set(db.session.scalars(tags)) == {"证件", "医保"}


def test_tags_alone_need_no_new_version(app: Flask) -> None:
    client = writer(app)
    of = written(client, "true_false", tags="证件")
    path = f"/bank/questions/{of.id}/edit"
    assert client.send(path, typed(client.page(path)) | {"tags": "医保"}).status_code == 302
    assert only().current_number == 1
    assert [label.value for label in only().labels if label.kind == "tag"] == ["医保"]


def test_rows_without_script(app: Flask) -> None:
    client = writer(app)
    path = "/bank/questions/new?kind=single_choice"
    form = typed(client.page(path)) | TYPED["single_choice"]
    page = client.send(path, form | {"do": "up:options:1"}).get_data(as_text=True)
    form = typed(page)
    assert [form["options-0-text"], form["options-1-text"]] == ["直接进去", "核对姓名"]
    assert "options-0-right" not in form
    assert form["options-1-right"] == ["y"]
    form = typed(client.send(path, form | {"do": "remove:options:0"}).get_data(as_text=True))
    assert form["options-0-text"] == "核对姓名"
    form = typed(client.send(path, form | {"do": "add:options"}).get_data(as_text=True))
    assert "options-4-text" in form
    assert rows.codes() == []
