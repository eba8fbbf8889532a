"""The own account's page: devices, revoking, last seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import clock
from app.accounts.sessions import SEEN_EVERY
from app.extensions import db
from app.models.people import Role, UserSession
from tests.app.accounts.people import actions, browser, is_signed_in, person
from tests.client import PageClient

pytestmark = pytest.mark.rows


def _row() -> UserSession:
    db.session.expire_all()
    return db.session.scalars(select(UserSession).order_by(UserSession.created_at.desc())).first()


def test_it_works(client: PageClient) -> None:
    """The page shows name, masked phone number and this device."""
    user = person(Role.TRAINEE)
    html = client.sign_in(user).page("/account")
    assert user.name in html
    assert user.phone not in html
    assert f"{user.phone[:3]}****{user.phone[-4:]}" in html
    assert "这一台" in html


def test_revokes_one(client: PageClient, app: Flask) -> None:
    """Another device of one's own is signed out at once."""
    user = person()
    other = browser(app).sign_in(user)
    row_id = _row().id
    client.sign_in(user)
    assert client.send(f"/account/sessions/{row_id}/revoke").status_code == 302
    assert not is_signed_in(other)
    assert is_signed_in(client)
    assert "session.revoked" in actions()


def test_revokes_all_others(client: PageClient, app: Flask) -> None:
    """One button leaves only this device."""
    user = person()
    others = [browser(app).sign_in(user) for _ in range(3)]
    client.sign_in(user)
    client.send("/account/sessions/revoke-others")
    assert not any(is_signed_in(other) for other in others)
    assert is_signed_in(client)


def test_who_may(client: PageClient, app: Flask) -> None:
    """Somebody else's session, and one that does not exist, look the same."""
    victim = browser(app).sign_in(person())
    row_id = _row().id
    client.sign_in(person(Role.ADMINISTRATOR))
    assert client.send(f"/account/sessions/{row_id}/revoke").status_code == 404
    assert client.send("/account/sessions/aaaaaaaaaaaaaaaa/revoke").status_code == 404
    assert is_signed_in(victim)


def test_last_seen_is_written_now_and_then(client: PageClient) -> None:
    """Reading pages writes nothing for ten minutes, then once."""
    start = clock.now()
    with time_machine.travel(start, tick=False):
        client.sign_in(person())
    with time_machine.travel(start + timedelta(minutes=9), tick=False):
        client.page("/account")
        assert _row().seen_at == start
    with time_machine.travel(start + SEEN_EVERY, tick=False):
        client.page("/account")
        assert _row().seen_at == start + SEEN_EVERY


def test_a_switched_off_person_is_out_at_once(client: PageClient) -> None:
    """An account closed elsewhere ends here with the next page."""
    user = person()
    client.sign_in(user)
    user.active = False
    db.session.commit()
    assert not is_signed_in(client)
