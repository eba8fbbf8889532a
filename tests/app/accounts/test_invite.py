"""Invitations by link: once, seven days, only the hash kept."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.models.people import Consent, Invitation, Role, ScopeKind, User
from tests import factories
from tests.app.accounts.people import actions, browser, is_signed_in, person
from tests.client import PageClient

pytestmark = pytest.mark.rows
PASSWORD = "su-zhou-he-bian-2"


def _invite(client: PageClient, **values: str) -> str:
    form = {"name": "受邀人", "role": "instructor", "scope": "all:", **values}
    html = client.send("/people/invite", form).get_data(as_text=True)
    found = re.search(r'id="link">http://localhost(/invitations/[^<]+)<', html)
    return found[1] if found else html


def _accept(client: PageClient, link: str, **values: str) -> int:
    form = {"name": "受邀人", "phone": "13800000001", "password": PASSWORD, "service": "y"}
    return client.send(link, {**form, **values}).status_code


def test_it_works(client: PageClient, app: Flask) -> None:
    """The link opens an account with the role and scope, signed in, once."""
    body = factories.organisation()
    client.sign_in(person(Role.ADMINISTRATOR)).page("/people/invite")
    link = _invite(client, scope=f"organisation:{body.id}")
    token = link.rsplit("/", 1)[1]
    row = db.session.scalars(select(Invitation)).one()
    assert token not in (row.token_hash, row.id)
    assert token not in client.page("/people/invite")

    guest = browser(app)
    assert body.name in guest.page(link)
    assert _accept(guest, link) == 302
    assert is_signed_in(guest)
    user = db.session.scalars(select(User).where(User.phone == "13800000001")).one()
    grant = user.grants[0]
    assert (grant.role, grant.scope_kind, grant.scope_id) == (
        Role.INSTRUCTOR,
        ScopeKind.ORGANISATION,
        body.id,
    )
    assert db.session.scalars(select(Consent)).one().kind == "service"
    assert {"invitation.made", "invitation.used", "role.granted"} <= set(actions())

    again = browser(app)
    assert "已经用过" in again.get(link).get_data(as_text=True)
    assert _accept(again, link, phone="13800000002") == 409


def test_a_double_click_makes_one(client: PageClient, app: Flask) -> None:
    """One invitation, with the link that was seen last; a minute later it is another."""
    client.sign_in(person(Role.ADMINISTRATOR))
    unseen, seen = _invite(client), _invite(client)
    assert db.session.scalars(select(Invitation)).one().revoked_at is None
    browser(app).page(unseen, 404)
    browser(app).page(seen)
    _invite(client, name="另一位")
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        _invite(client)
    assert len(db.session.scalars(select(Invitation)).all()) == 3


def test_expires(client: PageClient, app: Flask) -> None:
    """After seven days the link says so."""
    client.sign_in(person(Role.ADMINISTRATOR))
    link = _invite(client)
    with time_machine.travel(clock.now() + timedelta(days=7, seconds=1)):
        assert "过期" in browser(app).get(link).get_data(as_text=True)
        assert _accept(browser(app), link) == 409


def test_taken_back(client: PageClient, app: Flask) -> None:
    """A link that went to the wrong person is made worthless."""
    client.sign_in(person(Role.ADMINISTRATOR))
    link = _invite(client)
    row = db.session.scalars(select(Invitation)).one()
    assert client.send(f"/people/invitations/{row.id}/revoke").status_code == 302
    assert "收回" in browser(app).get(link).get_data(as_text=True)


def test_bad_input(client: PageClient, app: Flask) -> None:
    """Wrong fields are named, and the invitation stays good."""
    client.sign_in(person(Role.ADMINISTRATOR))
    link = _invite(client)
    taken = person()
    guest = browser(app)
    for values, words in (
        ({"phone": taken.phone}, "已有账户"),
        ({"phone": "12345"}, "11 位"),
        ({"login_name": "1x"}, "字母开头"),
        ({"password": "short"}, "至少要 10 位"),
        ({"service": ""}, "不同意保存记录"),
        ({"name": " "}, "请填写姓名"),
    ):
        form = {"name": "受邀人", "phone": "13800000001", "password": PASSWORD, "service": "y"}
        html = guest.send(link, {**form, **values}).get_data(as_text=True)
        assert words in html, words
    assert _accept(guest, link) == 302


def test_administrators_are_not_scoped(client: PageClient) -> None:
    """An administrator of one organisation could make others of all, so there are none."""
    body = factories.organisation()
    client.sign_in(person(Role.ADMINISTRATOR))
    answer = _invite(client, role="administrator", scope=f"organisation:{body.id}")
    assert "范围只能是" in answer


def test_who_may(client: PageClient, app: Flask) -> None:
    """Only administrators invite; an unknown link is a missing page."""
    assert client.get("/invitations/AAAAAAAAAAAAAAAAAAAAAAAA").status_code == 404
    for role in set(Role) - {Role.ADMINISTRATOR}:
        other = browser(app).sign_in(person(role))
        assert other.get("/people/invite").status_code == 403, role
        assert other.send("/people/invite", {"name": "x"}).status_code == 403, role
