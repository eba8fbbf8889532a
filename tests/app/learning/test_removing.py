"""Taking a lesson out: only before anybody has finished it; and editions side by side (A2)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.journal import AuditLine
from app.models.learning import CourseEdition, LessonVersion
from app.models.people import Role, ScopeKind
from tests import factories
from tests.app.learning.rows import done, enrol, make_class
from tests.client import PageClient

pytestmark = pytest.mark.rows
REASON = {"reason": "内容要重写，先不教"}


@pytest.fixture
def teacher(app):
    return PageClient(app).sign_in(factories.user(Role.INSTRUCTOR))


def countable(edition, code):
    db.session.expire_all()
    found = select(LessonVersion.countable).where(
        LessonVersion.edition_id == edition.id,
        LessonVersion.code == code,
        LessonVersion.current.is_(True),
    )
    answer = db.session.scalar(found)
    db.session.commit()
    return answer


def test_it_works(teacher, reader, trainee, edition, small):
    path = f"/learn/{edition.id}/1.2"
    assert "还没有人学完它" in teacher.page(f"{path}/take-out")
    teacher.send(f"{path}/take-out", REASON)
    assert not countable(edition, "1.2")
    assert "编写中" in reader.page(f"/learn/{edition.id}")
    small.change("m1/1-2.md", "老人站着等。", "老人坐着等。")
    small.sync()
    assert not countable(edition, "1.2")  # a sync of the files does not put it back
    assert "已经撤下" in teacher.page(f"{path}/take-out")
    teacher.send(f"{path}/put-back")
    assert countable(edition, "1.2")
    actions = set(db.session.scalars(select(AuditLine.action)))
    assert {"lesson.removed", "lesson.put_back"} <= actions


def test_refused_with_how_many_have_finished(teacher, trainee, edition):
    done(trainee, edition, "1.1")
    other = factories.user(Role.TRAINEE)
    done(other, edition, "1.1")
    path = f"/learn/{edition.id}/1.1/take-out"
    assert "已有 2 人学完第 1.1 课，不能撤下" in teacher.page(path)
    teacher.send(path, REASON)
    assert countable(edition, "1.1")
    assert "已有 2 人学完第 1.1 课，不能撤下" in teacher.page(path)


def test_the_files_cannot_retire_a_finished_lesson_either(trainee, edition, small):
    done(trainee, edition, "1.1")
    small.change("m1/1-1.md", "status: draft", "status: retired")
    report = small.sync()
    assert [problem.code for problem in report.problems] == ["lesson-finished"]
    assert "已有 1 人学完第 1.1 课" in str(report.problems[0])
    assert countable(edition, "1.1")


def test_a_reason_is_asked_for(teacher, trainee, edition):
    teacher.send(f"/learn/{edition.id}/1.2/take-out", {"reason": ""})
    assert countable(edition, "1.2")


def test_two_editions_run_side_by_side(teacher, app, reader, trainee, edition, small):
    small.new_edition("2")
    small.change("course.yaml", "zh: 候诊, en: Waiting", "zh: 等候, en: Waiting room")
    small.change("m1/1-2.md", "zh: 候诊, en: Waiting", "zh: 等候, en: Waiting room")
    small.change("m1/1-2.md", "# 候诊", "# 等候")
    assert not small.sync().problems
    new = db.session.scalars(select(CourseEdition).where(CourseEdition.edition == "2")).one()
    enrol(factories.user(Role.TRAINEE), make_class(new))
    assert "候诊" in reader.page("/learn")  # who began with the first stays with it
    page = teacher.page(f"/learn/editions?before={edition.id}&after={new.id}")
    assert page.count("1 版") >= 0
    assert "候诊" in page
    assert "等候" in page
    assert "文字改了" in page


def test_who_may(app, client, trainee, edition):
    path = f"/learn/{edition.id}/1.2/take-out"
    client.sign_in(trainee)
    assert client.get(path).status_code == 403
    factories.district("310115")
    far = PageClient(app).sign_in(
        factories.user(Role.INSTRUCTOR, scope=(ScopeKind.DISTRICT, "310115"))
    )
    assert far.get(path).status_code == 404  # an edition is everybody's: one district cannot cut it
    assert far.send(path, REASON).status_code == 404
    assert countable(edition, "1.2")
