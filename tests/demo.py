"""A demonstration installation for tests that need a whole one: made once a run, copied where it can.

Making one takes half a minute of CPU. On SQLite everything lies in the data folder, so a test module
gets a copy of the run's first; the address in it (on the holder's certificate) is nobody's.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from app import clock, create_app
from app.cli import sync_or_stop
from app.config import Settings
from app.demo import ACCOUNTS, load_demo
from app.extensions import db
from app.models.people import Role
from app.reference import load_districts

NOWHERE = "http://127.0.0.1:9"
UNLIKE = tuple(
    {
        one.login if one.role is Role.TRAINEE else one.role: one for one in reversed(ACCOUNTS)
    }.values()
)[::-1]
"""Accounts that see different pages: each trainee is in a state of their own, of each other role one."""


def prepared(environment: Mapping[str, str], first: Path | None = None) -> Flask:
    """Return the application of a demonstration with its tables, content and people.

    `first`: where the run keeps its first one; without it, and on PostgreSQL, a new one is made.
    """
    if first is None or "DATABASE_URL" in environment:
        return _made(environment)
    first.mkdir(parents=True, exist_ok=True)
    data, done = first / "data", first / "done"
    with (first / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the other worker waits, then copies as well
        if not done.exists():
            shutil.rmtree(data, ignore_errors=True)
            app = _made({"DEMO": "1", "DATA_DIR": str(data), "PUBLIC_URL": NOWHERE})
            with app.app_context():
                db.engine.dispose()
            done.touch()
    shutil.copytree(data, environment["DATA_DIR"], dirs_exist_ok=True)
    return create_app(Settings.from_env(environment))


def dont_wait_for_the_disk(engine: Engine) -> None:
    """Let SQLite's commits of this process be, as PostgreSQL's are in tests (`tests.postgres`).

    Only where no plug is pulled: a server of its own, in another process, is as durable as ever.
    """
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _connect(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA synchronous=OFF")


def _made(environment: Mapping[str, str]) -> Flask:
    app = create_app(Settings.from_env(environment))
    with app.app_context():
        dont_wait_for_the_disk(db.engine)
        db.create_all()
        load_districts()
        db.session.commit()
        sync_or_stop()
        load_demo(clock.now())
        db.session.remove()
    return app
