"""`flask prepare`: from nothing to ready, again for nothing, and never under an open exam."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import create_engine, func, inspect, select, text

from app import clock, create_app
from app.extensions import db
from app.models.exams import Sitting
from app.models.people import District
from app.operations import preparing
from app.reference import DISTRICTS
from tests.conftest import test_settings

pytestmark = pytest.mark.rows


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Flask]:
    """An installation that has nothing yet, on the embedded database."""
    data = tmp_path / "data"
    app = create_app(test_settings(f"sqlite:///{data / 'new.sqlite3'}", data))
    yield app
    with app.app_context():
        db.engine.dispose()


def prepare(app: Flask, *arguments: str) -> tuple[int, str]:
    with app.app_context():
        result = FlaskCliRunner(app).invoke(args=["prepare", *arguments])
    return result.exit_code, result.output


def backups(app: Flask) -> list[Path]:
    return sorted((app.config["PEIZHEN"].data_dir / "backups").glob("*.tar.gz"))


def make_old(app: Flask, *, open_sitting: bool = False) -> None:
    """Let the tables look as if they came from another release."""
    with app.app_context():
        plain = create_engine(db.engine.url)  # one that asks for no foreign keys
    with plain.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        if open_sitting:
            now = clock.now()
            connection.execute(
                Sitting.__table__.insert().values(
                    id="s",
                    revision_id="r",
                    district_code="310101",
                    place="x",
                    opens_at=now - timedelta(hours=1),
                    last_start_at=now,
                    closes_at=now + timedelta(hours=1),
                    room_code="1",
                    created_by_id="u",
                    created_at=now,
                )
            )
    plain.dispose()


def row_counts() -> dict[str, int]:
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in db.metadata.sorted_tables
    }


def test_it_works_and_a_second_run_changes_nothing(fresh: Flask) -> None:
    code, output = prepare(fresh)
    assert code == 0, output
    assert "16 districts added" in output
    with fresh.app_context():
        assert db.session.scalar(select(func.count()).select_from(District)) == 16
        before = row_counts()
    assert backups(fresh) == []  # there was nothing to lose
    code, output = prepare(fresh)
    assert code == 0, output
    with fresh.app_context():
        assert row_counts() == before


def test_districts_are_those_of_the_city(fresh: Flask) -> None:
    assert len({code for code, _zh, _en in DISTRICTS}) == 16
    assert all(code.startswith("3101") and zh.endswith("区") and en for code, zh, en in DISTRICTS)


def test_a_backup_comes_before_a_migration(fresh: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(fresh)
    make_old(fresh)
    migrated: list[bool] = []
    monkeypatch.setattr(preparing, "upgrade", lambda: migrated.append(bool(backups(fresh))))
    code, output = prepare(fresh)
    assert code == 0, output
    assert migrated == [True]
    assert "before-migration" in output


def test_tables_do_not_change_under_an_open_sitting(
    fresh: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(fresh)
    make_old(fresh, open_sitting=True)
    migrated: list[str] = []
    monkeypatch.setattr(preparing, "upgrade", lambda: migrated.append("yes"))
    code, output = prepare(fresh)
    assert code == 1
    assert "1 exam sittings are open or near" in output
    assert "--urgent" in output
    assert migrated == []
    assert backups(fresh) == []
    code, _output = prepare(fresh, "--urgent")
    assert code == 0
    assert migrated == ["yes"]


def test_an_open_sitting_does_not_stop_an_ordinary_restart(fresh: Flask) -> None:
    prepare(fresh)
    with fresh.app_context():
        version = db.session.scalar(text("SELECT version_num FROM alembic_version"))
        db.session.remove()
    make_old(fresh, open_sitting=True)
    with fresh.app_context(), db.engine.begin() as connection:
        connection.execute(text("INSERT INTO alembic_version VALUES (:v)"), {"v": version})
    with fresh.app_context():
        assert preparing.bring_tables_up(clock.now(), urgent=False) is None


def test_an_interrupted_migration_leaves_nothing_half_done(
    fresh: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fresh.app_context():
        fresh.config["PEIZHEN"].data_dir.mkdir(parents=True, exist_ok=True)
        real, made = db.engine.dialect.ddl_compiler.visit_create_table, []

        def fail_later(self: object, create: object, **arguments: object) -> str:
            made.append(1)
            if len(made) > 10:
                raise KeyboardInterrupt
            return str(real(self, create, **arguments))

        monkeypatch.setattr(db.engine.dialect.ddl_compiler, "visit_create_table", fail_later)
        with pytest.raises(KeyboardInterrupt):
            preparing.bring_tables_up(clock.now(), urgent=False)
        monkeypatch.undo()
        tables = inspect(db.engine).get_table_names()
        assert "user_account" not in tables
        assert len(tables) <= 1  # alembic's own
    code, output = prepare(fresh)
    assert code == 0, output
