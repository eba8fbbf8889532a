"""The page of one's own notices."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock, messages
from app.extensions import db
from app.models.journal import OutboxMessage
from app.models.notices import NoticeStop
from app.models.people import Role, User
from app.notices import choices
from tests import factories
from tests.client import PageClient

pytestmark = pytest.mark.rows
PAGE = "/account/notices"


@pytest.fixture
def person(app: Flask, client: PageClient) -> str:
    """Sign somebody in; returns their id."""
    made = factories.user(Role.TRAINEE)
    client.sign_in(made)
    return made.id


def test_it_works(client: PageClient, person: str) -> None:
    """Reached from the account; kinds are stopped and wanted again."""
    assert f'href="{PAGE}"' in client.page("/account")
    client.page(PAGE)
    client.send(PAGE, {"channel": "wechat", "wanted": ["class"]})
    assert choices.stopped(person) == {"practicum", "learning", "evaluation", "expiry"}
    client.send(PAGE, {"channel": "sms", "wanted": ["class", "learning"]})
    assert choices.stopped(person) == {"practicum", "evaluation", "expiry"}
    row = choices.of(person)
    assert row is not None
    assert row.channel == "sms"


def test_what_the_exam_needs_cannot_be_stopped(client: PageClient, person: str) -> None:
    """It is not offered, and posting it stops nothing."""
    assert 'value="exam"' not in client.page(PAGE)
    client.send(PAGE, {"channel": "sms", "wanted": []})
    kinds = set(db.session.scalars(select(NoticeStop.kind)))
    assert not kinds & {"exam", "award", "account"}
    assert choices.wants(person, "exam")


def test_mail_is_used_once_its_code_came_back(client: PageClient, person: str) -> None:
    """The address is kept encrypted and shown masked."""
    assert client.send(PAGE, {"channel": "email", "wanted": []}).status_code == 400
    assert client.send(f"{PAGE}/email", {"email": "not an address"}).status_code == 400
    for _double_click in range(2):
        client.send(f"{PAGE}/email", {"email": "someone@example.com"})
    row = choices.of(person)
    assert row is not None
    assert row.email_shown == "s***@example.com"
    assert "someone" not in row.email_sealed
    message = db.session.scalars(select(OutboxMessage)).one()
    code = re.search(r"\d{6}", message.text)
    assert code
    assert client.send(f"{PAGE}/email/confirm", {"code": "x"}).status_code == 400
    assert client.send(f"{PAGE}/email/confirm", {"code": code[0]}).status_code == 302
    assert client.send(PAGE, {"channel": "email", "wanted": []}).status_code == 302
    db.session.expire_all()
    assert row.channel == "email"


@pytest.mark.usefixtures("mid_window")
def test_codes_are_throttled(client: PageClient, person: str) -> None:
    """Three sent, five tried in a quarter of an hour."""
    sent = [
        client.send(f"{PAGE}/email", {"email": f"a{n}@example.com"}).status_code for n in range(4)
    ]
    assert sent == [302, 302, 302, 400]
    for _try in range(5):
        client.send(f"{PAGE}/email/confirm", {"code": "x"})
    answer = client.send(f"{PAGE}/email/confirm", {"code": "x"}).get_data(as_text=True)
    assert "错了太多次" in answer


def test_what_became_of_each(client: PageClient, person: str) -> None:
    """Sent, waiting or failed, in words; only one's own."""
    me, other = db.session.get_one(User, person), factories.user()
    messages.send(me, "class.changed", "上课时间改了", "改到下午", now=clock.now())
    messages.send(other, "class.changed", "别人的", "别人的事", now=clock.now())
    db.session.commit()
    assert "等着发" in client.page(PAGE)
    messages.deliver_waiting(clock.now())
    page = client.page(PAGE)
    assert "已发出" in page
    assert "别人的" not in page
