"""Put a backup back, then count again: a restore that was not checked is a hope.

Everything in the file is checked before anything is changed. What stands in the target is saved
first when it is to be replaced.
"""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from app import secrecy
from app.backup.databases import load, take_stock
from app.backup.making import Made, make_backup
from app.backup.manifest import BackupError, Manifest, read_manifest, sha256_of
from app.config import Settings

IGNORED = frozenset({"alembic_version", "district"})
"""Tables that hold rows in an installation nobody has used yet."""


@dataclass(frozen=True)
class Restored:
    """What was put back, what stood there before, and which keys do not fit."""

    manifest: Manifest
    saved: Made | None
    other_keys: list[str]


def restore_backup(
    engine: Engine, settings: Settings, file: Path, now: datetime, *, replace: bool
) -> Restored:
    """Restore database and stored files from a backup, and compare all counts and hashes.

    Raises BackupError, before anything was changed unless the sentence says otherwise.
    """
    try:
        with (
            tarfile.open(file) as archive,
            tempfile.TemporaryDirectory(dir=_near(settings), prefix=".restore-") as folder,
        ):
            manifest = read_manifest(archive)
            _must_fit(manifest, engine, settings)
            archive.extractall(folder, filter="data")
            _must_be_whole(manifest, Path(folder))
            saved = _save_what_is_there(engine, settings, now, replace)
            _put_files(manifest, Path(folder), settings)
            load(engine, Path(folder) / "database")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise BackupError(
            f"备份文件读不了（{type(error).__name__}）。/ The backup cannot be read."
        ) from error
    engine.dispose()
    _compare(manifest, engine, settings)
    wanted = secrecy.key_ids()
    other = sorted(name for name, key in manifest.key_ids.items() if wanted.get(name) != key)
    return Restored(manifest, saved, other)


def _near(settings: Settings) -> Path:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return settings.data_dir


def _must_fit(manifest: Manifest, engine: Engine, settings: Settings) -> None:
    if manifest.dialect != engine.dialect.name:
        raise BackupError(
            f"这份备份来自 {manifest.dialect}，这里用的是 {engine.dialect.name}，不能直接恢复。/ "
            f"The backup is from {manifest.dialect}, this installation uses {engine.dialect.name}."
        )
    if manifest.demo != settings.demo:
        raise BackupError(
            "演示环境和正式环境的备份不能互换。/ "
            "A backup of a demonstration does not go into production, nor the other way round."
        )


def _must_be_whole(manifest: Manifest, folder: Path) -> None:
    wrong = [
        blob_id
        for blob_id, sha256 in manifest.blobs.items()
        if not (folder / "blobs" / blob_id).is_file()
        or sha256_of(folder / "blobs" / blob_id) != sha256
    ]
    database = folder / "database"
    if wrong or not database.is_file() or sha256_of(database) != manifest.database_sha256:
        raise BackupError(
            f"备份文件已损坏（{len(wrong)} 个文件不符），没有改动任何东西。请换一份备份。/ "
            f"The backup is damaged ({len(wrong)} files differ). Nothing was changed; take another."
        )


def _save_what_is_there(
    engine: Engine, settings: Settings, now: datetime, replace: bool
) -> Made | None:
    with engine.connect() as connection:
        counts = take_stock(connection).counts
    rows = sum(count for table, count in counts.items() if table not in IGNORED)
    if not rows:
        return None
    if not replace:
        raise BackupError(
            f"这里已有 {rows} 条数据，没有改动。确定要换掉，请加 --replace（会先另存一份）。/ "
            f"There are {rows} rows here; nothing was changed. To replace them add --replace; "
            "they are saved first."
        )
    return make_backup(engine, settings, now, kind="before-restore")


def _put_files(manifest: Manifest, folder: Path, settings: Settings) -> None:
    """Bring the files first: a row without its file is worse than a file without its row."""
    for blob_id in manifest.blobs:
        target = settings.blob_dir / blob_id[:2] / blob_id
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_suffix(".part")
        shutil.copyfile(folder / "blobs" / blob_id, temporary)
        temporary.replace(target)


def _compare(manifest: Manifest, engine: Engine, settings: Settings) -> None:
    with engine.connect() as connection:
        now_there = take_stock(connection)
    wrong = [
        f"{table} {now_there.counts.get(table, 0)}≠{count}"
        for table, count in manifest.counts.items()
        if now_there.counts.get(table, 0) != count
    ]
    wrong += [
        f"blob {blob_id}"
        for blob_id, sha256 in manifest.blobs.items()
        if sha256_of(settings.blob_dir / blob_id[:2] / blob_id) != sha256
    ]
    if wrong:
        raise BackupError(
            f"恢复后核对不符：{'，'.join(wrong[:10])}。请勿投入使用，换一份备份再恢复。/ "
            "Restored, but the counts differ. Do not use it; restore another backup."
        )
