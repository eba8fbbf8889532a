"""The commands: each explains itself to a stranger, and says what it found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import delete, select, update

from app.audit_chain import heads, seal_all
from app.extensions import db
from app.models.journal import AuditLine
from app.models.people import User
from tests import factories
from tests.app.audit_chain.trail_rows import NOW, act
from tests.app.backup.rows import fill

FLASKS_OWN = {"routes", "run", "shell", "db"}


def commands(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Give every command that is not Flask's own."""
    for name, command in group.commands.items():
        if above == "" and name in FLASKS_OWN:
            continue
        yield f"{above}{name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{above}{name} ")


@pytest.mark.rows
def test_every_command_explains_itself(app: Flask) -> None:
    found = dict(commands(app.cli))
    assert {"prepare", "work", "backup", "restore", "audit verify", "retention report"} <= set(
        found
    )
    for name, command in found.items():
        text = " ".join((command.help or "").split())
        enough = ". " in text or len(text) >= (30 if isinstance(command, click.Group) else 60)
        assert enough, f"flask {name} --help says too little: “{text}”"
        assert text.endswith("."), f"flask {name} --help does not end its sentence"
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.name != "help":
                assert parameter.help, f"flask {name} {parameter.opts[0]} has no help"


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = FlaskCliRunner(app).invoke(args=list(arguments))
    db.session.remove()
    return result.exit_code, result.output


@pytest.mark.rows
def test_audit_commands(app: Flask, tmp_path: Path) -> None:
    heads.heads_file().unlink(missing_ok=True)
    act(4)
    code, output = run(app, "audit", "heads", "--sign", "--output", str(tmp_path / "heads.jsonl"))
    assert code == 0, output
    with app.app_context():
        assert heads.public_key_hex() in output
    code, output = run(app, "audit", "export", "--output", str(tmp_path / "trail.jsonl"))
    assert code == 0, output
    lines = [json.loads(line) for line in (tmp_path / "trail.jsonl").read_text().splitlines()]
    assert [line["number"] for line in lines] == [1, 2, 3, 4, None]  # the signing is a line too

    with app.app_context():
        seal_all(NOW)
    assert run(app, "audit", "verify")[0] == 0
    with app.app_context():
        first = select(AuditLine.id).order_by(AuditLine.id).limit(1).scalar_subquery()
        db.session.execute(update(AuditLine).where(AuditLine.id == first).values(action="other"))
        db.session.commit()
    code, output = run(app, "audit", "verify", "--heads", str(tmp_path / "heads.jsonl"))
    assert code == 1
    assert "the line was changed" in output


@pytest.mark.rows
def test_backup_and_restore_say_numbers(app: Flask, tmp_path: Path) -> None:
    fill()
    db.session.remove()
    file = tmp_path / "backup.tar.gz"
    code, output = run(app, "backup", "--output", str(file))
    assert code == 0, output
    assert "账号 accounts 2" in output
    code, output = run(app, "restore", str(file))
    assert code == 1
    assert "--replace" in output
    with app.app_context():
        factories.user()
    code, output = run(app, "restore", str(file), "--replace")
    assert code == 0, output
    assert "账号 accounts 2" in output
    with app.app_context():
        line = db.session.scalars(
            select(AuditLine).where(AuditLine.action == "backup.restored")
        ).one()
        assert line.object_kind == "backup"
        db.session.execute(delete(User))
        db.session.rollback()


@pytest.mark.rows
def test_retention_report_names_every_table(app: Flask) -> None:
    code, output = run(app, "retention", "report")
    assert code == 0, output
    for table in db.metadata.tables:
        assert f" {table} " in output
    assert run(app, "retention", "sweep")[0] == 0
