"""`flask retention …`: what is kept, how long, and what is past due."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app import clock, retention
from app.extensions import db, reading_only

retention_commands = AppGroup(
    "retention", help="How long records are kept. The periods are dated settings (规则设置)."
)


@retention_commands.command("report")
def report() -> None:
    """List every table with its class, its period and how many rows are past due.

    Deletes nothing: except for passing records (see `sweep`), a person decides, because a legal
    hold or an open complaint goes before any period.
    """
    with reading_only():
        lines = retention.report(clock.now())
        db.session.rollback()
    click.echo(
        f"{'类别 class':<14} {'表 table':<24} {'期限 years':>10} {'行 rows':>10} {'到期 due':>10}"
    )
    for kept in lines:
        years = "-" if kept.years is None else str(kept.years)
        due = "with parent" if kept.past_due is None else str(kept.past_due)
        click.echo(f"{kept.retention:<14} {kept.table:<24} {years:>10} {kept.rows:>10} {due:>12}")


@retention_commands.command("sweep")
def sweep() -> None:
    """Delete passing records that ended 30 days ago: sessions, invitations, counts, finished jobs.

    The worker does the same once a day. Learning, exam and certificate records are never touched.
    """
    for table, count in retention.sweep_passing(clock.now()).items():
        click.echo(f"{table}: {count}")
