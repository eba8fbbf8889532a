"""Consents: each purpose by itself, with its wording and time, withdrawn as easily as given."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock, rulebook
from app.accounts import consents
from app.extensions import db
from app.models.people import Consent, Role
from app.proposals import PROPOSALS
from tests.app.accounts.people import actions, browser, fresh, person
from tests.client import PageClient

pytestmark = pytest.mark.rows


def _rows() -> list[Consent]:
    db.session.expire_all()
    return list(db.session.scalars(select(Consent).order_by(Consent.given_at)))


def test_it_works(client: PageClient) -> None:
    """Given and withdrawn with their times; one purpose does not touch another."""
    user = person(Role.TRAINEE)
    client.sign_in(user)
    html = client.page("/account/consents")
    assert html.count("同意这一项") == len(PROPOSALS["consent.texts"].value)
    client.send("/account/consents/photo_public/give")
    assert consents.holds(fresh(user), "photo_public")
    assert not consents.holds(fresh(user), "photo_on_certificate")
    client.send("/account/consents/photo_public/withdraw")
    assert not consents.holds(fresh(user), "photo_public")
    row = _rows()[0]
    assert row.version == "1"
    assert row.given_at <= row.withdrawn_at
    assert [a for a in actions() if "consent" in a] == ["consent.given", "consent.withdrawn"]
    assert "以前的记录" in client.page("/account/consents")


def test_a_double_click_gives_once(client: PageClient) -> None:
    """The second click changes nothing."""
    client.sign_in(person())
    for _ in range(2):
        client.send("/account/consents/service/give")
    assert len(_rows()) == 1


def test_withdrawing_what_was_not_given(client: PageClient) -> None:
    """Says so; unknown purposes too."""
    client.sign_in(person())
    refused = client.send("/account/consents/service/withdraw")
    assert "没有同意过" in refused.get_data(as_text=True)
    unknown = client.send("/account/consents/everything/give")
    assert "没有这一项" in unknown.get_data(as_text=True)
    assert _rows() == []


def test_a_new_wording_asks_again(client: PageClient) -> None:
    """The earlier consent stands for its own words until the new ones are agreed to."""
    user = person()
    client.sign_in(user)
    client.send("/account/consents/service/give")
    now = clock.now()
    texts = dict(PROPOSALS["consent.texts"].value)
    texts["service"] = {"version": "2", "zh": "新的文字。", "en": "New words."}
    today = clock.shanghai_date(now)
    rulebook.set_value(
        "consent.texts", texts, from_date=today, source="t", official=False, actor=None, now=now
    )
    db.session.commit()
    assert "文字改过了" in client.page("/account/consents")
    assert consents.holds(fresh(user), "service")
    client.send("/account/consents/service/give")
    assert [(r.version, r.withdrawn_at is None) for r in _rows()] == [("1", False), ("2", True)]


def test_who_may(app: Flask, client: PageClient) -> None:
    """Everyone for themselves: another's consents cannot even be named."""
    mine, other = person(), person(Role.ADMINISTRATOR)
    client.sign_in(mine).send("/account/consents/service/give")
    browser(app).sign_in(other).send("/account/consents/service/withdraw")
    assert consents.holds(fresh(mine), "service")
    stranger = browser(app)
    assert stranger.get("/account/consents").location.startswith("/sign-in")
