"""The first page of a trainee: one next step, what the exam still asks, the exam that is booked."""

from datetime import timedelta

import pytest

from app import clock, messages
from app.extensions import db
from app.home import trainee
from app.models.bank import ExamBlueprint
from app.models.exams import Booking, Exam, ExamRevision, Sitting
from app.models.people import Role, User
from tests import factories
from tests.app.training import rows
from tests.factories import save

pytestmark = pytest.mark.rows


@pytest.fixture
def enrolment(app):
    return rows.enrol(rows.training_class())


def book(enrolment, opens_in: timedelta) -> Booking:
    now, manager = clock.now(), factories.user(Role.EXAM_MANAGER)
    blueprint = save(
        ExamBlueprint(code="b", title="细目表", body={}, origin="content", updated_at=now)
    )
    exam = save(
        Exam(
            title="理论考试",
            title_en="Theory exam",
            blueprint_id=blueprint.id,
            minutes=90,
            pass_percent=60,
            pass_method="fixed",
            created_by_id=manager.id,
            created_at=now,
        )
    )
    revision = save(
        ExamRevision(
            exam_id=exam.id,
            number=1,
            body={},
            hash="0" * 64,
            published_by_id=manager.id,
            published_at=now,
        )
    )
    sitting = save(
        Sitting(
            revision_id=revision.id,
            district_code=factories.district().code,
            place="示例考点",
            opens_at=now + opens_in,
            last_start_at=now + opens_in + timedelta(minutes=30),
            closes_at=now + opens_in + timedelta(hours=3),
            room_code="1234",
            created_by_id=manager.id,
            created_at=now,
        )
    )
    return save(
        Booking(
            sitting_id=sitting.id,
            user_id=enrolment.user_id,
            enrolment_id=enrolment.id,
            seat=7,
            ticket_number="T7",
            created_at=now,
        )
    )


def seen(enrolment):
    db.session.expire_all()
    return trainee.of(db.session.get_one(User, enrolment.user_id), clock.now())


def test_it_works(client, enrolment):
    page = client.sign_in(enrolment.user).page("/")
    assert "开始学习 4.1" in page
    assert "我能参加考试吗" in page
    assert "0 / 3" in page
    assert enrolment.training_class.title in page
    assert seen(enrolment).next_step == "lesson"


def test_in_english(client, enrolment):
    assert "4.1 Lesson 4.1" in client.sign_in(enrolment.user).page("/?lang=en")


def test_a_far_exam_stands_below_the_next_lesson(client, enrolment):
    book(enrolment, timedelta(days=5))
    page = client.sign_in(enrolment.user).page("/")
    assert page.index("开始学习 4.1") < page.index("理论考试")
    assert "示例考点" in page


def test_an_exam_of_today_comes_first(client, enrolment):
    book(enrolment, timedelta(hours=2))
    page = client.sign_in(enrolment.user).page("/")
    assert "去候考" in page
    assert "7 号座位" in page
    assert "开始学习 4.1" not in page


def test_an_exam_that_was_missed_is_no_next_step(enrolment):
    book(enrolment, -timedelta(days=2))
    assert seen(enrolment).booking is None
    assert seen(enrolment).next_step == "lesson"


def test_with_all_lessons_done_the_panel_is_next(client, enrolment):
    rows.complete(enrolment.user, enrolment.training_class.edition, *rows.READING)
    assert seen(enrolment).next_step == "panel"
    assert "能学的课都学完了" in client.sign_in(enrolment.user).page("/")


def test_a_trainee_without_a_class_is_told_how_to_join(client, app):
    page = client.sign_in(factories.user(Role.TRAINEE)).page("/")
    assert "你还没有加入班级" in page
    assert "/join" in page


def test_an_account_without_a_role_is_told_how_to_join_too(client, app):
    assert "/join" in client.sign_in(factories.user()).page("/")


def test_the_first_page_leads_to_ones_class(client, enrolment):
    assert 'href="/my-class"' in client.sign_in(enrolment.user).page("/")


def test_what_one_can_do_oneself_is_led_to(client, enrolment):
    page = client.sign_in(enrolment.user).page("/")
    assert 'href="/account/identity"' in page
    assert 'href="/account/consents"' in page
    rows.identity(enrolment.user)
    rows.consent(enrolment.user)
    page = client.page("/")
    assert 'href="/account/identity"' not in page
    assert 'href="/account/consents"' not in page


def test_who_waits_for_a_place_reads_it_first(client, app):
    full = rows.training_class(capacity=1)
    rows.enrol(full)
    waits = factories.user(Role.TRAINEE)
    data = {"code": full.join_code, "category": "volunteer", "consent": "y"}
    browser = client.sign_in(waits)
    browser.send("/join", data)
    page = browser.page("/")
    assert "第 1 位" in page
    assert "你还没有加入班级" not in page


def test_the_newest_notice_stands_on_the_first_page_for_a_week(client, enrolment):
    now = clock.now()
    messages.send(
        enrolment.user, "class.changed", "旧的通知", "很久以前。", now=now - timedelta(days=8)
    )
    db.session.commit()
    assert "旧的通知" not in client.sign_in(enrolment.user).page("/")
    messages.send(enrolment.user, "class.changed", "第1天上午换了教室", "到 201。", now=now)
    db.session.commit()
    assert "第1天上午换了教室" in client.page("/")


def test_staff_see_their_doors(client, app):
    page = client.sign_in(factories.user(Role.INSTRUCTOR)).page("/")
    assert "你还没有加入班级" not in page
    assert "班级" in page
