"""The second factor: set up, asked at sign-in, demanded of staff, taken off by an administrator."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import clock, rulebook
from app.accounts import factors
from app.extensions import db
from app.models.journal import AuditLine, OutboxMessage
from app.models.people import Role, User
from tests.app.accounts.people import (
    PASSWORD,
    actions,
    browser,
    fresh,
    is_signed_in,
    person,
    try_sign_in,
)
from tests.client import PageClient

pytestmark = pytest.mark.rows


def _with_factor(app: Flask, *roles: Role) -> tuple[User, pyotp.TOTP]:
    user = person(*roles)
    with app.test_request_context():
        factors.begin(user, actor=user, now=clock.now())
        totp = pyotp.TOTP(factors.secret_of(user))
        user.totp_confirmed_at = clock.now()
        db.session.commit()
    return user, totp


def _demand() -> None:
    now = clock.now()
    rulebook.set_value(
        "staff.second_factor",
        True,
        from_date=clock.shanghai_date(now),
        source="test",
        official=False,
        actor=None,
        now=now,
    )
    db.session.commit()


def test_it_works(client: PageClient) -> None:
    """Begin, scan, confirm with a code; the secret is sealed at rest."""
    user = person(Role.AUDITOR)
    client.sign_in(user).page("/account/second-factor")
    client.send("/account/second-factor/begin")
    html = client.page("/account/second-factor")
    assert 'src="data:image/svg+xml;base64,' in html
    secret = re.search(r'id="secret">([A-Z2-7]{32})<', html)
    assert secret
    assert secret[1] not in (fresh(user).totp_sealed or "")
    code = pyotp.TOTP(secret[1]).now()
    assert client.send("/account/second-factor", {"code": code}).status_code == 302
    assert fresh(user).totp_confirmed_at is not None
    assert {"factor.begun", "factor.confirmed"} <= set(actions())
    assert secret[1] not in client.page("/account/second-factor")


def test_wrong_code_does_not_switch_on(client: PageClient) -> None:
    """A mistyped code leaves it off and says so."""
    user = person(Role.AUDITOR)
    client.sign_in(user)
    client.send("/account/second-factor/begin")
    answer = client.send("/account/second-factor", {"code": "000000"})
    assert "验证码不对" in answer.get_data(as_text=True)
    assert fresh(user).totp_confirmed_at is None


def test_sign_in_asks_for_the_code(client: PageClient, app: Flask) -> None:
    """The password alone opens nothing; a code is good once."""
    with time_machine.travel(clock.now(), tick=False):
        user, totp = _with_factor(app, Role.CERTIFIER)
        assert try_sign_in(client, user.phone, PASSWORD).location == "/sign-in/code"
        assert not is_signed_in(client)
        client.page("/sign-in/code")
        code = totp.at(clock.now())
        assert "验证码不对" in client.send("/sign-in/code", {"code": "123"}).get_data(as_text=True)
        assert client.send("/sign-in/code", {"code": code}).status_code == 302
        assert is_signed_in(client)
        second = browser(app)
        try_sign_in(second, user.phone, PASSWORD)
        again = second.send("/sign-in/code", {"code": code})
        assert "已经用过" in again.get_data(as_text=True)


def test_codes_of_a_drifting_phone(client: PageClient, app: Flask) -> None:
    """Half a minute early or late is taken, two minutes are not."""
    now = clock.now()
    with time_machine.travel(now, tick=False):
        user, totp = _with_factor(app, Role.CERTIFIER)
        try_sign_in(client, user.phone, PASSWORD)
        late = totp.at(now - timedelta(minutes=2))
        assert client.send("/sign-in/code", {"code": late}).status_code == 200
        early = totp.at(now + timedelta(seconds=30))
        assert client.send("/sign-in/code", {"code": early}).status_code == 302


def test_the_second_step_expires(client: PageClient, app: Flask) -> None:
    """After five minutes the password is asked again."""
    now = clock.now()
    with time_machine.travel(now, tick=False):
        user, totp = _with_factor(app, Role.CERTIFIER)
        try_sign_in(client, user.phone, PASSWORD)
    with time_machine.travel(now + timedelta(minutes=5, seconds=1), tick=False):
        code = totp.at(clock.now())
        assert client.send("/sign-in/code", {"code": code}).location == "/sign-in"


def test_codes_cannot_be_guessed(client: PageClient, app: Flask) -> None:
    """Some wrong codes, then the account waits at this step, also for the right code."""
    with time_machine.travel(clock.now(), tick=False):
        user, totp = _with_factor(app, Role.CERTIFIER)
        try_sign_in(client, user.phone, PASSWORD)
        for _ in range(factors.CODES_MOST):
            client.send("/sign-in/code", {"code": "000000"})
        right = client.send("/sign-in/code", {"code": totp.at(clock.now())})
        assert right.status_code == 429


def test_staff_must_when_the_rule_says_so(client: PageClient, app: Flask) -> None:
    """With `staff.second_factor` every closed page leads to the set-up; trainees are let be."""
    _demand()
    client.sign_in(person(Role.REGISTRAR))
    assert client.get("/account").location == "/account/second-factor"
    client.page("/account/second-factor")
    trainee = browser(app).sign_in(person(Role.TRAINEE))
    trainee.page("/account")


def test_an_administrator_helps_who_lost_the_phone(client: PageClient, app: Flask) -> None:
    """With a reason; logged, all devices out, and the person is told."""
    user, _totp = _with_factor(app, Role.CERTIFIER)
    client.sign_in(person(Role.ADMINISTRATOR))
    path = f"/people/{user.id}/second-factor"
    client.page(path)
    assert "请写明原因" in client.send(path, {"reason": ""}).get_data(as_text=True)
    assert client.send(path, {"reason": "换了手机，当面核对"}).status_code == 302
    assert fresh(user).totp_sealed is None
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "factor.removed")).one()
    assert line.details["reason"] == "换了手机，当面核对"
    message = db.session.scalars(select(OutboxMessage)).one()
    assert message.user_id == user.id


def test_removes_own(client: PageClient, app: Flask) -> None:
    """The person can switch it off, with a fresh password."""
    user, _totp = _with_factor(app, Role.CERTIFIER)
    client.sign_in(user).page("/account/second-factor")
    assert client.send("/account/second-factor/remove").status_code == 302
    assert fresh(user).totp_confirmed_at is None
