"""The `flask` commands. Each says in its help what it does and what it changes."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask_migrate import upgrade

from app import jobs
from app.config import Settings


@click.command("work")
def work() -> None:
    """Run the worker: hand in at deadlines, seal the audit trail, send messages, do long jobs.

    Stops at SIGTERM or Ctrl-C. Several may run at once.
    """
    jobs.work_until_signalled()


@click.command("prepare")
def prepare() -> None:
    """Make the installation ready to serve: back up, migrate, load content and demonstration data.

    Safe to run at every start; does only what is not done yet.
    """
    settings: Settings = current_app.config["PEIZHEN"]
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    upgrade()


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (work, prepare):
        app.cli.add_command(command)
