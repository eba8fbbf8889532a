"""From the outbox through real adapters to servers on the loopback; what was stopped; quiet hours."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app import messages
from app.config import Gateway, NoticeSettings
from app.extensions import db
from app.models.journal import OutboxMessage
from app.models.people import User
from app.notices import choices, policy
from tests import factories
from tests.app.notices.servers import SECRET, GatewayServer, MailServer, running

pytestmark = pytest.mark.rows
MORNING = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)  # ten in Shanghai
NIGHT = datetime(2026, 7, 1, 14, 30, tzinfo=UTC)  # half past ten in the evening


@pytest.fixture
def gateway() -> Iterator[GatewayServer]:
    with running(GatewayServer()) as server:
        yield server


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with running(MailServer()) as server:
        yield server


@pytest.fixture
def connected(
    app: Flask, gateway: GatewayServer, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> Flask:
    """The application with all three ways out, each on the loopback."""
    way = Gateway(gateway.url, "peizhen", SECRET)
    here = NoticeSettings(
        smtp_host="127.0.0.1",
        smtp_port=mail.server_address[1],
        smtp_tls="none",
        mail_from="notices@example.com",
        sms=way,
        wechat=way,
    )
    settings = replace(app.config["PEIZHEN"], notices=here)
    monkeypatch.setitem(app.config, "PEIZHEN", settings)
    return app


def send(to: User, kind: str = "class.changed", now: datetime = MORNING) -> OutboxMessage:
    message = messages.send(to, kind, "上课时间改了", "明天改到下午一点。", now=now)
    db.session.commit()
    return message


def state(message: OutboxMessage) -> tuple[str, str, str]:
    db.session.expire_all()
    return message.state, message.channel, message.trouble


def by_mail(to: User, address: str = "someone@example.com") -> None:
    """Let a person be told by e-mail."""
    choices.give_mail(to, address, actor=to, now=MORNING)
    row = choices.of(to.id)
    assert row is not None
    row.email_code_hash, row.email_confirmed_at, row.channel = "", MORNING, "email"
    db.session.query(OutboxMessage).delete()
    db.session.commit()


def test_sms_is_signed_and_taken(connected: Flask, gateway: GatewayServer) -> None:
    """To the account's phone; the same id at each try, so that repeats can be dropped."""
    person = factories.user()
    message = send(person)
    assert messages.deliver_waiting(MORNING) == 1
    assert state(message) == ("sent", "sms", "")
    (taken,) = gateway.taken
    assert taken == {
        "id": message.id,
        "to": person.phone,
        "subject": "上课时间改了",
        "text": "明天改到下午一点。",
        "kind": "class.changed",
    }


def test_wechat_learns_no_phone_number(connected: Flask, gateway: GatewayServer) -> None:
    """It is addressed by our own id."""
    person = factories.user()
    choices.choose(person, "wechat", [], actor=person, now=MORNING)
    send(person, "exam.booked")
    assert messages.deliver_waiting(MORNING) == 1
    assert gateway.taken[0]["to"] == person.id
    assert str(person.phone) not in str(gateway.taken)


def test_mail(connected: Flask, mail: MailServer) -> None:
    """With the text as it is, to the confirmed address."""
    person = factories.user()
    by_mail(person)
    message = send(person)
    assert messages.deliver_waiting(MORNING) == 1
    assert state(message)[:2] == ("sent", "email")
    read: Any = email.message_from_bytes(mail.mails[0], policy=email.policy.default)
    assert (read["To"], read["Subject"]) == ("someone@example.com", "上课时间改了")
    assert "明天改到下午一点。" in read.get_content()


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ((500, b"{}"), "HTTPError"),
        ((200, b'{"accepted": false}'), "NotDeliveredError"),
        ((200, b"<html>login</html>"), "NotDeliveredError"),
        ((200, b"[]"), "NotDeliveredError"),
        ((302, b"http://127.0.0.1:9/elsewhere"), "HTTPError"),
    ],
)
def test_what_is_not_taken_is_tried_again(
    connected: Flask, gateway: GatewayServer, answer: tuple[int, bytes], trouble: str
) -> None:
    """Later; and then it goes."""
    gateway.answer = answer
    message = send(factories.user())
    assert messages.deliver_waiting(MORNING) == 0
    assert state(message) == ("waiting", "sms", trouble)
    assert messages.deliver_waiting(MORNING + timedelta(minutes=1)) == 0
    gateway.answer = (200, b'{"accepted": true}')
    assert messages.deliver_waiting(MORNING + timedelta(minutes=2)) == 1
    assert state(message)[0] == "sent"


def test_a_wrong_secret_is_refused_by_the_gateway(
    connected: Flask, gateway: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forged body is not taken; nothing is lost."""
    settings = connected.config["PEIZHEN"]
    wrong = replace(settings.notices, sms=Gateway(gateway.url, "peizhen", "another-secret-here"))
    monkeypatch.setitem(connected.config, "PEIZHEN", replace(settings, notices=wrong))
    message = send(factories.user())
    assert messages.deliver_waiting(MORNING) == 0
    assert state(message) == ("waiting", "sms", "HTTPError")
    assert gateway.taken == []


def test_a_mail_server_that_refuses(connected: Flask, mail: MailServer) -> None:
    """Given up after six tries, and seen as failed."""
    person = factories.user()
    by_mail(person)
    mail.refuses = True
    message, now = send(person), MORNING
    for _try in range(messages.MOST_ATTEMPTS):
        messages.deliver_waiting(now)
        db.session.expire_all()
        now = message.send_after
    assert state(message) == ("failed", "email", "SMTPRecipientsRefused")


def test_without_an_address(connected: Flask, gateway: GatewayServer) -> None:
    """An account without a phone: said as what it is."""
    message = send(factories.user(phone=None))
    messages.deliver_waiting(MORNING)
    assert state(message) == ("waiting", "sms", "NoAddressError")
    assert gateway.asked == 0


def test_no_transaction_is_open_while_a_gateway_is_slow(
    connected: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody else can write meanwhile."""

    class Slow:
        def __init__(self) -> None:
            self.seen: list[tuple[str, str, bool]] = []

        def deliver(self, message: OutboxMessage, to: User) -> None:
            """Look at what is given and at the session."""
            self.seen.append((message.text, to.name, db.session().in_transaction()))

    slow = Slow()
    monkeypatch.setitem(messages.CHANNELS, "sms", slow)
    message = send(factories.user(name="某人"))
    assert messages.deliver_waiting(MORNING) == 1
    assert slow.seen == [("明天改到下午一点。", "某人", False)]
    assert state(message)[0] == "sent"


def test_what_a_person_stopped(connected: Flask, gateway: GatewayServer) -> None:
    """Is not sent, and says so; what the exam needs goes all the same."""
    person = factories.user()
    choices.choose(person, "sms", [], actor=person, now=MORNING)
    stopped, owed = send(person), send(person, "exam.removed")
    assert messages.deliver_waiting(MORNING) == 1
    assert state(stopped) == ("stopped", "file", "StoppedByPerson")
    assert state(owed)[0] == "sent"
    assert [one["kind"] for one in gateway.taken] == ["exam.removed"]


def test_at_night(connected: Flask, gateway: GatewayServer) -> None:
    """It waits for eight in the morning; the safety of an account does not."""
    person = factories.user()
    quiet, urgent = send(person, now=NIGHT), send(person, "account.factor", now=NIGHT)
    assert messages.deliver_waiting(NIGHT) == 1
    assert state(urgent)[0] == "sent"
    assert state(quiet)[0] == "waiting"
    assert quiet.send_after == datetime(2026, 7, 2, 0, 0, tzinfo=UTC)
    assert quiet.attempts == 0
    assert messages.deliver_waiting(quiet.send_after) == 1


@pytest.mark.parametrize(
    ("hour", "quiet"), [(20, False), (21, True), (23, True), (0, True), (7, True), (8, False)]
)
def test_quiet_hours(app: Flask, hour: int, quiet: bool) -> None:
    """From nine in the evening to eight in the morning, in Shanghai."""
    now = datetime(2026, 7, 1, (hour - 8) % 24, 59, tzinfo=UTC)
    until = policy.quiet_until(now)
    assert (until is not None) is quiet
    if until is not None:
        assert timedelta(0) < until - now <= timedelta(hours=11)


def test_without_any_gateway_nothing_changes(app: Flask) -> None:
    """Messages go to the file, at any hour."""
    message = send(factories.user(), now=NIGHT)
    assert messages.deliver_waiting(NIGHT) == 1
    assert state(message) == ("sent", "file", "")
