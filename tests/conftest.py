"""What tests with rows share: the application on each database, emptied before each test."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from app import clock, create_app, logs
from app.bank import stock
from app.config import Settings
from app.extensions import db
from certificates.credential import keys as credential_keys
from certificates.signing import make_key
from tests.client import PageClient
from tests.demo import dont_wait_for_the_disk

# What takes minutes and keeps a worker to the end comes first; then what serves an installation.
FIRST = ("tests/journeys/test_every_page.py", "tests/bench", "tests/crash", "tests/journeys")
QUARTER = 15 * 60  # seconds: the longest window tries are counted in by tests
DATABASES = os.environ.get("TEST_DATABASES", "sqlite").split(",")


def test_settings(database_url: str, folder: Path, **changes: object) -> Settings:
    """Return settings of a test installation: neither a demonstration nor production."""
    signing_key = folder / "signing.pem"
    if not signing_key.exists():
        folder.mkdir(parents=True, exist_ok=True)
        signing_key.write_bytes(make_key("示例协会", datetime(2000, 1, 1, tzinfo=UTC), 100))
        credential_keys.write(folder / "credential-keys", date(2000, 1, 1))
    values: dict[str, object] = {
        "demo": False,
        "database_url": database_url,
        "data_dir": folder,
        "public_url": "http://localhost",
        "secret_key": "test-secret-key",
        "identity_key": "test-identity-key",
        "match_key": "test-match-key",
        "seal_key": "test-seal-key",
        "signing_key_file": signing_key,
        "testing": True,
        **changes,
    }
    return Settings(**values)  # type: ignore[arg-type]


test_settings.__test__ = False  # type: ignore[attr-defined]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest tests first, so that no worker waits at the end for the other's."""

    def place(item: pytest.Item) -> int:
        matching = (at for at, name in enumerate(FIRST) if item.nodeid.startswith(name))
        return next(matching, len(FIRST))

    items.sort(key=place)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Create a database of this worker's own on the cluster that script/test started."""
    base = os.environ.get("TEST_POSTGRES_URL")
    if not base:
        pytest.skip("no PostgreSQL: run script/test")
    name = f"peizhen_{os.getpid()}_{secrets.token_hex(3)}"
    admin = create_engine(make_url(base), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(base).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def postgresql_app(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application with its tables on PostgreSQL, one for the session."""
    yield from _with_tables(postgres_url, tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def sqlite_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application with its tables on SQLite, one for the session."""
    folder = tmp_path_factory.mktemp("data")
    yield from _with_tables(f"sqlite:///{folder / 'test.sqlite3'}", folder)


def _with_tables(url: str, folder: Path) -> Iterator[Flask]:
    application = create_app(test_settings(url, folder))
    with application.app_context():
        dont_wait_for_the_disk(db.engine)
        db.create_all()
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session", params=DATABASES)
def whole_app(request: pytest.FixtureRequest) -> Flask:
    """The application on each database; both stand, whichever the next test asks for."""
    found: Flask = request.getfixturevalue(f"{request.param}_app")
    return found


def _empty() -> None:
    """Delete every row, and let the counters begin again.

    Only tables that have rows are touched: PostgreSQL needs half a second to truncate them all.
    """
    tables = {table.name: table for table in reversed(db.metadata.sorted_tables)}
    probes = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables)  # noqa: S608
    with db.engine.begin() as connection:
        full = set(connection.scalars(text(" UNION ALL ".join(probes))))
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        for name, table in tables.items():
            if name not in full:
                continue
            connection.execute(table.delete())
            counter = table.autoincrement_column
            if counter is not None and connection.dialect.name == "postgresql":
                sequence = f"pg_get_serial_sequence('\"{name}\"', '{counter.name}')"
                connection.execute(text(f"SELECT setval({sequence}, 1, false)"))


@pytest.fixture(scope="session")
def first_demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the run keeps the demonstration that modules copy: one for all workers."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "first-demonstration"


@pytest.fixture
def app(whole_app: Flask) -> Iterator[Flask]:
    """The application with empty tables, inside an application context."""
    with whole_app.app_context():
        _empty()
        whole_app.extensions.pop(
            stock.KEPT, None
        )  # what the process kept of the rows that are gone
        yield whole_app
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A browser of a stranger; `client.sign_in(user)` makes it somebody's."""
    return PageClient(app)


@pytest.fixture
def at_info() -> Iterator[None]:
    """Log as a server does."""
    logs.configure(logging.INFO)
    yield
    logs.configure(logging.WARNING)


@pytest.fixture
def mid_window() -> Iterator[None]:
    """Stop the clock far from where a window of `app.throttle` ends; later than now, never earlier."""
    windows = clock.now().timestamp() // QUARTER + 1
    with time_machine.travel((windows + 0.5) * QUARTER, tick=False):
        yield
