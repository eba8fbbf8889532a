"""An attacker with SQL: what each attack leaves behind, seen by the product and by the checker."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update

from app.audit_chain import export, heads, links, seal_all, sign_head, verify
from app.extensions import db
from app.models.journal import AuditLine, Seal, SignedHead
from tests.app.audit_chain.trail_rows import NOW, act, sealed

pytestmark = pytest.mark.rows
CHECKER = Path(__file__).parents[3] / "script" / "check_audit.py"


def kinds(findings: list[object]) -> set[str]:
    return {str(getattr(finding, "kind", "")) for finding in findings}


def forget_the_heads_in_the_database() -> None:
    db.session.execute(delete(SignedHead))
    db.session.commit()


def change_a_line() -> None:
    """Change what a line says."""
    line_id = db.session.scalar(select(Seal.line_id).where(Seal.number == 4))
    db.session.execute(update(AuditLine).where(AuditLine.id == line_id).values(actor_id="somebody"))
    db.session.commit()


def delete_a_line() -> None:
    """Delete a line with its seal."""
    line_id = db.session.scalar(select(Seal.line_id).where(Seal.number == 4))
    db.session.execute(delete(Seal).where(Seal.number == 4))
    db.session.execute(delete(AuditLine).where(AuditLine.id == line_id))
    db.session.commit()


def rehash_everything() -> None:
    """Change a line, then recompute the whole chain after it as the product would."""
    change_a_line()
    previous = links.GENESIS
    for seal in db.session.scalars(select(Seal).order_by(Seal.number)).all():
        previous = links.link(previous, seal.number, db.session.get_one(AuditLine, seal.line_id))
        seal.hash = previous
    forget_the_heads_in_the_database()


def cut_the_tail() -> None:
    """Delete the last lines with their seals: what is left is a perfect chain."""
    numbers = db.session.scalars(select(Seal.line_id).where(Seal.number > 5)).all()
    db.session.execute(delete(Seal).where(Seal.number > 5))
    db.session.execute(delete(AuditLine).where(AuditLine.id.in_(numbers)))
    forget_the_heads_in_the_database()


def run_checker(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    trail = folder / "trail.jsonl"
    trail.write_text("".join(line + "\n" for line in export.trail_lines()), "utf-8")
    command = [sys.executable, "-I", "-S", str(CHECKER), str(trail), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("attack", "found", "said"),
    [
        (change_a_line, "changed", "the line was changed"),
        (delete_a_line, "gap", "numbers are missing here"),
        (rehash_everything, "head_differs", "the chain was rewritten"),
        (cut_the_tail, "tail_cut", "the tail was cut"),
    ],
)
def test_the_attack_is_exposed(
    app: Flask, tmp_path: Path, attack: Callable[[], None], found: str, said: str
) -> None:
    sealed(8)
    assert sign_head("daily", NOW) is not None
    db.session.commit()
    seal_all(NOW)
    kept = tmp_path / "kept-elsewhere.jsonl"
    kept.write_bytes(heads.heads_file().read_bytes().splitlines(keepends=True)[-1])
    key = heads.public_key_hex()
    honest = run_checker(tmp_path, "--heads", str(kept), "--public-key", key)
    assert honest.returncode == 0, honest.stdout
    assert verify(NOW, heads.read_file(kept)) == []

    attack()
    db.session.expire_all()
    assert found in kinds([*verify(NOW, heads.read_file(kept))])
    checked = run_checker(tmp_path, "--heads", str(kept), "--public-key", key)
    assert checked.returncode == 1
    assert said in checked.stdout


@pytest.mark.parametrize("attack", [rehash_everything, cut_the_tail])
def test_without_heads_these_two_would_pass(
    app: Flask, tmp_path: Path, attack: Callable[[], None]
) -> None:
    """Why heads have to leave the machine; the checker says so."""
    sealed(8)
    attack()
    assert verify(NOW) == []
    checked = run_checker(tmp_path)
    assert checked.returncode == 0
    assert "No heads" in checked.stdout


def test_one_forgery_is_one_finding(app: Flask) -> None:
    sealed(8)
    change_a_line()
    assert len(verify(NOW)) == 1


def test_a_deleted_line_whose_seal_was_left(app: Flask) -> None:
    sealed(3)
    if db.engine.dialect.name == "sqlite":
        # A client of the attacker's own does not switch foreign keys on.
        connection = db.engine.raw_connection()
        connection.cursor().execute("PRAGMA foreign_keys=OFF")
        connection.cursor().execute(
            "DELETE FROM audit_line WHERE id = (SELECT min(id) FROM audit_line)"
        )
        connection.cursor().execute("PRAGMA foreign_keys=ON")
        connection.close()
    else:
        db.session.execute(text("ALTER TABLE seal DISABLE TRIGGER ALL"))
        db.session.execute(text("ALTER TABLE audit_line DISABLE TRIGGER ALL"))
        db.session.execute(
            text("DELETE FROM audit_line WHERE id = (SELECT min(id) FROM audit_line)")
        )
        db.session.execute(text("ALTER TABLE seal ENABLE TRIGGER ALL"))
        db.session.execute(text("ALTER TABLE audit_line ENABLE TRIGGER ALL"))
        db.session.commit()
    assert kinds([*verify(NOW)]) == {"line_missing"}
    db.session.execute(delete(Seal))
    db.session.commit()


def test_a_head_signed_with_another_key_is_told_apart(app: Flask, tmp_path: Path) -> None:
    sealed(2)
    sign_head("daily", NOW)
    db.session.commit()
    line = json.loads(heads.heads_file().read_text("utf-8").splitlines()[-1])
    forged = {**line, "hash": "f" * 64}
    file = tmp_path / "heads.jsonl"
    file.write_text(json.dumps(forged) + "\n", "utf-8")
    assert {"head_forged", "head_differs"} <= kinds([*verify(NOW, heads.read_file(file))])
    checked = run_checker(tmp_path, "--heads", str(file), "--public-key", "0" * 64)
    assert "signed by another key" in checked.stdout
    assert "the signature of a head is wrong" in checked.stdout


def test_lines_not_yet_sealed_are_exported_and_counted(app: Flask, tmp_path: Path) -> None:
    sealed(2)
    act(1)
    checked = run_checker(tmp_path)
    assert checked.returncode == 0
    assert "not sealed yet: 1" in checked.stdout


@pytest.mark.parametrize("bad", ["{", "[1]", '{"number": 1}'])
def test_a_file_that_is_none_is_said_in_one_line(app: Flask, tmp_path: Path, bad: str) -> None:
    file = tmp_path / "heads.jsonl"
    file.write_text(bad + "\n", "utf-8")
    checked = run_checker(tmp_path, "--heads", str(file))
    assert checked.returncode == 2
    assert "cannot be read" in checked.stdout
    assert "Traceback" not in checked.stderr
    with pytest.raises(heads.HeadsFileError, match=r"heads\.jsonl:1"):
        heads.read_file(file)
