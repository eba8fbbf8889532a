"""Sensitive acts ask for the password again, and lose nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app import clock
from app.accounts.confirming import FORM_TIME
from app.extensions import db
from app.models.people import Invitation, Role
from tests.app.accounts.people import PASSWORD, actions, person
from tests.client import PageClient

pytestmark = pytest.mark.rows
FORM = {"name": "受邀人", "role": "instructor", "scope": "all:"}


def _invitations() -> int:
    return db.session.scalar(select(func.count()).select_from(Invitation)) or 0


def test_it_works(client: PageClient) -> None:
    """Ten minutes on, the page asks for the password, then leads back to the form."""
    start = clock.now()
    with time_machine.travel(start, tick=False):
        client.sign_in(person(Role.ADMINISTRATOR)).page("/people/invite")
    with time_machine.travel(start + timedelta(minutes=10, seconds=1), tick=False):
        asked = client.get("/people/invite?from=list")
        assert asked.location == "/confirm-password?next=/people/invite?from%3Dlist"
        client.page(asked.location)
        wrong = client.send(asked.location, {"password": "guess"})
        assert "密码不对" in wrong.get_data(as_text=True)
        right = client.send(asked.location, {"password": PASSWORD})
        assert right.location == "/people/invite?from=list"
        client.page(right.location)
        assert "session.confirmed" in actions()


def test_a_form_filled_in_slowly_is_taken(client: PageClient) -> None:
    """What was shown to a confirmed person may be sent later than it would be shown."""
    start = clock.now()
    with time_machine.travel(start, tick=False):
        client.sign_in(person(Role.ADMINISTRATOR)).page("/people/invite")
    with time_machine.travel(start + timedelta(minutes=25), tick=False):
        assert client.send("/people/invite", FORM).status_code == 200
        assert _invitations() == 1


def test_a_stale_form_is_refused_and_changes_nothing(client: PageClient) -> None:
    """After that, a sentence says what to do."""
    start = clock.now()
    with time_machine.travel(start, tick=False):
        client.sign_in(person(Role.ADMINISTRATOR))
    with time_machine.travel(start + FORM_TIME + timedelta(minutes=11), tick=False):
        answer = client.send("/people/invite", FORM)
        assert answer.status_code == 403
        assert "没有改动任何东西" in answer.get_data(as_text=True)
        assert _invitations() == 0
