"""The demonstration's mock exam: a small table that the shipped practice questions can fill."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app import clock
from app.demo.accounts import person
from app.exams import publishing
from app.exams.proving import MOCK
from app.extensions import db
from app.models.bank import ExamBlueprint
from app.models.exams import Exam
from question_bank import dump_blueprint, load_blueprint

CODE = "demo-mock"
TABLE = {
    "format": "peizhen.blueprint",
    "format_version": "1.0",
    "id": CODE,
    "title": "模拟考细目表（演示，模块四）",
    "domains": {"E": "就诊流程"},
    "cells": [
        {"domain": "E", "kind": "single_choice", "count": 3, "marks": 2},
        {"domain": "E", "kind": "true_false", "count": 1, "marks": 1},
        {"domain": "E", "kind": "multiple_choice", "count": 2, "marks": 3},
        {"domain": "E", "kind": "fill_in", "count": 1, "marks": 2},
    ],
}


def offer_mock(now: datetime) -> None:
    """Make the mock exam, once, and publish it if the practice questions fill its table."""
    if db.session.scalar(select(Exam.id).where(Exam.purpose == MOCK)) is not None:
        return
    manager = person("exams")
    row = db.session.scalar(select(ExamBlueprint).where(ExamBlueprint.code == CODE))
    if row is None:
        row = ExamBlueprint(
            code=CODE,
            title=str(TABLE["title"]),
            title_en="Mock exam blueprint (demonstration, module 4)",
            body=dump_blueprint(load_blueprint(TABLE)),
            origin="browser",
            updated_at=now,
            updated_by_id=manager.id,
        )
        db.session.add(row)
        db.session.flush()
    exam = publishing.create_exam(
        title="模拟考（演示，模块四）",
        title_en="Mock exam (demonstration, module 4)",
        blueprint=row,
        minutes=15,
        pass_percent=60,
        pass_panel="示例考试委员会",  # noqa: S106 — people, no password
        pass_set_on=clock.shanghai_date(now),
        purpose=MOCK,
        actor=manager,
        now=now,
    )
    db.session.flush()
    try:
        publishing.publish(exam, actor=manager, now=now)
    except publishing.NotReady:
        return  # the manager sees in the pre-flight what is short
