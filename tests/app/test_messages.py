"""The outbox: delivery, failure, growing pauses, giving up."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app import messages
from app.extensions import db
from app.models.journal import OutboxMessage
from app.models.people import User
from tests import factories

pytestmark = pytest.mark.rows
NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


class Broken:
    """A channel whose provider is down."""

    def __init__(self) -> None:
        self.tries = 0

    def deliver(self, message: OutboxMessage, to: User) -> None:
        """Fail."""
        self.tries += 1
        raise ConnectionError(f"{to.name} could not be reached")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Broken:
    channel = Broken()
    monkeypatch.setitem(messages.CHANNELS, "file", channel)
    return channel


def send() -> OutboxMessage:
    message = messages.send(factories.user(), "test", "标题", "正文", now=NOW)
    db.session.commit()
    return message


def outbox(app: Flask) -> Path:
    path: Path = app.config["PEIZHEN"].data_dir / "outbox.jsonl"
    return path


def test_it_works(app: Flask) -> None:
    outbox(app).unlink(missing_ok=True)
    message = send()
    assert messages.deliver_waiting(NOW) == 1
    assert (message.state, message.sent_at, message.attempts) == ("sent", NOW, 1)
    (line,) = outbox(app).read_text("utf-8").splitlines()
    assert json.loads(line) == {
        "id": message.id,
        "to": message.user_id,
        "subject": "标题",
        "text": "正文",
    }
    assert messages.deliver_waiting(NOW) == 0


def test_nothing_leaves_when_the_act_is_rolled_back(app: Flask) -> None:
    messages.send(factories.user(), "test", "标题", "正文", now=NOW)
    db.session.rollback()
    assert messages.deliver_waiting(NOW) == 0


def test_pauses_grow_and_then_it_is_given_up(app: Flask, broken: Broken) -> None:
    message, now = send(), NOW
    pauses = []
    while message.state == "waiting":
        messages.deliver_waiting(now)
        pauses.append((message.send_after - now) / timedelta(minutes=1))
        assert messages.deliver_waiting(now) == 0  # not before its pause is over
        now = message.send_after
    assert pauses == [2, 4, 8, 16, 32, 64]
    assert broken.tries == messages.MOST_ATTEMPTS
    assert message.state == "failed"
    assert message.trouble == "ConnectionError"  # never the text: it named a person


def test_one_failure_does_not_hold_up_the_next(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(messages.CHANNELS, "sms", Broken())
    first, second = send(), send()
    first.channel = "sms"
    db.session.commit()
    assert messages.deliver_waiting(NOW) == 1
    assert (first.state, second.state) == ("waiting", "sent")


def test_an_unknown_channel_is_a_failure_not_a_crash(app: Flask) -> None:
    message = send()
    message.channel = "pigeon"
    db.session.commit()
    assert messages.deliver_waiting(NOW) == 0
    assert message.trouble == "KeyError"


def test_no_more_than_asked_for(app: Flask) -> None:
    for _number in range(3):
        send()
    assert messages.deliver_waiting(NOW, most=2) == 2
    assert messages.deliver_waiting(NOW, most=2) == 1
