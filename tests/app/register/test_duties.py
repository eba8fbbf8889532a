"""What the worker does by itself: ends suspensions that are over, and reminds before the expiry."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock, jobs, messages, rulebook
from app.extensions import db
from app.models.awards import Certificate
from app.models.journal import OutboxMessage
from app.models.notices import NoticeStop
from app.models.people import Role, User
from app.register import ledger
from tests import factories
from tests.app.awards import rows
from tests.app.register import acts
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows


@pytest.fixture
def held(client: PageClient) -> Certificate:
    """A certificate."""
    return rows.certificate()


def _expires_in(held: Certificate, days: int) -> None:
    row = db.session.get_one(Certificate, held.id)
    row.valid_until = training.today() + timedelta(days=days)
    db.session.commit()


def _remind(monkeypatch: pytest.MonkeyPatch, days: int = 0) -> None:
    jobs.do_duties(acts.days_pass(monkeypatch, days), only="register.remind")


def _reminders() -> list[str]:
    db.session.expire_all()
    query = select(OutboxMessage.text).where(OutboxMessage.kind == "expiry.reminder")
    return list(db.session.scalars(query.order_by(OutboxMessage.created_at)))


def test_reminded_three_times_once_each(
    client: PageClient, held: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 90, 30 and 7 days, however often the duty runs."""
    _expires_in(held, 91)
    counts = []
    for days in (0, 1, 0, 59, 1, 0, 22, 1, 1, 5, 3):
        _remind(monkeypatch, days)
        counts.append(len(_reminders()))
    assert counts == [0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3]
    assert "还有 90 天" in _reminders()[0]
    assert "还有 7 天" in _reminders()[2]


def test_only_the_nearest_after_a_standstill(
    client: PageClient, held: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three reminders at once would help nobody."""
    _expires_in(held, 5)
    _remind(monkeypatch)
    assert len(_reminders()) == 1
    _remind(monkeypatch, 1)
    assert len(_reminders()) == 1


def test_not_for_an_ended_certificate(
    client: PageClient, held: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replaced or withdrawn, there is nothing to renew."""
    _expires_in(held, 20)
    rows.change(held, "replaced", factories.user(Role.CERTIFIER))
    _remind(monkeypatch)
    assert _reminders() == []


def test_the_days_are_a_rule_and_each_can_be_left_out(
    client: PageClient, held: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A zero leaves a reminder out."""
    rulebook.set_value(
        "register.reminder_days",
        {"first": 60, "second": 0, "last": 0},
        from_date=training.today(),
        source="章程",
        official=True,
        actor=None,
        now=clock.now(),
    )
    _expires_in(held, 61)
    for days in (0, 1, 30, 25):
        _remind(monkeypatch, days)
    assert len(_reminders()) == 1


def test_can_be_stopped(
    client: PageClient, held: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The holder's choice is asked at delivery; it is offered on the page of notices."""
    own = PageClient(client.application).sign_in(held.user)
    assert "证书到期提醒" in own.page("/account/notices")
    db.session.add(NoticeStop(user_id=held.user_id, kind="expiry", stopped_at=clock.now()))
    _expires_in(held, 20)
    _remind(monkeypatch)
    messages.deliver_waiting(clock.now())
    states = select(OutboxMessage.state).where(OutboxMessage.kind == "expiry.reminder")
    assert db.session.scalars(states).all() == ["stopped"]


def test_a_suspension_that_is_over_gets_its_line(
    client: PageClient, held: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The day after the last one, once, told to the holder; an open one stays."""
    held_id, actor_id = held.id, factories.user(Role.CERTIFIER).id

    def suspend(until: int | None) -> None:
        ledger.enter(
            again(),
            "suspended",
            reason_code="investigation",
            reason="核查",
            actor=db.session.get_one(User, actor_id),
            now=clock.now(),
            until=training.today() + timedelta(days=until) if until else None,
        )
        db.session.commit()

    def again() -> Certificate:
        return db.session.get_one(Certificate, held_id)

    def pass_days(days: int) -> None:
        jobs.do_duties(acts.days_pass(monkeypatch, days), only="register.terms")

    suspend(2)
    pass_days(2)
    assert acts.statuses(again())[-1][0] == "suspended"
    pass_days(1)
    pass_days(0)
    assert acts.statuses(again())[-2:] == [("suspended", "investigation"), ("valid", "term_over")]
    assert again().status == "valid"
    assert "已恢复有效" in acts.told(again().user)[-1]
    suspend(None)
    pass_days(900)
    assert acts.statuses(again())[-1][0] == "suspended"
