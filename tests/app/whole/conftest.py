"""One demonstration installation for the guards that need real objects of every kind."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from app.exams.views.room import live
from app.extensions import db
from tests.conftest import DATABASES
from tests.demo import prepared

# These walks ask who may and what a second press does: on the second database with --all only.
# What each feature does there its own tests ask on both.
WALKED_ON = DATABASES if os.environ.get("TEST_ALL") == "1" else DATABASES[:1]


@pytest.fixture(scope="module", params=WALKED_ON)
def shown_app(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    first_demonstration: Path,
) -> Iterator[Flask]:
    """A demonstration of this module's own on each database; tests leave in it what they did."""
    folder = tmp_path_factory.mktemp("shown")
    environment = {"DEMO": "1", "DATA_DIR": str(folder), "PUBLIC_URL": "http://localhost"}
    if request.param == "sqlite":
        yield from _opened(environment, first_demonstration)
        return
    base = os.environ.get("TEST_POSTGRES_URL")
    if not base:
        pytest.skip("no PostgreSQL: run script/test")
    name = f"peizhen_shown_{os.getpid()}_{secrets.token_hex(3)}"
    admin = create_engine(make_url(base), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(base).set(database=name).render_as_string(hide_password=False)
    yield from _opened({**environment, "DATABASE_URL": url})
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def _opened(environment: dict[str, str], first: Path | None = None) -> Iterator[Flask]:
    app = prepared(environment, first)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def shown(shown_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The demonstration inside an application context; a board's stream ends at once."""
    monkeypatch.setattr(live, "STREAM_SECONDS", 0)
    with shown_app.app_context():
        yield shown_app
        db.session.remove()
