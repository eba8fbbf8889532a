"""A double click on every button, as the server sees it: the same form twice.

The page's own script lets a form go once; without script, or when two requests are under way, the
server must not do a thing twice. Every form that the demonstration's people are shown is filled in
and sent two times: the second may refuse or show the same again, but it adds no row and turns no switch.
"""

from __future__ import annotations

import functools
from collections import deque
from typing import Any
from urllib.parse import urldefrag, urlsplit

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import Boolean, Select, func, select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from app.demo.accounts import person
from app.extensions import db
from app.models.people import User
from tests.app.whole.filling import Filled, forms, fresh
from tests.client import PageClient
from tests.demo import UNLIKE

pytestmark = pytest.mark.rows
MOST_PAGES = 2
"""Pages of one endpoint that are looked at: the first of a list stand for the rest."""
# Ends the visit, or only says how pages look.
LEFT_OUT = {"accounts.sign_out", "home.display", "accounts.revoke_session"}
# Notes of what was seen or tried, one for each try by design.
STATES = {"state", "status"}
MAY_GROW = {"audit_line", "practice_answer", "throttle_count", "user_session"}


@functools.cache
def questions() -> dict[str, Select[Any]]:
    """Return what is asked of each table: its states and switches, and how many rows have them.

    Tables that note each try are left out, and columns that say more than a state: a secret or
    a time may be written anew by the same act.
    """
    asked = {}
    for table in db.metadata.sorted_tables:
        if table.name not in MAY_GROW:
            told = [c for c in table.columns if isinstance(c.type, Boolean) or c.name in STATES]
            asked[table.name] = select(func.count(), *told).select_from(table).group_by(*told)
    return asked


def counts() -> dict[str, set[tuple[object, ...]]]:
    """Return how many rows each table holds by their states and switches."""
    connection = db.session.connection()
    found = {
        name: {tuple(row) for row in connection.execute(asked)}
        for name, asked in questions().items()
    }
    db.session.rollback()
    return found


class Presser:
    """One person who opens every page that is offered and presses every button on it, twice."""

    def __init__(self, app: Flask, user: User) -> None:
        self.client = PageClient(app).sign_in(user)
        self.adapter: MapAdapter = app.url_map.bind("localhost")
        self.pressed: set[tuple[str, str]] = set()
        self.effective: set[str] = set()
        self.faults: list[str] = []

    def endpoint(self, path: str, method: str) -> str:
        """Return the endpoint of an address; empty for what is no page of ours."""
        try:
            return str(self.adapter.match(urlsplit(path).path, method=method)[0])
        except HTTPException:
            return ""

    def walk(self) -> None:
        """Follow the links from the first page, pressing on the way."""
        queue, seen, visits = deque(["/"]), {"/"}, dict[str, int]()
        while queue:
            page = queue.popleft()
            endpoint = self.endpoint(page, "GET")
            visits[endpoint] = visits.get(endpoint, 0) + 1
            if not endpoint or visits[endpoint] > MOST_PAGES or "static" in endpoint:
                continue
            db.session.rollback()
            answer = self.client.get(page, follow_redirects=True)
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            markup = answer.get_data(as_text=True)
            landed = answer.request.path
            links = [urldefrag(a.get("href", "")).url for a in html.fromstring(markup).iter("a")]
            fresh_links = [link for link in links if link.startswith("/") and link not in seen]
            seen.update(fresh_links)
            queue.extend(fresh_links)
            for form in forms(markup, landed):
                self.press(form)

    def press(self, form: Filled) -> None:
        """Send a form twice and compare what was added."""
        endpoint = self.endpoint(form.action, "POST")
        if not endpoint or endpoint in LEFT_OUT or (endpoint, form.button) in self.pressed:
            return
        self.pressed.add((endpoint, form.button))
        before = counts()
        first = self.client.post(form.action, data=fresh(form.data)).status_code
        after = counts()
        second = self.client.post(form.action, data=fresh(form.data)).status_code
        again = counts()
        if after != before:
            self.effective.add(endpoint)
        told = f"{endpoint} “{form.button}” ({first}, {second})"
        if max(first, second) >= 500:
            self.faults.append(told)
        changed = {name for name in again if again[name] != after[name]}
        if changed:
            self.faults.append(f"{told} was done twice: {changed}")


def test_every_button_twice(shown: Flask) -> None:
    """Whatever is pressed twice happens once."""
    pressed: set[str] = set()
    effective: set[str] = set()
    faults: list[str] = []
    for account in UNLIKE:
        presser = Presser(shown, person(account.login))
        presser.walk()
        pressed |= {endpoint for endpoint, _button in presser.pressed}
        effective |= presser.effective
        faults += [f"{account.login}: {fault}" for fault in presser.faults]
    assert not faults, "\n".join(faults)
    assert len(pressed) > 40
    assert len(effective) > 12
