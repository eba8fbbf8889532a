"""Prior learning: study is waived with evidence, decider and date; never more than study (A10)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import clock
from app.clock import shanghai_date
from app.eligibility.panel import exam_panel
from app.extensions import db
from app.models.journal import AuditLine
from app.models.learning import LessonProgress
from app.models.people import Role
from app.models.studying import PriorLearning
from app.models.training import Enrolment
from tests import factories
from tests.app.learning.rows import done
from tests.client import PageClient

pytestmark = pytest.mark.rows
EVIDENCE = {"kind": "nurse", "evidence": "护士执业证书原件，存培训中心档案柜"}


@pytest.fixture
def enrolment(trainee):
    return db.session.scalars(select(Enrolment)).one()


@pytest.fixture
def manager(app):
    return PageClient(app).sign_in(factories.user(Role.TRAINING_MANAGER))


def page_of(enrolment):
    return f"/learn/classes/{enrolment.class_id}/people/{enrolment.id}"


def waive(manager, enrolment, *lessons, **changes):
    path = f"{page_of(enrolment)}/prior"
    return manager.send(path, {**EVIDENCE, "lessons": list(lessons), **changes})


def test_it_works(manager, reader, enrolment, edition):
    assert waive(manager, enrolment, "1.1", "1.2").status_code == 302
    page = manager.page(page_of(enrolment))
    assert "护士执业证书原件" in page
    assert "测试人" in page
    course = reader.page(f"/learn/{edition.id}")
    assert course.count("免学") == 3
    assert "护士执业证书原件" in course
    assert "考试照常" in course
    (row,) = db.session.scalars(select(PriorLearning))
    assert (row.lessons, row.kind) == (["1.1", "1.2"], "nurse")
    assert db.session.scalar(select(AuditLine).where(AuditLine.action == "study.waived"))


def test_it_waives_study_and_nothing_else(manager, enrolment, edition):
    today = shanghai_date(clock.now())
    before = {line.code: line.met for line in exam_panel(enrolment, today).rules}
    waive(manager, enrolment, "1.1", "1.2")
    db.session.expire_all()
    after = {line.code: line for line in exam_panel(enrolment, today).rules}
    assert after["lessons"].have == 2
    assert {code: line.met for code, line in after.items() if code != "lessons"} == {
        code: met for code, met in before.items() if code != "lessons"
    }
    assert not exam_panel(enrolment, today).ready


def test_practical_lessons_stay(manager, enrolment, edition):
    waive(manager, enrolment, "1.3")
    assert db.session.scalars(select(PriorLearning)).all() == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"evidence": "证"}, "4 到 200 个字"),
        ({"evidence": "身份证 310110196805121234 已核对"}, "不要写证件号"),
        ({"lessons": ()}, "至少勾一课"),
        ({"kind": "friend"}, ""),
    ],
)
def test_what_is_refused(manager, enrolment, edition, change, said):
    wanted = {"lessons": ("1.1",), **change}
    answer = waive(manager, enrolment, *wanted.pop("lessons"), **wanted)
    text = answer.get_data(as_text=True) + manager.page(page_of(enrolment))
    assert said in text
    assert db.session.scalars(select(PriorLearning)).all() == []


def test_withdrawn_with_a_reason(manager, enrolment, trainee, edition):
    done(trainee, edition, "1.1")
    waive(manager, enrolment, "1.2")
    (row,) = db.session.scalars(select(PriorLearning))
    path = f"{page_of(enrolment)}/prior/{row.id}/withdraw"
    assert manager.send(path, {"reason": ""}).status_code == 302
    assert "请写明为什么收回" in manager.page(page_of(enrolment))
    manager.send(path, {"reason": "证书已注销，不再有效"})
    db.session.expire_all()
    states = dict(
        db.session.execute(select(LessonProgress.code, LessonProgress.completed_by)).all()
    )
    assert states == {"1.1": "opened", "1.2": None}
    page = manager.page(page_of(enrolment))
    assert "已收回" in page
    assert "证书已注销" in page


def test_nobody_decides_on_themselves(app, client, trainee, enrolment, edition):
    factories.grant(trainee, Role.TRAINING_MANAGER)
    client.sign_in(trainee)
    waive(client, enrolment, "1.1")
    assert "要由别人决定" in client.page(page_of(enrolment))
    assert db.session.scalars(select(PriorLearning)).all() == []


def test_who_may(app, client, trainee, enrolment, edition):
    client.sign_in(factories.user(Role.INSTRUCTOR))
    assert waive(client, enrolment, "1.1").status_code == 403
    assert db.session.scalars(select(PriorLearning)).all() == []
