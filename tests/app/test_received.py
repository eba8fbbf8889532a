"""NUL, which PostgreSQL cannot keep, reaches no form, no query and no file's name."""

from __future__ import annotations

import io

import pytest
from flask import Flask, request
from werkzeug.datastructures import ImmutableMultiDict

from app.models.people import Role
from tests import factories
from tests.client import PageClient

pytestmark = pytest.mark.rows
ASKED = [
    "q",
    "kind",
    "token",
    "next",
    "code",
    "words",
    "version",
    "text",
    "tab",
    "state",
    "show",
    "sample",
    "room",
    "page",
    "object",
    "list",
    "format",
    "edition",
    "district",
    "class",
    "category",
    "before",
    "at",
    "actor_id",
    "action",
    "about",
    "lang",
]


def test_it_is_dropped(app: Flask) -> None:
    uploaded = {"file": (io.BytesIO(b"\0"), "a\0.csv"), "name": "王\0芳"}
    with app.test_request_context("/?q=a%00b&q=c", method="POST", data=uploaded):
        assert request.args.getlist("q") == ["ab", "c"]
        assert request.form["name"] == "王芳"
        assert request.files["file"].read() == b"\0"
        assert "\0" not in (request.files["file"].filename or "")
        assert isinstance(request.form, ImmutableMultiDict)
    body = '{"a\\u0000": ["x\\u0000y", {"z": "\\u0000"}], "n": 1, "kept": "\\\\u0000"}'
    with app.test_request_context("/", method="POST", data=body, content_type="application/json"):
        assert request.get_json() == {"a": ["xy", {"z": ""}], "n": 1, "kept": "\\u0000"}


def test_no_page_breaks_on_it(app: Flask) -> None:
    browser = PageClient(app).sign_in(
        factories.user(
            Role.ITEM_WRITER,
            Role.ITEM_REVIEWER,
            Role.EXAM_MANAGER,
            Role.CERTIFIER,
            Role.INVIGILATOR,
        )
    )
    fields = "&".join(f"{name}=a%00b" for name in ASKED)
    tried = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        address = "".join(
            piece if not is_dynamic else "x%00y"
            for is_dynamic, piece in rule._trace
            if piece != "|"
        )
        status = browser.get(f"{address}?{fields}").status_code
        assert status < 500, address
        tried += 1
    assert tried > 200
