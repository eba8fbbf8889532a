"""The Flask extensions, made once, bound in `create_app`; and how a transaction begins.

On SQLite a request that may write begins with `BEGIN IMMEDIATE`: a transaction that reads first and
writes later would fail at once when somebody else wrote in between. Requests that only read
begin deferred and never wait. On PostgreSQL nothing of this applies.
"""

from __future__ import annotations

import json
import select
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from flask import Flask, request
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, Table, event, insert
from sqlalchemy.exc import DisconnectionError, OperationalError

from app.models import Base

db = SQLAlchemy(model_class=Base)
migrate = Migrate(db=db, render_as_batch=True)
login_manager = LoginManager()
csrf = CSRFProtect()
babel = Babel()
bootstrap = Bootstrap5()

_reading: ContextVar[bool] = ContextVar("reading", default=False)
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def written_json(value: Any) -> str:
    """Return the text of a JSON column: Chinese as it is, half as long as in escapes.

    Half of a surrogate pair, which a browser may send, is no text a database takes: then in escapes.
    """
    if value == []:  # most columns of most rows: an encoder costs ten times as much
        return "[]"
    text = _JSON.encode(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


@contextmanager
def reading_only() -> Iterator[None]:
    """Begin transactions deferred inside this block: for long reads outside a request."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def may_write() -> None:
    """Let the rest of this GET request write: closes the reading transaction first.

    For the few pages that note something while they show it (a lesson opened, sensitive data read).
    """
    db.session.commit()
    _reading.set(False)


def outside_transaction() -> None:
    """End the current transaction so that slow work (hashing, drawing) holds no lock."""
    db.session.commit()


def insert_rows(model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows into a model's table, if there are any: into the table, not by the mapper.

    The mapper looks at every value once more. What the session holds is written before.
    """
    if rows:
        db.session.flush()
        db.session.execute(insert(cast(Table, model.__table__)), rows)


def init_app(app: Flask) -> None:
    """Bind all extensions to one application."""
    options: dict[str, Any] = app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {})
    options.setdefault("json_serializer", written_json)
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        options.setdefault("connect_args", {"timeout": 15})
    else:
        # One line for each thread, so that none is opened for a moment: that costs the server a
        # process. The one given back last comes first: it has its plans and statements ready.
        options.setdefault("pool_size", max(5, app.config["PEIZHEN"].web_threads))
        options.setdefault("pool_use_lifo", True)
        # Planned once, from the third time on.
        options.setdefault("connect_args", {"prepare_threshold": 2})
    for extension in (db, csrf, login_manager, bootstrap):
        extension.init_app(app)
    migrate.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            if engine.dialect.name == "sqlite":
                _tune_sqlite(engine)
            else:
                _leave_closed_lines(engine)
    app.before_request(begin_by_method)
    app.teardown_request(_forget_method)


def begin_by_method() -> None:
    """Let transactions of a request that only reads begin deferred."""
    _reading.set(request.method in READING_METHODS)


def _forget_method(_error: BaseException | None) -> None:
    _reading.set(False)


def _leave_closed_lines(engine: Engine) -> None:
    """Take no connection again that the database has closed meanwhile: it was restarted.

    Nothing was asked on a line that lies in the pool, so something to read there is the server's
    farewell. A look at the socket tells; asking the server would cost a journey for each request.
    """

    @event.listens_for(engine, "checkout")
    def _checkout(connection: Any, _record: Any, _proxy: Any) -> None:
        line = select.poll()
        if connection.closed:
            raise DisconnectionError
        line.register(connection.fileno(), select.POLLIN)
        if line.poll(0):
            raise DisconnectionError


def _tune_sqlite(engine: Engine) -> None:
    """Give SQLite durability, foreign keys and our own BEGIN."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin by itself
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")  # acknowledged means durable
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        begin = "BEGIN" if _reading.get() else "BEGIN IMMEDIATE"
        driver: Any = connection.connection.dbapi_connection
        try:
            driver.execute(begin)  # half the time of asking SQLAlchemy to say it
        except sqlite3.Error as error:
            raise OperationalError(begin, None, error) from error
