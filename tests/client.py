"""A test client that looks at every page it fetches, as a careful reader would.

Each HTML page must parse without error, have one h1 and a title, a label for every field, a token
in every posting form, and no inline script, style or event handler.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any
from xml.etree import ElementTree

import html5lib
from flask import Flask, g
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from app import clock
from app.accounts import sessions
from app.extensions import db
from app.models.people import User


class PageClient(FlaskClient):
    """Fetches, posts and checks."""

    def __init__(self, app: Flask) -> None:
        super().__init__(
            app, response_wrapper=app.response_class and TestResponse, use_cookies=True
        )
        self._token = ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request as a browser of its own.

        The test's application context lends its `g` to every request, so the person, language
        and form token that the last request loaded are forgotten first.
        """
        for name in (
            "_login_user",
            "user_session",
            "_flask_babel",
            "csrf_token",
            "csrf_valid",
            "room_kept",
        ):
            g.pop(name, None)
        return super().open(*args, **kwargs)

    def sign_in(self, user: User) -> PageClient:
        """Open a session row and put it into the cookie, without the cost of a password."""
        person = db.session.get_one(User, user.id)
        _row, token = sessions.open_session(person, agent="tests", now=clock.now())
        db.session.commit()
        with self.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return self

    def token(self) -> str:
        """Return a form token that fits this client's session."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", secrets.token_hex(20))
        secret = self.application.config["SECRET_KEY"]
        return str(URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(raw))

    def page(self, path: str, status: int = 200, **arguments: Any) -> str:
        """Fetch a page, check status and form, and return its HTML."""
        response = self.get(path, **arguments)
        assert response.status_code == status, f"{path}: {response.status_code}"
        html = response.get_data(as_text=True)
        check_page(html, path)
        return html

    def send(self, path: str, data: dict[str, Any] | None = None, **arguments: Any) -> TestResponse:
        """Post a form with its token, as a page of ours would."""
        form = {"csrf_token": self.token(), **(data or {})}
        response = self.post(path, data=form, **arguments)
        if response.mimetype == "text/html" and response.status_code != 302:
            check_page(response.get_data(as_text=True), path)
        return response


_VARIES = re.compile(
    r'((?:name="csrf_token"[^<>"]*(?:"[^<>"]*"[^<>"]*)? value|nonce)=")[\w.-]+(?=")', re.ASCII
)
_sound: set[bytes] = set()


def check_page(html: str, path: str) -> None:
    """Assert what every page owes its readers.

    Strict parsing costs more than making the page, so what was found sound once is known again:
    the same words and markup, of which only tokens and nonces may differ.
    """
    known = hashlib.sha256(_VARIES.sub(r"\1", html).encode("utf-8", "surrogatepass")).digest()
    if known not in _sound:
        _check_parsed(html, path)
        _sound.add(known)


def _check_parsed(html: str, path: str) -> None:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False, strict=False)
    tree = parser.parse(html)
    faults = [
        (place, code) for place, code, _data in parser.errors if code not in _HARMLESS_PARSE_CODES
    ]
    assert not faults, f"{path}: not valid HTML {faults[:3]}"
    assert len(tree.findall(".//h1")) == 1, f"{path}: {len(tree.findall('.//h1'))} h1"
    title = tree.find(".//title")
    assert title is not None, f"{path}: no title"
    assert (title.text or "").strip(), f"{path}: empty title"
    _check_fields(tree, path)
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        inline = [name for name in element.attrib if name.startswith("on") or name == "style"]
        assert not inline, f"{path}: <{element.tag} {inline[0]}>"
        if element.tag == "script" and element.get("type") != "application/json":
            assert element.get("src") or element.get("nonce"), f"{path}: inline script"
    assert tree.find(".//style") is None, f"{path}: inline style sheet"


_HARMLESS_PARSE_CODES = frozenset[str]()
# The public check sets no cookie and changes nothing: there is no session to forge a form in.
_TOKENLESS = re.compile(r"/(check|c|C|complain|public-notices)(/|$|\?)")


def _check_fields(tree: ElementTree.Element, path: str) -> None:
    labelled = {label.get("for") for label in tree.iter("label")}
    inside = {id(field) for label in tree.iter("label") for field in label.iter()}
    for tag in ("input", "select", "textarea"):
        for field in tree.iter(tag):
            if field.get("type") in {"hidden", "submit", "button"}:
                continue
            named = field.get("aria-label") or field.get("aria-labelledby")
            assert named or field.get("id") in labelled or id(field) in inside, (
                f"{path}: <{tag} name={field.get('name')}> has no label"
            )
    for form in tree.iter("form"):
        assert form.get("action") is not None, f"{path}: form without action"
        if (form.get("method") or "get").lower() == "post":
            if _TOKENLESS.match(form.get("action") or ""):
                continue
            names = {field.get("name") for field in form.iter("input")}
            assert "csrf_token" in names, f"{path}: {form.get('action')} has no token"
