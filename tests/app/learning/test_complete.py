"""A lesson counts as done once its rule is met; the page says what is missing (A3)."""

import re

import pytest
from sqlalchemy import select

from app import clock, rulebook
from app.extensions import db
from app.models.journal import AuditLine
from app.models.learning import LessonProgress
from app.models.people import Role
from app.models.training import Enrolment, PracticalSignOff
from tests import factories
from tests.app.learning.rows import done, long_ago, studied

pytestmark = pytest.mark.rows
OWN_RULE = "prerequisites: [], completion: "


def record(code):
    return db.session.scalars(select(LessonProgress).where(LessonProgress.code == code)).one()


def finish(reader, edition, code):
    reader.send(f"/learn/{edition.id}/{code}/done", follow_redirects=False)
    db.session.expire_all()


def said(reader, edition, code):
    return reader.page(f"/learn/{edition.id}/{code}")


def test_it_works(reader, trainee, edition):
    said(reader, edition, "1.1")
    long_ago(trainee)
    answer = reader.send(f"/learn/{edition.id}/1.1/done")
    assert answer.location.endswith(f"/learn/{edition.id}/1.2")
    assert record("1.1").completed_by == "opened"
    assert "第 1.1 课学完了" in said(reader, edition, "1.2")
    assert db.session.scalar(select(AuditLine).where(AuditLine.action == "lesson.completed"))


def test_a_double_click_counts_once(reader, trainee, edition):
    said(reader, edition, "1.1")
    long_ago(trainee)
    finish(reader, edition, "1.1")
    first = record("1.1").completed_at
    finish(reader, edition, "1.1")
    assert record("1.1").completed_at == first
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "lesson.completed"))
    assert len(lines.all()) == 1


def test_too_early_says_how_many_seconds(reader, edition):
    said(reader, edition, "1.1")
    finish(reader, edition, "1.1")
    assert record("1.1").completed_at is None
    assert re.search("还差 (60|5[0-9]|4[0-9]) 秒", said(reader, edition, "1.1"))


def test_a_lesson_never_opened_does_not_count(reader, edition):
    finish(reader, edition, "1.1")
    assert db.session.scalars(select(LessonProgress)).all() == []
    assert "还没有打开过这一课" in said(reader, edition, "1.1")


@pytest.mark.parametrize("code", ["1.2", "1.4"])
def test_a_closed_lesson_cannot_be_finished(reader, edition, code):
    answer = reader.send(f"/learn/{edition.id}/{code}/done")
    assert answer.status_code == 409
    assert db.session.scalars(select(LessonProgress)).all() == []


def test_minutes_asked_by_the_lesson(reader, trainee, edition, small):
    """Minutes are those the server counted; an open page that nobody read earns none."""
    small.change("course.yaml", "prerequisites: []", OWN_RULE + "{minimum_minutes: 30}")
    assert not small.sync().problems
    said(reader, edition, "1.1")
    long_ago(trainee)
    studied(trainee, edition, "1.1", 10)
    finish(reader, edition, "1.1")
    assert "再学 20 分钟" in said(reader, edition, "1.1")
    studied(trainee, edition, "1.1", 20)
    finish(reader, edition, "1.1")
    assert record("1.1").completed_by == "minimum_time"


@pytest.mark.parametrize(
    ("rule", "value", "missing"),
    [
        ("lesson.minimum_minutes", 5, "再学 5 分钟"),
        ("lesson.practice_percent", 100, "再做对 2 道练习题"),
    ],
)
def test_rules_set_for_all_lessons(reader, trainee, edition, demo, rule, value, missing):
    """A dated setting asks of every lesson what its file does not say."""
    today = clock.shanghai_date(clock.now())
    rulebook.set_value(
        rule, value, from_date=today, source="测", official=False, actor=None, now=clock.now()
    )
    db.session.commit()
    said(reader, edition, "1.1")
    long_ago(trainee)
    finish(reader, edition, "1.1")
    assert missing in said(reader, edition, "1.1")


def test_practice_asked_by_the_lesson(reader, trainee, edition, small, demo):
    small.change("course.yaml", "prerequisites: []", OWN_RULE + "{practice_share: 0.5}")
    assert not small.sync().problems
    said(reader, edition, "1.1")
    long_ago(trainee)
    finish(reader, edition, "1.1")
    assert "再做对 1 道练习题" in said(reader, edition, "1.1")
    reader.send(f"/learn/{edition.id}/1.1/practice/p-one", {"answer": "o1"})
    finish(reader, edition, "1.1")
    assert record("1.1").completed_by == "quiz_passed"


def test_a_practical_lesson_waits_for_the_signature(reader, trainee, edition):
    done(trainee, edition, "1.1", "1.2")
    said(reader, edition, "1.3")
    long_ago(trainee)
    finish(reader, edition, "1.3")
    assert "老师的实操签字" in said(reader, edition, "1.3")
    enrolment = db.session.scalars(select(Enrolment)).one()
    factories.save(
        PracticalSignOff(
            enrolment_id=enrolment.id,
            lesson_code="1.3",
            signed_by_id=factories.user(Role.INSTRUCTOR).id,
            signed_at=clock.now(),
        )
    )
    finish(reader, edition, "1.3")
    assert record("1.3").completed_by == "instructor_tick"


def test_who_may(client, trainee, edition):
    path = f"/learn/{edition.id}/1.1/done"
    assert client.send(path).status_code in (302, 401)
    client.sign_in(factories.user(Role.TRAINEE))
    assert client.send(path).status_code == 404
