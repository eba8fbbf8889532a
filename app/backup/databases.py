"""Dumping and loading a whole database: SQLite by its backup interface, PostgreSQL by its tools.

A dump is consistent while others write. Counts and the list of files are read in the very snapshot
that is dumped, so that comparing them later means something.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect, text
from sqlalchemy.engine import URL

from app.backup.manifest import BackupError

PROGRAM_FOLDERS = (
    "usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "usr/pgsql-*/bin",  # packages of the PostgreSQL project
    "opt/homebrew/opt/postgresql@*/bin",
)


@dataclass(frozen=True)
class Snapshot:
    """What was counted in the snapshot that was dumped."""

    revision: str
    counts: dict[str, int]
    blobs: dict[str, str]


def take_stock(connection: Connection) -> Snapshot:
    """Count every table and list the stored files, as this connection sees them."""
    tables = sorted(inspect(connection).get_table_names())
    counts = {
        table: int(connection.scalar(text(f'SELECT count(*) FROM "{table}"')) or 0)  # noqa: S608
        for table in tables
    }
    revision = ""
    if "alembic_version" in tables:
        revision = str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")
    blobs = {}
    if "blob" in tables:
        rows = connection.execute(text("SELECT id, sha256 FROM blob ORDER BY id"))
        blobs = {row.id: row.sha256 for row in rows}
    return Snapshot(revision, counts, blobs)


def dump(engine: Engine, target: Path) -> Snapshot:
    """Write the whole database to a file. Raises BackupError."""
    if engine.dialect.name == "sqlite":
        return _dump_sqlite(engine, target)
    return _dump_postgresql(engine, target)


def load(engine: Engine, source: Path) -> None:
    """Replace the whole database by a dump. Raises BackupError.

    SQLite is replaced in one transaction. PostgreSQL's tables are dropped first: the caller has
    made a backup of what was there.
    """
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(source)) as old, closing(_open_sqlite(engine)) as new:
            old.backup(new)
        return
    old_tables = MetaData()
    old_tables.reflect(engine)
    old_tables.drop_all(engine)
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    _run("pg_restore", engine, [*options, "--dbname", engine.url.database or "", str(source)])


def _open_sqlite(engine: Engine) -> sqlite3.Connection:
    return sqlite3.connect(engine.url.database or "", timeout=30)


def _dump_sqlite(engine: Engine, target: Path) -> Snapshot:
    with closing(_open_sqlite(engine)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        # Out of the write-ahead mode: the copy is one file, with nothing beside it.
        new.execute("PRAGMA journal_mode=DELETE")
    copy = create_engine(f"sqlite:///{target}")
    try:
        with copy.connect() as connection:
            return take_stock(connection)
    finally:
        copy.dispose()


def _dump_postgresql(engine: Engine, target: Path) -> Snapshot:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        database = engine.url.database or ""
        _run("pg_dump", engine, [*options, "--file", str(target), database])
        return take_stock(connection)


def _run(program: str, engine: Engine, arguments: list[str]) -> None:
    with engine.connect() as connection:
        version = (connection.connection.dbapi_connection.info.server_version) // 10000  # type: ignore[union-attr]
    command = [str(find_program(program, version)), *_where(engine.url), *arguments]
    # The password goes by the environment: arguments can be read by everyone on the machine.
    environment = {**os.environ, "PGPASSWORD": engine.url.password or ""}
    done = subprocess.run(  # noqa: S603 (our own program and arguments, no shell)
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        last = " / ".join(done.stderr.strip().splitlines()[-2:])
        raise BackupError(f"{program} 没有成功：{last} / {program} failed, see its last words.")


def _where(url: URL) -> list[str]:
    given = {"--host": url.host, "--port": url.port, "--username": url.username}
    return [part for name, value in given.items() if value for part in (name, str(value))]


def find_program(name: str, version: int, root: Path = Path("/")) -> Path:
    """Find one of PostgreSQL's programs, of the server's version or newer. Raises BackupError."""
    found = {}
    for pattern in PROGRAM_FOLDERS:
        for folder in root.glob(pattern):
            digits = "".join(sign for sign in folder.parent.name if sign.isdigit())
            if (folder / name).exists() and digits:
                found[int(digits)] = folder / name
    fitting = sorted(number for number in found if number >= version)
    if fitting:
        return found[fitting[0]]
    on_path = shutil.which(name)
    if on_path:
        return Path(on_path)
    raise BackupError(
        f"找不到 {name}（{version} 版或更新）。请安装：apt install postgresql-client-{version} / "
        f"{name} of version {version} or newer was not found; install postgresql-client-{version}."
    )
