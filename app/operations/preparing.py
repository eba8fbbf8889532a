"""Make an installation ready to serve: back up, migrate, load what every installation begins with.

Each step finds out by reading whether it has anything to do, so that a second run changes nothing
and costs next to nothing. Interrupted anywhere, it can be run again.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import inspect

from app import freeze
from app.backup import Made, make_backup, prune
from app.config import Settings
from app.extensions import db

KEPT_BACKUPS = 5
KIND = "before-migration"


class FrozenError(Exception):
    """A sitting is near or open and tables would have to change."""


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Let one process prepare at a time; the others wait, then find nothing to do."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "prepare.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def migrations_pending() -> bool:
    """Tell whether the tables are older than this release."""
    folder = current_app.extensions["migrate"].directory
    heads = set(ScriptDirectory(folder).get_heads())
    with db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) != heads


def bring_tables_up(now: datetime, *, urgent: bool) -> Made | None:
    """Migrate when needed, after a backup of what is there. Returns that backup.

    Raises FrozenError while a sitting is near or open: a table that changes under an exam stalls its
    saves, and there is no good moment to find out that a migration fails. BackupError when the
    backup cannot be made: then nothing was migrated.
    """
    settings: Settings = current_app.config["PEIZHEN"]
    if not migrations_pending():
        return None
    if not urgent and (count := freeze.count(now)):
        raise FrozenError(
            f"有 {count} 场考试正在进行或快要开考，数据表要升级，所以没有启动。"
            "请用原来的版本继续，考完再升级；非升级不可，加 --urgent。/ "
            f"{count} exam sittings are open or near and tables would have to change, so nothing was "
            "done. Go on with the former release until they are over, or add --urgent."
        )
    made = None
    if inspect(db.engine).has_table("user_account"):
        made = make_backup(db.engine, settings, now, kind=KIND)
        prune(settings, KIND, KEPT_BACKUPS)
    upgrade()
    return made
