"""Make a backup while the product serves. It is written aside and renamed: never half a file."""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from app import secrecy
from app.backup.databases import dump
from app.backup.manifest import FORMAT, MANIFEST, Manifest, sha256_of
from app.config import Settings

ENDING = ".tar.gz"


@dataclass(frozen=True)
class Made:
    """A finished backup: where it is and what it holds."""

    path: Path
    manifest: Manifest


def make_backup(
    engine: Engine, settings: Settings, now: datetime, *, path: Path | None = None, kind: str = ""
) -> Made:
    """Write a backup to `path`, or to the data folder's `backups`. Raises BackupError.

    Files that are missing or damaged do not stop it: they are named in the manifest, because a
    backup without them is still better than none.
    """
    target = path or settings.data_dir / "backups" / _name(now, kind)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        dumped = Path(folder) / "database"
        stock = dump(engine, dumped)
        files = {blob_id: settings.blob_dir / blob_id[:2] / blob_id for blob_id in stock.blobs}
        damaged = [
            blob_id
            for blob_id, file in files.items()
            if not file.is_file() or sha256_of(file) != stock.blobs[blob_id]
        ]
        manifest = Manifest(
            format=FORMAT,
            made_at=now.isoformat(),
            demo=settings.demo,
            dialect=engine.dialect.name,
            revision=stock.revision,
            database_sha256=sha256_of(dumped),
            counts=stock.counts,
            blobs={key: value for key, value in stock.blobs.items() if key not in damaged},
            damaged=damaged,
            key_ids=secrecy.key_ids(),
        )
        packed = Path(folder) / "packed"
        _pack(packed, manifest, dumped, files)
        packed.replace(target)
    return Made(target, manifest)


def _name(now: datetime, kind: str) -> str:
    middle = f"{kind}-" if kind else ""
    return f"peizhen-{middle}{now:%Y%m%dT%H%M%SZ}{ENDING}"


def _pack(packed: Path, manifest: Manifest, dumped: Path, files: dict[str, Path]) -> None:
    packed.touch(mode=0o600)  # password hashes and sealed numbers are in it
    with packed.open("wb") as raw:
        with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=3) as archive:
            member = tarfile.TarInfo(MANIFEST)
            text = manifest.as_json()
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
            archive.add(dumped, "database")
            for blob_id in manifest.blobs:
                archive.add(files[blob_id], f"blobs/{blob_id}")
        raw.flush()
        os.fsync(raw.fileno())


def prune(settings: Settings, kind: str, keep: int) -> list[Path]:
    """Delete all but the newest automatic backups of a kind. Returns what was deleted."""
    folder = settings.data_dir / "backups"
    # The names sort by time.
    old = sorted(folder.glob(f"peizhen-{kind}-*{ENDING}"))[:-keep]
    for path in old:
        path.unlink()
    return old
