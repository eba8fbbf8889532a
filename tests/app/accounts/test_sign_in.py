"""Signing in: by phone number or user name, throttled without locking honest people out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from app import clock
from app.accounts import attempts
from app.accounts.attempts import ACCOUNT_MOST, ADDRESS_MOST, KNOWN_MOST, PERIOD, Place
from app.extensions import db
from app.models.people import Role, ThrottleCount, UserSession
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
ELSEWHERE = "198.51.100.7"


def test_it_works(client: PageClient) -> None:
    """The right password opens a session row; the cookie does not hold the account's id."""
    user = person(Role.TRAINEE)
    client.page("/sign-in")
    response = try_sign_in(client, f"+86 {user.phone[:3]} {user.phone[3:]}", PASSWORD)
    assert response.status_code == 302
    assert is_signed_in(client)
    assert "session.opened" in actions()
    with client.session_transaction() as session:
        assert user.id not in str(dict(session))


def test_by_user_name(client: PageClient) -> None:
    """A user name does as well, in any case."""
    person(Role.AUDITOR, login_name="linqiu")
    assert try_sign_in(client, " LinQiu ", PASSWORD).status_code == 302


def test_wrong_password_says_not_which(client: PageClient) -> None:
    """An unknown name and a wrong password look the same."""
    user = person()
    wrong = try_sign_in(client, user.phone, "not the password").get_data(as_text=True)
    unknown = try_sign_in(client, "13700000000", "not the password").get_data(as_text=True)
    assert "对不上" in wrong
    assert "对不上" in unknown
    assert not is_signed_in(client)
    assert "not the password" not in wrong


def test_empty_fields_are_named(client: PageClient) -> None:
    """Each missing field has its sentence."""
    html = try_sign_in(client, "", "").get_data(as_text=True)
    assert "请填写手机号或用户名" in html
    assert "请填写密码" in html


def test_goes_on_only_to_own_addresses(client: PageClient) -> None:
    """`next` leads on inside the site, and nowhere else."""
    user = person()
    inside = try_sign_in(client, user.phone, PASSWORD, onward="/account/consents")
    assert inside.location == "/account/consents"
    for bad in ("//evil.example", "https://evil.example/", "/%5Cevil.example", "/%09/evil.example"):
        outside = try_sign_in(client, user.phone, PASSWORD, onward=bad)
        assert outside.location == "/", bad


def test_strangers_are_sent_to_sign_in_and_back(client: PageClient) -> None:
    """A closed page leads to sign-in with the way back; a script gets a plain 401."""
    assert client.get("/account").location == "/sign-in?next=/account"
    script = client.get("/account", headers={"Accept": "application/json"})
    assert script.status_code == 401
    assert "请先登录" in script.json["error"]


def test_a_planted_session_is_worth_nothing(client: PageClient) -> None:
    """Cookie and form token change at sign-in; whoever was here before is signed out."""
    first, second = person(), person()
    try_sign_in(client, first.phone, PASSWORD)
    with client.session_transaction() as session:
        before = session["_user_id"]
        session["planted"] = "x"
    try_sign_in(client, second.phone, PASSWORD)
    with client.session_transaction() as session:
        assert session["_user_id"] != before
        assert "planted" not in session
    rows = db.session.scalars(select(UserSession).where(UserSession.user_id == first.id)).all()
    assert [row.revoked_at is not None for row in rows] == [True]


def test_old_hashes_are_renewed(client: PageClient) -> None:
    """A hash with other parameters is replaced at the next sign-in."""
    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    user = person()
    user.password_hash = old
    db.session.commit()
    assert try_sign_in(client, user.phone, PASSWORD).status_code == 302
    assert fresh(user).password_hash != old
    assert try_sign_in(client, user.phone, PASSWORD).status_code == 302


def test_switched_off(client: PageClient) -> None:
    """The owner of a closed account is told; a guesser is not."""
    user = person(active=False)
    assert "停用" in try_sign_in(client, user.phone, PASSWORD).get_data(as_text=True)
    guess = try_sign_in(client, user.phone, "guess").get_data(as_text=True)
    assert "停用" not in guess
    assert not is_signed_in(client)


def test_unknown_places_wait_after_five(client: PageClient, app: Flask) -> None:
    """Five wrong tries close an account to unknown places, even with the right password."""
    user = person()
    with time_machine.travel(clock.now(), tick=False):
        for number in range(ACCOUNT_MOST):
            try_sign_in(client, user.phone, "guess", f"203.0.113.{number}")
        answer = try_sign_in(client, user.phone, PASSWORD, ELSEWHERE)
        assert answer.status_code == 429
        assert "分钟再试" in answer.get_data(as_text=True)
        assert 1 <= int(answer.headers["Retry-After"]) <= PERIOD.total_seconds()
        assert not is_signed_in(client)
    with time_machine.travel(clock.now() + PERIOD, tick=False):
        assert try_sign_in(browser(app), user.phone, PASSWORD, ELSEWHERE).status_code == 302


def test_a_known_browser_is_not_locked_out(client: PageClient, app: Flask) -> None:
    """While strangers hammer, the browser that signed in before gets in, from any address."""
    user = person()
    with time_machine.travel(clock.now(), tick=False):
        try_sign_in(client, user.phone, PASSWORD, "192.0.2.1")
        client.send("/sign-out")
        for _ in range(ACCOUNT_MOST + 1):
            last = try_sign_in(browser(app), user.phone, "guess", ELSEWHERE)
        assert last.status_code == 429
        assert try_sign_in(client, user.phone, PASSWORD, "203.0.113.99").status_code == 302


def test_a_known_address_is_not_locked_out(client: PageClient, app: Flask) -> None:
    """Where the person signed in before, a new browser gets in as well."""
    user = person()
    with time_machine.travel(clock.now(), tick=False):
        try_sign_in(client, user.phone, PASSWORD, "192.0.2.1")
        for _ in range(ACCOUNT_MOST + 1):
            try_sign_in(browser(app), user.phone, "guess", ELSEWHERE)
        assert try_sign_in(browser(app), user.phone, PASSWORD, "192.0.2.1").status_code == 302


def test_a_known_browser_has_a_small_allowance(client: PageClient) -> None:
    """A lost phone is no free guess either."""
    user = person()
    with time_machine.travel(clock.now(), tick=False):
        try_sign_in(client, user.phone, PASSWORD)
        client.send("/sign-out")
        for _ in range(KNOWN_MOST):
            assert try_sign_in(client, user.phone, "guess").status_code == 200
        assert try_sign_in(client, user.phone, PASSWORD).status_code == 429


def test_an_address_that_sprays_waits(app: Flask, client: PageClient) -> None:
    """A hundred wrong tries over many names close an address to unknown people."""
    from_there = person()
    with time_machine.travel(clock.now(), tick=False):
        now = clock.now()
        with app.test_request_context():
            from_address = Place(ELSEWHERE)
            _spray(from_address, now)
        assert try_sign_in(client, from_there.phone, PASSWORD, ELSEWHERE).status_code == 429
        assert try_sign_in(client, from_there.phone, PASSWORD, "192.0.2.1").status_code == 302
        # known here now: the spray of others does not matter any more
        try_sign_in(client, from_there.phone, PASSWORD, "192.0.2.1")


def _spray(place: Place, now: datetime) -> None:

    for number in range(ADDRESS_MOST):
        rule = attempts.count(f"name:{number}", place, now)
        attempts.missed(rule, place, now)
    db.session.commit()


def test_right_passwords_do_not_count_against_a_hall(app: Flask) -> None:
    """A full exam hall signs in behind one address."""
    with time_machine.travel(clock.now(), tick=False):
        for _ in range(12):
            user = person()
            assert try_sign_in(browser(app), user.phone, PASSWORD, ELSEWHERE).status_code == 302


def test_nothing_personal_in_the_counts(client: PageClient) -> None:
    """Neither phone number nor address stands in the table of counts."""
    user = person()
    try_sign_in(client, user.phone, "guess")
    keys = " ".join(db.session.scalars(select(ThrottleCount.key)))
    assert keys
    assert user.phone not in keys
    assert "192.0.2.1" not in keys


def test_one_network_of_ipv6_is_one_address() -> None:
    """A household cannot pass as many."""
    assert Place("2001:db8:1:2::5").network == Place("2001:db8:1:2:ffff::1").network
    assert Place("2001:db8:1:3::5").network != Place("2001:db8:1:2::5").network


def test_a_forged_mark_is_ignored(client: PageClient) -> None:
    """The cookie of known browsers counts only with our signature."""
    user = person()
    client.set_cookie("peizhen_known", f'{{"{user.id}":"x"}}', path="/sign-in")
    with time_machine.travel(clock.now(), tick=False):
        for _ in range(ACCOUNT_MOST):
            try_sign_in(client, user.phone, "guess")
        assert try_sign_in(client, user.phone, PASSWORD).status_code == 429


def test_sign_out(client: PageClient) -> None:
    """The row is revoked: a copy of the cookie is worth nothing either."""
    user = person()
    client.sign_in(user)
    with client.session_transaction() as session:
        token = session["_user_id"]
    assert client.send("/sign-out").status_code == 302
    with client.session_transaction() as session:
        session["_user_id"] = token
    assert not is_signed_in(client)


def test_a_session_ends_by_itself(client: PageClient) -> None:
    """After the days of `account.session_days` one signs in again."""
    client.sign_in(person())
    with time_machine.travel(clock.now() + timedelta(days=14, minutes=1)):
        assert not is_signed_in(client)
