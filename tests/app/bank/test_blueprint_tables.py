"""Making, copying, renaming and deleting 双向细目表, and what they say when nothing can be drawn."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock, rulebook
from app.bank import planning, syncing, tables
from app.bank.content import read_content
from app.bank.table_form import plain
from app.exams import publishing
from app.extensions import db
from app.models.bank import ExamBlueprint, QuestionVersion
from app.models.exams import Exam
from app.models.journal import AuditLine
from app.models.people import Role
from question_bank import EXAM_KINDS, load_blueprint
from tests import factories
from tests.app.bank import rows
from tests.client import PageClient
from tests.days import today

pytestmark = pytest.mark.rows
NEW = {
    "title": "春季卷",
    "count-E-single_choice": "2",
    "marks-E-single_choice": "1/3",
    "trial": "1",
    "difficulty-least": "0.6",
    "cap": "9",
}


@pytest.fixture
def plan(app: Flask, tmp_path: Path) -> ExamBlueprint:
    syncing.sync_questions(clock.now(), read_content([rows.folder(tmp_path)]))
    db.session.commit()
    return db.session.scalars(select(ExamBlueprint)).one()


def manager(app: Flask) -> PageClient:
    return PageClient(app).sign_in(factories.user(Role.EXAM_MANAGER))


def named(title: str) -> ExamBlueprint:
    return db.session.scalars(select(ExamBlueprint).where(ExamBlueprint.title == title)).one()


def set_rule(name: str, value: int) -> None:
    rulebook.set_value(
        name,
        value,
        from_date=today(),
        source="test",
        official=False,
        actor=None,
        now=clock.now(),
    )
    db.session.commit()


def exam_of(plan: ExamBlueprint) -> Exam:
    exam = publishing.create_exam(
        title="春季理论考试",
        title_en="Spring",
        blueprint=plan,
        minutes=30,
        pass_percent=60,
        actor=factories.user(Role.EXAM_MANAGER),
        now=clock.now(),
    )
    db.session.commit()
    return exam


def test_a_new_table(app: Flask) -> None:
    client = manager(app)
    assert "新建细目表" in client.page("/bank/blueprints")
    html = client.page("/bank/blueprints/new")
    assert 'name="count-A-single_choice"' in html
    answer = client.send("/bank/blueprints/new", NEW)
    assert answer.status_code == 302
    row = named("春季卷")
    assert row.body["total"] == {"questions": 2, "marks": "2/3"}
    assert row.body["trial"] == 1
    assert row.body["exposure"] == {"step": 1, "at_most": 9}
    assert row.body["difficulty"] == {"at_least": "3/5", "at_most": 1}
    assert row.body["format_version"] == "1.1"
    actions = list(db.session.scalars(select(AuditLine.action)))
    assert "blueprint.created" in actions
    db.session.rollback()
    page = client.page(answer.location)
    assert "1 道试测题" in page
    assert "0.60–1.00" in page


def test_the_same_name_twice(app: Flask) -> None:
    client = manager(app)
    client.send("/bank/blueprints/new", NEW)
    answer = client.send("/bank/blueprints/new", NEW)
    assert answer.status_code == 400
    html = answer.get_data(as_text=True)
    assert "已经有一张细目表叫“春季卷”" in html
    assert 'value="1/3"' in html
    assert len(db.session.scalars(select(ExamBlueprint)).all()) == 1


def test_a_rule_says_how_many_trials_a_new_table_has(app: Flask) -> None:
    set_rule("bank.trial_questions", 5)
    assert 'name="trial" value="5"' in manager(app).page("/bank/blueprints/new")


def test_a_copy_stands_alone(app: Flask, plan: ExamBlueprint) -> None:
    client = manager(app)
    address = f"/bank/blueprints/new?from={plan.id}"
    assert "两题的表（副本）" in client.page(address)
    form = tables.new_form(plan, clock.now())
    db.session.rollback()
    assert client.send(address, form | {"count-E-single_choice": "3"}).status_code == 400
    more = {"count-E-single_choice": "3", "total-questions": "3", "total-marks": "150"}
    assert client.send(address, form | more).status_code == 302
    copy = named("两题的表（副本）")
    assert copy.body["cells"][0]["count"] == 3
    assert (copy.code, copy.origin) != (plan.code, plan.origin)
    assert named("两题的表").body["cells"][0]["count"] == 2
    db.session.rollback()
    client.page("/bank/blueprints/new?from=nope", 404)


def test_renamed_and_given_a_row(app: Flask, plan: ExamBlueprint) -> None:
    client = manager(app)
    form = tables.form_of(plan) | {"title": "新名", "new-domain": "g", "new-domain-name": "新领域"}
    address = f"/bank/blueprints/{plan.id}/edit"
    db.session.rollback()
    assert client.send(address, form).status_code == 302
    row = named("新名")
    assert row.body["domains"] == {"E": "就诊流程", "G": "新领域"}
    assert row.body["title"] == "新名"
    db.session.rollback()
    assert 'name="count-G-single_choice"' in client.page(address)


def test_only_kinds_that_can_be_examined_are_offered(app: Flask) -> None:
    html = manager(app).page("/bank/blueprints/new")
    for kind in EXAM_KINDS:
        assert f'name="count-A-{kind}"' in html
    assert "count-A-short_answer" not in html
    form = {"title": "x", "count-A-short_answer": "2", "marks-A-short_answer": "1"}
    answer = manager(app).send("/bank/blueprints/new", form)
    assert "没有格子" in answer.get_data(as_text=True)


def test_deleting(app: Flask, plan: ExamBlueprint) -> None:
    client = manager(app)
    assert "删除这张细目表" in client.page(f"/bank/blueprints/{plan.id}")
    answer = client.send(f"/bank/blueprints/{plan.id}/delete", follow_redirects=True)
    assert "“两题的表”已删除" in answer.get_data(as_text=True)
    assert not db.session.scalars(select(ExamBlueprint)).all()
    assert "blueprint.deleted" in list(db.session.scalars(select(AuditLine.action)))
    db.session.rollback()
    assert client.send(f"/bank/blueprints/{plan.id}/delete").status_code == 404


def test_a_table_in_use_is_not_deleted(app: Flask, plan: ExamBlueprint) -> None:
    exam_of(plan)
    client = manager(app)
    assert "有 1 场考试用着这张表" in client.page(f"/bank/blueprints/{plan.id}")
    answer = client.send(f"/bank/blueprints/{plan.id}/delete", follow_redirects=True)
    assert "这些考试用着它：春季理论考试" in answer.get_data(as_text=True)
    assert db.session.scalars(select(ExamBlueprint)).one()


def test_the_cap_of_the_house_takes_questions_out(app: Flask, plan: ExamBlueprint) -> None:
    for n in range(3):
        rows.activate(rows.entry(f"q{n}")).times_shown = 5 * n
    db.session.commit()
    client = manager(app)
    assert "可用 3" in client.page(f"/bank/blueprints/{plan.id}")
    set_rule("bank.exposure_cap", 5)
    html = client.page(f"/bank/blueprints/{plan.id}")
    assert "（另有 2 题出现次数到了上限）" in html
    assert "出现满 <b>5 次</b>" in html
    row = db.session.scalars(select(ExamBlueprint)).one()
    row.body = {**row.body, "format_version": "1.1", "exposure": {"step": 1, "at_most": 30}}
    db.session.commit()
    table = planning.in_force(load_blueprint(row.body), today())
    assert table.exposure is not None
    assert (table.exposure.step, table.exposure.at_most) == (1, 5)


def test_what_people_would_mark_is_named_and_not_published(app: Flask, plan: ExamBlueprint) -> None:
    """Approved, live, of the right cell, but on no paper: a case with a part for people is the same."""
    rows.activate(rows.entry("q1"))
    of = rows.activate(rows.entry("q2"))
    version = rows.current(of)
    version.facts = {**version.facts, "examinable": False}
    version.body = {**version.body, "scoring": {"rule": "plus_minus_practice"}}
    db.session.commit()
    html = manager(app).page(f"/bank/blueprints/{plan.id}")
    assert "“E 单选题”另有 1 题审核过，但现在不能进入考试（q2）" in html
    exam = exam_of(plan)
    with pytest.raises(publishing.NotReady) as refused:
        publishing.publish(exam, actor=factories.user(Role.EXAM_MANAGER), now=clock.now())
    assert "“E 单选题”要 2 题" in refused.value.sentence
    assert "（q2）" in refused.value.sentence


def test_a_stored_cell_of_a_kind_for_people_is_refused(app: Flask, plan: ExamBlueprint) -> None:
    """No form makes such a table; one that came from elsewhere is still not published."""
    exam = exam_of(plan)
    cells = [*plan.body["cells"], {"domain": "E", "kind": "short_answer", "count": 1, "marks": 5}]
    body = {name: value for name, value in plan.body.items() if name != "total"}
    plan.body = {**body, "cells": cells}
    db.session.commit()
    with pytest.raises(publishing.NotReady) as refused:
        publishing.publish(exam, actor=factories.user(Role.EXAM_MANAGER), now=clock.now())
    assert "“E 简答题”" in refused.value.sentence


def test_least_shown_first_and_figures(app: Flask, plan: ExamBlueprint) -> None:
    for n in range(6):
        rows.activate(rows.entry(f"q{n}")).times_shown = 0 if n < 2 else 50
    db.session.commit()
    client = manager(app)
    for seed in "123":
        html = client.page(f"/bank/blueprints/{plan.id}?seed={seed}")
        assert "见过 0 人次" in html
        paper = client.page(f"/bank/blueprints/{plan.id}/sample?seed={seed}")
        assert ">q0<" in paper
        assert ">q1<" in paper


def test_a_sample_marks_its_trial_questions(app: Flask, plan: ExamBlueprint) -> None:
    for n in range(3):
        rows.activate(rows.entry(f"q{n}"))
    rows.activate(rows.entry("tt1")).status = "trial"
    plan.body = {**plan.body, "format_version": "1.1", "trial": 1}
    db.session.commit()
    client = manager(app)
    assert "另 1 道试测" in client.page(f"/bank/blueprints/{plan.id}?seed=1")
    paper = client.page(f"/bank/blueprints/{plan.id}/sample?seed=1")
    assert paper.count("试测，不计分") == 1
    db.session.rollback()
    opened = select(AuditLine).where(AuditLine.action == "question.opened")
    assert len(db.session.scalars(opened).all()) == 3


def test_pages_cost_the_same_number_of_queries(app: Flask, plan: ExamBlueprint) -> None:
    client = manager(app)
    costs = []
    for more in (4, 12):
        for n in range(more):
            rows.activate(rows.entry(f"q{more}-{n}"))
        for path in ("", "/edit", "/sample"):
            client.page(f"/bank/blueprints/{plan.id}{path}?seed=1")
            with rows.counted() as asked:
                client.page(f"/bank/blueprints/{plan.id}{path}?seed=1")
            costs.append(len(asked))
    assert costs[:3] == costs[3:]
    assert db.session.scalar(select(QuestionVersion.id)) is not None


@pytest.mark.parametrize(
    ("number", "typed"),
    [
        (Fraction(2), "2"),
        (Fraction(3, 2), "1.5"),
        (Fraction(1, 3), "1/3"),
        (Fraction(13, 20), "0.65"),
    ],
)
def test_numbers_read_as_people_type_them(number: Fraction, typed: str) -> None:
    assert plain(number) == typed
    assert Fraction(typed) == number


def test_a_control_figure_that_is_no_number_is_named_once(app: Flask, plan: ExamBlueprint) -> None:
    client = manager(app)
    form = tables.form_of(plan) | {"total-questions": "两", "total-marks": "abc"}
    address = f"/bank/blueprints/{plan.id}/edit"
    db.session.rollback()
    html = client.send(address, form).get_data(as_text=True)
    assert "现在写的是“两”" in html
    assert "现在写的是“abc”" in html
    assert "合计 2 题，应为" not in html
    assert "分，应为" not in html


@pytest.mark.parametrize("marks", ["0", "0.0", "0/3", "０"])
def test_a_question_of_no_marks_is_refused(app: Flask, plan: ExamBlueprint, marks: str) -> None:
    answer = manager(app).send("/bank/blueprints/new", NEW | {"marks-E-single_choice": marks})
    assert answer.status_code == 400
    assert "“E 单选题”每题 0 分：请写上分值。" in answer.get_data(as_text=True)


def test_full_width_digits_are_read(app: Flask, plan: ExamBlueprint) -> None:
    wide = {"count-E-single_choice": "５", "marks-E-single_choice": "１．５", "trial": "２"}
    assert manager(app).send("/bank/blueprints/new", NEW | wide).status_code == 302
    table = load_blueprint(named("春季卷").body)
    assert (table.questions, table.marks, table.trial) == (5, Fraction(15, 2), 2)
