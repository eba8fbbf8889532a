"""The floor under a save: bare Flask under the same server, empty and with one durable row.

Plain drivers, no ORM, no session, nothing of the product: what any Python web program pays before
it does anything of its own. Run by gunicorn as `bench.floor:app`; FLOOR_DATABASE names the database.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from types import SimpleNamespace
from typing import Any

import psycopg
from flask import Flask, jsonify, request

app = Flask(__name__)
# The product's gunicorn.conf.py closes the engines of Flask-SQLAlchemy after the fork; here are none.
app.extensions["sqlalchemy"] = SimpleNamespace(engines={})
_local = threading.local()
TABLE = "create table if not exists floor (id {key}, slot integer, value text, at text)"
INSERT = "insert into floor (slot, value, at) values ({0}, {0}, {0})"


def _connection() -> tuple[Any, str]:
    """Return this thread's connection and the database's sign for a parameter."""
    url = os.environ["FLOOR_DATABASE"]
    is_sqlite = url.startswith("sqlite:///")
    if not hasattr(_local, "connection"):
        if is_sqlite:
            connection: Any = sqlite3.connect(
                url.removeprefix("sqlite:///"), timeout=30, isolation_level=None
            )
            connection.execute("pragma journal_mode=wal")
            connection.execute("pragma synchronous=full")
        else:
            connection = psycopg.connect(url.replace("+psycopg", ""))
        _local.connection = connection
    return _local.connection, "?" if is_sqlite else "%s"


def make_table(url: str) -> None:
    """Make the one table; called once, before the server starts."""
    os.environ["FLOOR_DATABASE"] = url
    _local.__dict__.pop("connection", None)  # that of a database measured before
    connection, sign = _connection()
    key = "integer primary key" if sign == "?" else "bigint generated always as identity"
    connection.execute(TABLE.format(key=key))
    connection.commit()


@app.get("/health")
def health() -> Any:
    """Say that the server answers."""
    return jsonify(status="ok")


@app.get("/blank")
def blank() -> str:
    """Answer a page with nothing on it."""
    return ""


@app.post("/empty")
def empty() -> Any:
    """Answer as a save is answered, having done nothing."""
    return jsonify({"stored": [request.get_json()["changes"][0]["sequence"]]})


@app.post("/row")
def row() -> Any:
    """Insert one row durably and answer."""
    change = request.get_json()["changes"][0]
    connection, sign = _connection()
    if sign == "?":
        connection.execute("begin immediate")
    connection.execute(INSERT.format(sign), (change["slot"], str(change["value"]), "now"))
    connection.commit()
    return jsonify({"stored": [change["sequence"]]})
