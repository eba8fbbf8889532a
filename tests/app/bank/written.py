"""A question of each kind written as somebody would, from its empty page."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models.bank import QuestionEntry
from app.models.people import Role
from tests import factories
from tests.app.bank.typed import typed
from tests.client import PageClient

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
