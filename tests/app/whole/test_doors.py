"""Every route says who may use it, in words that the permission map knows."""

from __future__ import annotations

import ast
from pathlib import Path

from flask import Flask

import app as application
from app.permissions import PERMISSIONS

STATIC = {"static", "bootstrap.static"}
DOORS = {"public", "signed_in", "device", *PERMISSIONS}
"""`device` is the exam's own door: the token of the attempt."""


def test_every_route_has_a_door(sqlite_app: Flask) -> None:
    """A route without one is open by mistake or closed by accident."""
    for rule in sqlite_app.url_map.iter_rules():
        if rule.endpoint not in STATIC:
            door = getattr(sqlite_app.view_functions[rule.endpoint], "door", None)
            assert door in DOORS, f"{rule.rule}: {door}"


def test_every_permission_is_somebodys() -> None:
    """A permission that nobody holds is a door without a key."""
    for name, (meaning, roles) in PERMISSIONS.items():
        assert str(meaning), name
        assert roles, name


def test_every_asked_permission_exists() -> None:
    """Each permission named in the sources (`needs`, `require`, `allows`) is in the map."""
    asked = {"needs": 0, "require": 0, "allows": 1, "reaches": 1}
    found = set()
    for path in Path(application.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name in asked and len(call.args) > asked[name]:
                argument = call.args[asked[name]]
                if isinstance(argument, ast.Constant) and "." in str(argument.value):
                    found.add((str(argument.value), path.name))
    assert found
    assert {name for name, _file in found} <= set(PERMISSIONS), found


def test_nothing_is_changed_by_reading(sqlite_app: Flask) -> None:
    """Routes named like acts take no GET alone: a link or a preview must not act."""
    for rule in sqlite_app.url_map.iter_rules():
        words = set(rule.rule.strip("/").split("/")) & {"revoke", "begin", "remove", "sign-out"}
        if words:
            assert "GET" not in rule.methods, rule.rule
