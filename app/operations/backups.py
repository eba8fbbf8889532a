"""`flask backup` and `flask restore`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app

from app import audit, clock, freeze
from app.backup import BackupError, Made, make_backup, restore_backup
from app.config import Settings
from app.extensions import db


class _File:
    """A backup as the object of an audit line."""

    __tablename__ = "backup"

    def __init__(self, name: str) -> None:
        self.id = name


def say(made: Made) -> None:
    """Print what a backup holds."""
    click.echo(f"备份 / backup: {made.path}")
    click.echo(made.manifest.said())
    if made.manifest.damaged:
        click.echo(
            f"有 {len(made.manifest.damaged)} 个文件缺失或已损坏，没能放进备份："
            f"{' '.join(made.manifest.damaged[:10])} / files missing or damaged, not in the backup.",
            err=True,
        )


@click.command("backup")
@click.option("--output", type=click.Path(path_type=Path), help="File to write (.tar.gz).")
def backup(output: Path | None) -> None:
    """Write database and stored files to one file, while the product goes on serving.

    Without --output the file goes to the data folder's `backups`. It holds no keys: keep those
    elsewhere, without them identity numbers cannot be read again. Prints what was counted. Ends
    with status 1 if stored files were missing or damaged; the backup is written all the same.
    """
    settings: Settings = current_app.config["PEIZHEN"]
    try:
        made = make_backup(db.engine, settings, clock.now(), path=output)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    say(made)
    if made.manifest.damaged:
        raise SystemExit(1)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Replace the data that is here; saves it first.")
@click.option(
    "--urgent", "--force", is_flag=True, help="Even while an exam sitting is near or open."
)
def restore(file: Path, replace: bool, urgent: bool) -> None:
    """Put a backup FILE back, then count everything again and compare.

    Stop the server and the worker first. Refuses where there is data already unless --replace is
    given. Checks the whole file before it changes anything. Run `flask prepare` afterwards.
    """
    settings: Settings = current_app.config["PEIZHEN"]
    now = clock.now()
    if not urgent and (count := freeze.count(now)):
        raise click.ClickException(
            f"有 {count} 场考试正在进行或快要开考，没有改动。请等考完；等不得，加 --urgent。/ "
            f"{count} exam sittings are open or near; nothing was changed. Wait until they are over, "
            "or add --urgent."
        )
    try:
        done = restore_backup(db.engine, settings, file, now, replace=replace)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    audit.record("backup.restored", _File(done.manifest.database_sha256[:40]), actor=None, now=now)
    db.session.commit()
    if done.saved:
        click.echo(f"原来的数据另存在 / what was here is kept in: {done.saved.path}")
    click.echo(f"已恢复并核对 / restored and compared: {done.manifest.said()}")
    for name in done.other_keys:
        click.echo(
            f"密钥 {name} 与备份时的不同：请换回原来的，否则证件号打不开或对不上。/ "
            f"The {name} key differs from the one at the time: put the former one back.",
            err=True,
        )
