"""Backing up and restoring: everything is counted before and after, on both databases."""

from __future__ import annotations

import io
import json
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text

from app.backup import BackupError, make_backup, prune, restore_backup
from app.backup.databases import find_program
from app.config import Settings
from app.extensions import db
from app.models.journal import AuditLine, Blob
from app.models.people import RoleGrant, User
from tests import factories
from tests.app.backup.rows import NOW, fill

pytestmark = pytest.mark.rows


@pytest.fixture
def settings(app: Flask, tmp_path: Path) -> Iterator[Settings]:
    """This installation with a data folder of its own, so that one test's files are not another's."""
    former: Settings = app.config["PEIZHEN"]
    app.config["PEIZHEN"] = replace(former, data_dir=tmp_path / "data")
    yield app.config["PEIZHEN"]
    app.config["PEIZHEN"] = former


def empty() -> None:
    for model in (AuditLine, Blob, RoleGrant, User):
        db.session.execute(delete(model))
    db.session.commit()


def people() -> int:
    return db.session.scalar(select(func.count()).select_from(User)) or 0


def repack(source: Path, target: Path, **changed: bytes) -> None:
    """Copy a backup with some of its members replaced."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old.getmembers():
            file = old.extractfile(member)
            data = changed.get(
                member.name.split("/")[0].split(".")[0], file.read() if file else b""
            )
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))


def test_it_works(app: Flask, settings: Settings) -> None:
    stored = [settings.blob_dir / blob.id[:2] / blob.id for blob in fill()]
    made = make_backup(db.engine, settings, NOW)
    assert made.path == settings.data_dir / "backups" / "peizhen-20260701T020000Z.tar.gz"
    assert (made.manifest.counts["user_account"], made.manifest.counts["audit_line"]) == (2, 3)
    empty()
    for path in stored:
        path.unlink()
    db.session.remove()

    restored = restore_backup(db.engine, settings, made.path, NOW, replace=False)
    assert restored.saved is None
    assert restored.other_keys == []
    assert people() == 2
    assert {path.read_bytes() for path in settings.blob_dir.glob("*/*")} == {b"one", b"two"}


def test_it_is_consistent_while_others_write(app: Flask, settings: Settings) -> None:
    fill()
    with db.engine.connect() as other:
        other.execute(text("INSERT INTO district (code, name, name_en) VALUES ('x', 'x', 'x')"))
        made = make_backup(db.engine, settings, NOW)  # neither waits nor sees the open transaction
        other.rollback()
    with tarfile.open(made.path) as archive:
        manifest = json.loads(archive.extractfile("manifest.json").read())  # type: ignore[union-attr]
    assert manifest["counts"]["district"] == 0


def test_no_key_and_no_secret_is_in_it(app: Flask, settings: Settings) -> None:
    fill()
    (settings.data_dir / "demo-secrets.json").write_text("{}")
    made = make_backup(db.engine, settings, NOW)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    with tarfile.open(made.path) as archive:
        names = archive.getnames()
        whole = b"".join(
            file.read() for member in archive if (file := archive.extractfile(member)) is not None
        )
    assert sorted(name.split("/")[0] for name in names) == [
        "blobs",
        "blobs",
        "database",
        "manifest.json",
    ]
    for secret in (
        settings.secret_key,
        settings.identity_key,
        settings.match_key,
        settings.seal_key,
    ):
        assert secret.encode() not in whole


def test_existing_data_is_not_replaced_unasked(app: Flask, settings: Settings) -> None:
    fill()
    made = make_backup(db.engine, settings, NOW)
    factories.user()
    db.session.remove()
    with pytest.raises(BackupError, match="--replace"):
        restore_backup(db.engine, settings, made.path, NOW, replace=False)
    assert people() == 3
    db.session.remove()

    done = restore_backup(db.engine, settings, made.path, NOW, replace=True)
    assert people() == 2
    assert done.saved is not None
    assert done.saved.manifest.counts["user_account"] == 3  # what was there is kept
    db.session.remove()
    restore_backup(db.engine, settings, done.saved.path, NOW, replace=True)
    assert people() == 3


@pytest.mark.parametrize("part", ["database", "blobs"])
def test_a_damaged_backup_changes_nothing(app: Flask, settings: Settings, part: str) -> None:
    fill()
    made = make_backup(db.engine, settings, NOW)
    broken = made.path.with_name("broken.tar.gz")
    repack(made.path, broken, **{part: b"damaged"})
    factories.user()
    db.session.remove()
    with pytest.raises(BackupError, match="Nothing was changed"):
        restore_backup(db.engine, settings, broken, NOW, replace=True)
    assert people() == 3


@pytest.mark.parametrize("content", [b"", b"not a backup at all", None])
def test_a_file_that_is_no_backup(app: Flask, settings: Settings, content: bytes | None) -> None:
    file = settings.data_dir.parent / "file.tar.gz"
    if content is None:
        with tarfile.open(file, "w:gz") as archive:
            archive.add(__file__, "manifest.json")
    else:
        file.write_bytes(content)
    with pytest.raises(BackupError):
        restore_backup(db.engine, settings, file, NOW, replace=True)


def test_a_cut_off_backup(app: Flask, settings: Settings) -> None:
    fill()
    made = make_backup(db.engine, settings, NOW)
    data = made.path.read_bytes()
    made.path.write_bytes(data[: len(data) // 2])
    db.session.remove()
    with pytest.raises(BackupError):
        restore_backup(db.engine, settings, made.path, NOW, replace=True)
    assert people() == 2


def test_a_missing_file_is_named_and_does_not_stop_the_backup(
    app: Flask, settings: Settings
) -> None:
    missing, damaged = fill()
    (settings.blob_dir / missing.id[:2] / missing.id).unlink()
    (settings.blob_dir / damaged.id[:2] / damaged.id).write_bytes(b"other")
    made = make_backup(db.engine, settings, NOW)
    assert sorted(made.manifest.damaged) == sorted([missing.id, damaged.id])
    assert made.manifest.blobs == {}


def test_demonstration_and_production_do_not_mix(app: Flask, settings: Settings) -> None:
    fill()
    made = make_backup(db.engine, settings, NOW)
    db.session.remove()
    with pytest.raises(BackupError, match="demonstration"):
        restore_backup(db.engine, replace(settings, demo=True), made.path, NOW, replace=True)


def test_keys_that_do_not_fit_are_named(app: Flask, settings: Settings) -> None:
    fill()
    made = make_backup(db.engine, settings, NOW)
    app.config["PEIZHEN"] = replace(settings, identity_key="another key")
    db.session.remove()
    done = restore_backup(db.engine, settings, made.path, NOW, replace=True)
    assert done.other_keys == ["identity"]


def test_only_the_newest_automatic_backups_stay(app: Flask, settings: Settings) -> None:
    folder = settings.data_dir / "backups"
    folder.mkdir(parents=True)
    for day in range(1, 8):
        (folder / f"peizhen-before-migration-2026070{day}T000000Z.tar.gz").touch()
    (folder / "peizhen-20250101T000000Z.tar.gz").touch()  # made by hand: never deleted
    assert len(prune(settings, "before-migration", 5)) == 2
    assert len(list(folder.iterdir())) == 6
    assert (folder / "peizhen-20250101T000000Z.tar.gz").exists()


def test_a_missing_program_is_said_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match="postgresql-client-17"):
        find_program("pg_dump", 17, root=tmp_path)
    for version in (14, 17, 18):
        folder = tmp_path / "usr/lib/postgresql" / str(version) / "bin"
        folder.mkdir(parents=True)
        (folder / "pg_dump").touch()
    assert find_program("pg_dump", 17, root=tmp_path).parent.parent.name == "17"
    assert find_program("pg_dump", 15, root=tmp_path).parent.parent.name == "17"
