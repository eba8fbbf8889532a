"""Each kind over HTTP: what was typed is what is stored, an edit makes the second version."""

from __future__ import annotations

from dataclasses import replace
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
from app.models.people import Role
from question_bank import (
    KINDS,
    Anchor,
    Blank,
    Choice,
    Criterion,
    NumericAnswer,
    OtherUnit,
    Partly,
    Question,
    Reject,
)
from question_bank.question import Difficulty, Source
from tests import factories
from tests.app.bank import rows
from tests.app.bank.typed import typed
from tests.client import PageClient

pytestmark = pytest.mark.rows

TYPED: dict[str, dict[str, Any]] = {
    "single_choice": {
        "options-0-text": "核对姓名",
        "options-0-why": "先认人。",
        "options-0-right": "y",
        "options-1-text": "直接进去",
        "options-1-lock": "y",
    },
    "multiple_choice": {
        "options-0-text": "证件",
        "options-0-right": "y",
        "options-0-weight": "1/2",
        "options-1-text": "医保卡",
        "options-1-right": "y",
        "options-1-weight": "0.5",
        "options-2-text": "现金",
        "options-2-weight": "-1/3",
        "rule": "plus_minus_practice",
    },
    "true_false": {
        "options-1-right": "y",
        "options-0-why": "怕弄丢。",
        "options-1-why": "本人保管。",
    },
    "ordering": {
        "sequence-0-text": "坐稳",
        "sequence-0-why": "人先安顿好。",
        "sequence-1-text": "取号",
        "sequence-2-text": "报到",
        "rule": "adjacent_pairs",
    },
    "matching": {
        "matches-0-left": "借轮椅",
        "matches-0-right": "服务台",
        "matches-0-why": "先问服务台。",
        "matches-1-left": "过了号",
        "matches-1-right": "分诊台",
        "matches-2-left": "问路",
        "matches-2-right": "服务台",
        "spares-0-right": "登记台",
        "spares-0-why": "不归它。",
    },
    "fill_in": {
        "stem": "核对{{b1}}和{{b2}}。",
        "blanks-0-blank_id": "b1",
        "blanks-0-accept": "时段\n就诊时段\n",
        "blanks-0-reject": "日期 | 问的是几点。",
        "blanks-0-why": "不对会白等。",
        "blanks-0-width": "4",
        "blanks-1-blank_id": "b2",
        "blanks-1-accept": "费别",
        "blanks-1-partly": "费用 | 1/2 | 不够准。",
        "blanks-1-match_case": "y",
    },
    "numeric": {
        "answers-0-value": "120",
        "answers-0-tolerance": "0.5",
        "answers-1-value": "110~130",
        "answers-1-fraction": "1/2",
        "answers-1-why": "差一点。",
        "unit": "mmHg",
        "units": "kPa = 7.50062",
        "unit_required": "y",
    },
    "short_answer": {
        "rubric-0-text": "说明身份",
        "rubric-0-points": "2",
        "rubric-0-anchors": "2 = 说清楚\n1 = 只说名字",
        "rubric-1-text": "征得同意",
        "rubric-1-points": "3/2",
        "model_answer": "您好，我是陪诊师。",
        "longest": "300",
    },
    "upload": {
        "rubric-0-text": "记录完整",
        "rubric-0-points": "5",
        "accepts": ["picture", "document"],
        "most_files": "2",
        "largest_mb": "20",
    },
    "description": {},
}
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


def writer(app: Flask) -> PageClient:
    return PageClient(app).sign_in(factories.user(Role.ITEM_WRITER))


def only() -> QuestionEntry:
    db.session.expire_all()
    return db.session.scalars(select(QuestionEntry)).one()


def written(client: PageClient, kind: str, **more: Any) -> QuestionEntry:
    """Write a question of a kind as somebody would, from its empty page."""
    path = f"/bank/questions/new?kind={kind}"
    form = typed(client.page(path)) | {"stem": "第一步做什么？", "lesson": "4.3"}
    answer = client.send(path, form | TYPED[kind] | more)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return only()


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


def case_of(client: PageClient) -> QuestionEntry:
    """Write a case with a single choice and an ordering, part by part without script."""
    path = "/bank/questions/new?kind=case_set"
    form = typed(client.page(path)) | {"scene": "候诊时老人头晕。", "lesson": "4.3"}
    for kind in ("single_choice", "ordering"):
        page = client.send(path, form | {"do": f"add:parts:{kind}"}).get_data(as_text=True)
        form = typed(page)
    told = {f"parts-0-{name}": value for name, value in TYPED["single_choice"].items()}
    told |= {f"parts-1-{name}": value for name, value in TYPED["ordering"].items()}
    told |= {"parts-0-stem": "先做什么？", "parts-1-stem": "排出先后。"}
    answer = client.send(path, form | told)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return only()


def test_a_case_is_written_part_by_part(app: Flask) -> None:
    client = writer(app)
    of = case_of(client)
    case = rows.body(of)
    assert [part.kind for part in case.parts] == ["single_choice", "ordering"]
    assert [part.id for part in case.parts] == [f"{of.code}.1", f"{of.code}.2"]
    assert (case.parts[0].key, case.parts[1].key) == (("o1",), ("i1", "i2", "i3"))
    path = f"/bank/questions/{of.id}/edit"
    form = typed(client.page(path))
    assert "和第 1 版一样" in client.send(path, form).get_data(as_text=True)
    assert client.send(path, form | {"lesson": "5.1", "scene": "老人胸闷。"}).status_code == 302
    changed = rows.body(only())
    assert {part.lesson for part in changed.parts} == {"5.1"}
    assert changed.parts[1].options == case.parts[1].options


def test_a_part_can_be_moved_and_removed_without_script(app: Flask) -> None:
    client = writer(app)
    of = case_of(client)
    path = f"/bank/questions/{of.id}/edit"
    page = client.send(path, typed(client.page(path)) | {"do": "down:parts:0"})
    form = typed(page.get_data(as_text=True))
    assert [form["parts-0-kind_name"], form["parts-1-kind_name"]] == ["ordering", "single_choice"]
    assert form["parts-1-options-0-text"] == "核对姓名"
    assert client.send(path, form).status_code == 302
    assert [part.id for part in rows.body(only()).parts] == [f"{of.code}.2", f"{of.code}.1"]
    page = client.send(path, typed(client.page(path)) | {"do": "remove:parts:1"})
    answer = client.send(path, typed(page.get_data(as_text=True)))
    assert "案例至少要有两道小题" in answer.get_data(as_text=True)


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


def test_a_part_names_its_own_sources(app: Flask) -> None:
    client = PageClient(app).sign_in(factories.user(Role.ITEM_WRITER))
    of = case(sources=(Source("s1", "陪诊服务规范"),))
    path = f"/bank/questions/{of.id}/edit"
    form = typed(client.page(path))
    assert not any(name.startswith("parts-0-sources") for name in form)  # as the case says
    form |= {
        "parts-0-sources-0-title": "患者安全目标",
        "parts-0-sources-0-note": "第三条",
        "parts-1-sources-0-title": "患者安全目标",
        "sources-0-issuer": "协会",
    }
    assert client.send(path, form).status_code == 302
    told = body_of(of)
    assert [one.issuer for one in told.sources] == ["协会"]
    first, second = told.parts[0].sources, told.parts[1].sources
    assert [(one.title, one.note) for one in first] == [("患者安全目标", "第三条")]
    assert [(one.title, one.note) for one in second] == [("患者安全目标", "")]
    ids = [one.id for one in (*told.sources, *first, *second)]
    assert len(set(ids)) == 3
    assert "第三条" in client.page(f"/bank/questions/{of.id}")

    form = typed(client.page(path))
    assert form["parts-0-sources-0-note"] == "第三条"
    form["parts-0-sources-0-note"] = "第四条"
    for name in [name for name in form if name.startswith("parts-1-sources")]:
        del form[name]
    assert client.send(path, form).status_code == 302
    told = body_of(of)
    assert [one.note for one in told.parts[0].sources] == ["第四条"]
    assert told.parts[1].sources == told.sources  # without a row it follows the case again


def test_a_source_of_the_case_changed_in_a_part_alone_becomes_the_parts_own(app: Flask) -> None:
    client = PageClient(app).sign_in(factories.user(Role.ITEM_WRITER))
    shared, own = Source("s1", "陪诊服务规范"), Source("s2", "患者安全目标")
    of = case(sources=(shared,), part_sources=(shared, own))
    path = f"/bank/questions/{of.id}/edit"
    form = typed(client.page(path))
    form["parts-0-sources-0-title"] = "陪诊服务规范（修订）"
    form["sources-0-note"] = "第一章"
    assert client.send(path, form).status_code == 302
    told = body_of(of)
    assert [(one.title, one.note) for one in told.sources] == [("陪诊服务规范", "第一章")]
    assert [one.title for one in told.parts[0].sources] == ["陪诊服务规范（修订）", "患者安全目标"]
    assert [one.title for one in told.parts[1].sources] == ["陪诊服务规范", "患者安全目标"]
    assert told.parts[1].sources[0] == told.sources[0]


def case(
    sources: tuple[Source, ...], part_sources: tuple[Source, ...] | None = None
) -> QuestionEntry:
    """Return a stored case with two parts whose sources are the case's, or their own."""
    parts = tuple(
        replace(
            rows.question(f"c1.{n}", stem=f"第 {n} 步做什么？"),
            sources=sources if part_sources is None else part_sources,
            lesson="4.3",
        )
        for n in (1, 2)
    )
    whole = rows.entry(
        "c1", kind="case_set", scene="门诊大厅里有人头晕。", stem="", level="", options=(), key=(),
        difficulty=None, sources=sources, parts=parts, explanation="",
    )  # fmt: skip
    db.session.commit()
    return whole


def body_of(of: QuestionEntry) -> Question:
    db.session.expire_all()
    return rows.body(db.session.get_one(QuestionEntry, of.id))
