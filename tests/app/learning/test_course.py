"""The course page: what is done, open, locked (and by what), and in preparation."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from app import clock
from app.extensions import db
from app.learning import progress
from app.models.learning import CourseEdition
from app.models.people import Role
from app.models.training import Enrolment
from tests import factories
from tests.app.learning.rows import done, enrol, make_class

pytestmark = pytest.mark.rows


@contextmanager
def counted():
    """Collect the statements that go to the database."""
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


def test_it_works(reader, edition):
    page = reader.page("/learn")
    assert "小课程" in page
    assert "1 版" in page
    assert f"/learn/{edition.id}/1.1" in page
    assert f"/learn/{edition.id}/1.2" not in page
    assert "先学完：" in page
    assert "编写中" in page
    assert "开始学习 1.1" in page


def test_a_finished_lesson_opens_the_next(reader, trainee, edition):
    done(trainee, edition, "1.1")
    page = reader.page("/learn")
    assert f"/learn/{edition.id}/1.2" in page
    assert "继续学习 1.2" in page
    assert "1 / 3" in page


def test_in_english(reader):
    page = reader.page("/learn?lang=en")
    assert "Small course" in page
    assert "Arriving" in page


def test_without_a_class_it_says_how_to_join(client, edition):
    client.sign_in(factories.user(Role.TRAINEE))
    page = client.page("/learn")
    assert "你还没有加入班级" in page
    assert "/join" in page


def test_two_editions_stand_side_by_side(client, edition, small):
    """A2: people stay on the edition of their class; a newer one reaches only new classes."""
    early, late = factories.user(Role.TRAINEE), factories.user(Role.TRAINEE)
    enrol(early, make_class(edition))
    small.new_edition("2")
    small.change("course.yaml", "zh: 候诊", "zh: 候诊新编")
    small.change("m1/1-2.md", "候诊", "候诊新编", times=2)
    small.change("m1/1-1.md", "老人站着等。", "老人坐着等。")
    assert not small.sync().problems
    newer = db.session.scalars(select(CourseEdition).where(CourseEdition.edition == "2")).one()
    enrol(late, make_class(newer))

    client.sign_in(early)
    assert "候诊新编" not in client.page("/learn")
    assert "站着" in client.page(f"/learn/{edition.id}/1.1")
    client.page(f"/learn/{newer.id}", status=404)
    client.sign_in(late)
    assert "候诊新编" in client.page("/learn")
    assert "坐着" in client.page(f"/learn/{newer.id}/1.1")
    client.page(f"/learn/{edition.id}/1.1", status=404)


def test_a_person_in_two_classes_reaches_both_editions(reader, trainee, edition, small):
    small.new_edition("2")
    small.sync()
    newer = db.session.scalars(select(CourseEdition).where(CourseEdition.edition == "2")).one()
    row = enrol(trainee, make_class(newer))
    row.enrolled_at = clock.now() + timedelta(minutes=1)
    db.session.commit()
    page = reader.page("/learn")
    assert "2 版" in page
    assert f'href="/learn/{edition.id}"' in page
    reader.page(f"/learn/{edition.id}")


def test_who_may(client, trainee, edition):
    path = f"/learn/{edition.id}"
    assert client.get("/learn").status_code in (302, 401)
    client.sign_in(factories.user(Role.TRAINEE))
    client.page(path, status=404)
    client.page("/learn/aaaaaaaaaaaaaaaa", status=404)
    client.sign_in(factories.user(Role.INSTRUCTOR))
    assert "教师预览" in client.page(path)
    assert "小课程" in client.page("/learn")


def test_who_left_the_class_no_longer_reads(reader, trainee, edition):
    db.session.scalars(select(Enrolment)).one().state = "left"
    db.session.commit()
    reader.page(f"/learn/{edition.id}", status=404)


def test_progress_costs_a_constant_number_of_queries(trainee, edition):
    done(trainee, edition, "1.1")
    db.session.expire_all()
    _ = trainee.id
    with counted() as asked:
        at = progress.of(trainee)
        assert at is not None
        assert (at.next.id, at.total.lessons_done, at.total.lessons_total) == ("1.2", 1, 3)
        assert at.total.lessons_in_preparation == 1
        assert len(asked) <= 4  # enrolment with class and edition, lessons, progress; BEGIN
    done(trainee, edition, "1.2", "1.3")
    _ = trainee.id
    with counted() as asked:
        at = progress.of(trainee)
        assert at.next is None
        assert at.total.complete
        assert len(asked) <= 4


def test_progress_without_a_class_is_none(app):
    assert progress.of(factories.user(Role.TRAINEE)) is None
