"""Changing the own password, and being made to."""

from __future__ import annotations

import pytest
from flask import Flask

from app.accounts.attempts import KNOWN_MOST
from app.models.people import Role
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
NEW = "su-zhou-he-bian-2"


def _change(client: PageClient, present: str, new: str, again: str | None = None) -> str:
    response = client.send(
        "/account/password",
        {"present": present, "password": new, "again": new if again is None else again},
    )
    return "" if response.status_code == 302 else response.get_data(as_text=True)


def test_it_works(client: PageClient, app: Flask) -> None:
    """The new one counts, the old one not, other devices are out, this one stays."""
    user = person()
    other = browser(app).sign_in(user)
    client.sign_in(user).page("/account/password")
    assert _change(client, PASSWORD, NEW) == ""
    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert try_sign_in(browser(app), user.phone, PASSWORD).status_code == 200
    assert try_sign_in(browser(app), user.phone, NEW).status_code == 302
    assert "password.changed" in actions()


def test_rules(client: PageClient) -> None:
    """Each refusal stands beside its field and changes nothing."""
    user = person()
    client.sign_in(user)
    before = user.password_hash
    assert "现在的密码不对" in _change(client, "wrong", NEW)
    assert "至少要 10 位" in _change(client, PASSWORD, "short")
    assert "不一样" in _change(client, PASSWORD, NEW, "another")
    assert "和现在的一样" in _change(client, PASSWORD, PASSWORD)
    assert "不能是姓名" in _change(client, PASSWORD, user.phone)
    assert fresh(user).password_hash == before


def test_guessing_here_is_slowed_down_too(client: PageClient) -> None:
    """Someone at an unlocked phone cannot try passwords without end."""
    client.sign_in(person())
    for _ in range(KNOWN_MOST):
        _change(client, "guess", NEW)
    assert "分钟再试" in _change(client, PASSWORD, NEW)


def test_a_given_password_must_be_changed(client: PageClient) -> None:
    """Every closed page leads here until it is changed; signing out stays possible."""
    user = person(Role.AUDITOR, must_change_password=True)
    client.sign_in(user)
    for path in ("/", "/account", "/account/consents", "/permissions"):
        assert client.get(path).location == "/account/password", path
    assert client.get("/health").status_code == 200
    script = client.get("/account", headers={"Accept": "application/json"})
    assert script.status_code == 403
    assert "先换掉" in script.json["error"]
    client.page("/account/password")
    assert _change(client, PASSWORD, NEW) == ""
    client.page("/account")
    assert fresh(user).must_change_password is False


def test_sign_out_instead(client: PageClient) -> None:
    """Who owes a new password can leave."""
    client.sign_in(person(must_change_password=True))
    assert client.send("/sign-out").location == "/"
    assert client.get("/account").location.startswith("/sign-in")


def test_who_may(client: PageClient) -> None:
    """A stranger is sent to sign-in."""
    assert client.get("/account/password").location.startswith("/sign-in")
