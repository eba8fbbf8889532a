"""Messages, jobs and the clock: what is shown, and the few acts there are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock, clock_alarms, jobs, messages
from app.extensions import db
from app.models.journal import AuditLine, ClockAlarm, Job, OutboxMessage
from app.models.people import Role
from tests import factories
from tests.client import PageClient

pytestmark = pytest.mark.rows


@pytest.fixture
def admin(client: PageClient) -> PageClient:
    return client.sign_in(factories.user(Role.ADMINISTRATOR))


def message(state: str) -> OutboxMessage:
    sent = messages.send(factories.user(), "test", "标题", "只给本人看的话", now=clock.now())
    sent.state, sent.attempts, sent.trouble = state, 6, "ConnectionError"
    db.session.commit()
    return sent


def job(state: str = "waiting") -> Job:
    made = jobs.enqueue("audit.verify", {}, owner=factories.user(), now=clock.now())
    made.state = state
    db.session.commit()
    return made


def test_messages_show_delivery_and_never_the_text(admin: PageClient) -> None:
    assert "消息都发出了" in admin.page("/operations/messages")
    message("failed")
    message("waiting")
    message("sent")
    page = admin.page("/operations/messages")
    assert "ConnectionError" in page
    assert "只给本人看的话" not in page
    assert "标题" not in page


def test_a_failed_message_is_sent_again(admin: PageClient) -> None:
    failed = message("failed")
    assert admin.send(f"/operations/messages/{failed.id}/again").status_code == 302
    db.session.refresh(failed)
    assert (failed.state, failed.attempts) == ("waiting", 0)
    db.session.commit()
    assert messages.deliver_waiting(clock.now()) == 1


def test_a_message_that_left_is_not_sent_twice(admin: PageClient) -> None:
    sent = message("sent")
    answer = admin.send(f"/operations/messages/{sent.id}/again")
    assert answer.status_code == 409
    assert "不用重发" in answer.get_data(as_text=True)
    assert admin.send(f"/operations/messages/{sent.id}/stop").status_code == 409


def test_a_message_is_stopped(admin: PageClient) -> None:
    waiting = message("waiting")
    admin.send(f"/operations/messages/{waiting.id}/stop")
    assert messages.deliver_waiting(clock.now() + timedelta(days=1)) == 0
    actions = db.session.scalars(select(AuditLine.action).where(AuditLine.object_id == waiting.id))
    assert actions.all() == ["message.stopped"]


def test_jobs_are_shown_and_cancelled(admin: PageClient) -> None:
    assert "还没有后台任务" in admin.page("/operations/jobs")
    waiting = job()
    assert "取消任务" in admin.page("/operations/jobs")
    assert admin.send(f"/operations/jobs/{waiting.id}/cancel").status_code == 302
    assert not jobs.run_next(clock.now() + timedelta(minutes=1))
    again = admin.send(f"/operations/jobs/{waiting.id}/cancel")
    assert again.status_code == 409
    assert "已经结束" in again.get_data(as_text=True)


def test_a_step_of_the_clock_stays_until_somebody_saw_it(admin: PageClient) -> None:
    alarm = clock_alarms.note_step(timedelta(seconds=-75), clock.now())
    assert alarm is not None
    db.session.commit()
    for path in ("/trail", "/operations/messages", "/operations/jobs"):
        assert "服务器的钟跳了 -75.0 秒" in admin.page(path)
    assert admin.send(f"/operations/clock/{alarm.id}").status_code == 302
    page = admin.page("/operations/jobs")
    assert "服务器的钟跳了" not in page
    assert db.session.scalars(select(ClockAlarm.acknowledged_by_id)).one() is not None
    assert admin.send(f"/operations/clock/{alarm.id}").status_code == 409


@pytest.mark.parametrize("role", list(Role))
def test_who_may(client: PageClient, role: Role) -> None:
    client.sign_in(factories.user(role))
    reads = 200 if role in {Role.AUDITOR, Role.ADMINISTRATOR} else 403
    acts = 404 if role == Role.ADMINISTRATOR else 403  # the ids below are nobody's
    for path in ("messages", "jobs"):
        assert client.get(f"/operations/{path}").status_code == reads
    for path in ("messages/x/again", "messages/x/stop", "jobs/x/cancel", "clock/x"):
        assert client.send(f"/operations/{path}").status_code == acts
