"""What instructors see of a class's study: behind, time, where people fail."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.models.learning import CourseEdition
from app.models.people import Role, ScopeKind
from app.models.training import Enrolment, TrainingClass
from tests import factories
from tests.app.learning.rows import done, enrol, studied
from tests.client import PageClient
from tests.queries import counted

pytestmark = pytest.mark.rows


@pytest.fixture
def class_id(trainee):
    return db.session.scalars(select(TrainingClass.id)).one()


@pytest.fixture
def teacher(app):
    return PageClient(app).sign_in(factories.user(Role.INSTRUCTOR))


def test_it_works(teacher, trainee, edition, class_id):
    done(trainee, edition, "1.1")
    studied(trainee, edition, "1.1", 12)
    studied(trainee, edition, "1.2", 3)
    page = teacher.page(f"/learn/classes/{class_id}")
    assert trainee.name in page
    assert ">1 / 3<" in page
    assert ">15<" in page
    assert "<path" in page
    assert "12 / 45" in page
    assert "没有人落后" in page


def test_who_is_behind_comes_first(teacher, trainee, edition, class_id):
    quick = factories.user(Role.TRAINEE, name="甲快")
    enrol(quick, db.session.get_one(TrainingClass, class_id))
    done(quick, edition, "1.1", "1.2")
    with time_machine.travel(clock.now() + timedelta(days=20)):
        teacher.sign_in(factories.user(Role.INSTRUCTOR))
        page = teacher.page(f"/learn/classes/{class_id}")
    assert "1 人落后" in page
    assert "落后 1 课" in page
    assert page.index(trainee.name) < page.index("甲快")


def test_the_cost_does_not_grow_with_people(teacher, trainee, edition, class_id):
    path = f"/learn/classes/{class_id}"

    def asked():
        teacher.page(path)
        db.session.remove()
        with counted() as statements:
            teacher.page(path)
        return len(statements)

    few = asked()
    edition = db.session.scalars(select(CourseEdition)).one()
    for _person in range(10):
        one = factories.user(Role.TRAINEE)
        enrol(one, db.session.get_one(TrainingClass, class_id))
        done(one, edition, "1.1")
        studied(one, edition, "1.1", 5)
    assert asked() == few


def test_where_people_fail(reader, teacher, trainee, edition, class_id, demo):
    path = f"/learn/classes/{class_id}/questions"
    assert "还没有人做过练习" in teacher.page(path)
    reader.send(f"/learn/{edition.id}/1.1/practice/p-one", {"answer": "o2"})
    reader.send(f"/learn/{edition.id}/1.1/practice/p-one", {"answer": "o1"})
    page = teacher.page(path)
    assert "进门先做什么" in page
    assert "1 / 1 · 100%" in page
    assert "这是一道考试题" not in page


def test_one_person(teacher, trainee, edition, class_id):
    done(trainee, edition, "1.1")
    studied(trainee, edition, "1.1", 12)
    enrolment = db.session.scalars(select(Enrolment)).one()
    page = teacher.page(f"/learn/classes/{class_id}/people/{enrolment.id}")
    assert trainee.name in page
    assert "问过 0 次" in page
    assert ">12<" in page
    assert "给这位学员免学" not in page  # that is the training manager's


def test_the_class_page_leads_there(teacher, class_id):
    assert f"/learn/classes/{class_id}" in teacher.page(f"/classes/{class_id}")


def test_who_may(app, client, trainee, class_id):
    enrolment = db.session.scalars(select(Enrolment)).one()
    ends = ("", "/questions", f"/people/{enrolment.id}")
    client.sign_in(trainee)
    for end in ends:
        assert client.get(f"/learn/classes/{class_id}{end}").status_code == 403
    factories.district("310115")
    far = PageClient(app).sign_in(
        factories.user(Role.INSTRUCTOR, scope=(ScopeKind.DISTRICT, "310115"))
    )
    for end in ends:
        assert far.get(f"/learn/classes/{class_id}{end}").status_code == 404
