"""Reading a lesson: its text, its doors, and what opening it leaves behind."""

import pytest
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.models.journal import AuditLine
from app.models.learning import LessonProgress, LessonVersion
from app.models.people import Role, RoleGrant, ScopeKind
from tests import factories
from tests.app.learning.rows import done

pytestmark = pytest.mark.rows
NOTES = "只给老师看的安排"


def records():
    return db.session.scalars(select(LessonProgress)).all()


def test_it_works(reader, edition):
    page = reader.page(f"/learn/{edition.id}/1.1")
    assert 'class="keep"' in page
    assert 'class="diagram' in page
    assert "归纳" in page
    assert "2026-11-21" in page
    assert "等待审核" in page
    assert "服务流程" in page
    (record,) = records()
    assert (record.code, record.completed_at) == ("1.1", None)
    assert db.session.scalar(select(AuditLine).where(AuditLine.action == "lesson.opened"))


def test_opening_again_keeps_the_first_moment(reader, edition):
    reader.page(f"/learn/{edition.id}/1.1")
    first = records()[0].opened_at
    db.session.commit()
    reader.page(f"/learn/{edition.id}/1.1")
    (record,) = records()
    assert record.opened_at == first
    assert record.last_opened_at > first


def test_a_correction_reaches_who_has_read_the_old_text(reader, edition, small):
    reader.page(f"/learn/{edition.id}/1.1")
    small.change("m1/1-1.md", "老人站着等。", "老人坐着等。")
    small.sync()
    assert "坐着" in reader.page(f"/learn/{edition.id}/1.1")
    (record,) = records()
    assert db.session.get_one(LessonVersion, record.version_id).number == 2


def test_english_readers_get_aim_and_remember_card(reader, edition):
    page = reader.page(f"/learn/{edition.id}/1.1?lang=en")
    assert "Arrive well." in page
    assert "Seat the person first." in page


def test_a_locked_lesson_names_what_is_missing(reader, trainee, edition):
    page = reader.page(f"/learn/{edition.id}/1.2", status=403)
    assert "1.1 到院" in page
    assert 'class="keep"' not in page
    assert records() == []
    done(trainee, edition, "1.1")
    reader.page(f"/learn/{edition.id}/1.2")


def test_a_lesson_in_preparation_has_no_text(reader, edition):
    assert "还在编写中" in reader.page(f"/learn/{edition.id}/1.4", status=403)


def test_an_instructor_sees_the_notes_and_leaves_no_trace(client, trainee, edition):
    client.sign_in(factories.user(Role.INSTRUCTOR))
    assert NOTES in client.page(f"/learn/{edition.id}/1.2")
    assert records() == []
    client.send(f"/learn/{edition.id}/1.1/done")
    assert client.send(f"/learn/{edition.id}/1.1/done").status_code == 404


def test_a_trainee_never_sees_the_notes(reader, trainee, edition):
    assert NOTES not in reader.page(f"/learn/{edition.id}/1.1")


def test_an_instructor_enrolled_as_a_trainee_sees_no_notes(client, trainee, edition):
    factories.save(
        RoleGrant(
            user_id=trainee.id,
            role=Role.INSTRUCTOR,
            scope_kind=ScopeKind.ALL,
            scope_id="",
            granted_at=clock.now(),
        )
    )
    client.sign_in(trainee)
    assert NOTES not in client.page(f"/learn/{edition.id}/1.1")


def test_who_may(client, trainee, edition):
    path = f"/learn/{edition.id}/1.1"
    assert client.get(path).status_code in (302, 401)
    client.sign_in(factories.user(Role.TRAINEE))
    client.page(path, status=404)
    client.sign_in(trainee)
    client.page(path)
    client.page(f"/learn/{edition.id}/9.9", status=404)
    client.page("/learn/aaaaaaaaaaaaaaaa/1.1", status=404)
