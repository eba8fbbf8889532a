"""What a backup says about itself, and the checks that rest on it."""

from __future__ import annotations

import hashlib
import json
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path

FORMAT = "peizhen backup v1"
MANIFEST = "manifest.json"
COUNTED = {
    "user_account": "账号 accounts",
    "enrolment": "报名 enrolments",
    "attempt": "答卷 attempts",
    "answer_event": "答题记录 answers",
    "certificate": "证书 certificates",
    "audit_line": "操作记录 audit lines",
    "blob": "文件 files",
}
"""The tables whose counts are said aloud; all others are compared as well."""


class BackupError(Exception):
    """It could not be done; the text says why, in both languages, and what to do."""


@dataclass(frozen=True)
class Manifest:
    """The backup's own account of what it holds."""

    format: str
    made_at: str
    demo: bool
    dialect: str
    """`sqlite` or `postgresql`: a backup goes back into the kind of database it came from."""
    revision: str
    """The migration the tables stood at."""
    database_sha256: str
    counts: dict[str, int]
    """Rows of every table, counted in the same snapshot as the dump."""
    blobs: dict[str, str]
    """Id and SHA-256 of every stored file in the backup."""
    damaged: list[str]
    """Ids of files that were missing or changed when the backup was made."""
    key_ids: dict[str, str]
    """Short names of the keys it needs, never the keys."""

    def as_json(self) -> bytes:
        """Return the manifest as it stands in the tar."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    def said(self) -> str:
        """Return the main counts as one line."""
        return "，".join(
            f"{words} {self.counts[table]}"
            for table, words in COUNTED.items()
            if table in self.counts
        )


def read_manifest(archive: tarfile.TarFile) -> Manifest:
    """Read and check the manifest. Raises BackupError when the file is no backup of ours."""
    try:
        member = archive.extractfile(MANIFEST)
        manifest = Manifest(**json.loads(member.read() if member else b""))
    except (KeyError, ValueError, TypeError) as error:
        raise BackupError(
            "这个文件不是本产品的备份。/ This file is not a backup of this product."
        ) from error
    if manifest.format != FORMAT:
        raise BackupError(
            f"不认识备份格式“{manifest.format}”，请用做出它的版本恢复。/ "
            f"Unknown backup format; restore it with the release that made it."
        )
    return manifest


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file without holding it in memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
