"""The `flask` commands. Each says in its help what it does and what it changes."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask_migrate import upgrade

from app import clock, jobs
from app.bank.content import folders, read_content
from app.bank.syncing import check_questions, sync_questions
from app.config import Settings
from app.extensions import db


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


@click.group("content")
def content() -> None:
    """Bring the content files (questions, blueprints) into the installation."""


@content.command("sync")
@click.option("--check", is_flag=True, help="Only report problems by file and line; write nothing.")
def sync(check: bool) -> None:
    """Read the content files and bring what is new or changed into the database.

    Writes all or nothing: with any problem, each is printed with its file and line, nothing is
    written and the exit status is 1. What people have met is never overwritten, only followed by
    a next version. Safe to run again.
    """
    if check:
        sync_or_stop(check=True)
        return
    for sentence in sync_or_stop():
        click.echo(sentence)


def sync_or_stop(*, check: bool = False) -> list[str]:
    """Read all files, then write in one transaction; exit with the problems printed."""
    if check:
        problems = check_questions()
        _stop_at([str(problem) for problem in problems])
        click.echo("内容文件没有问题。")
        return []
    # All parsing comes before the transaction: an open one would hold up everybody's saves.
    bank = read_content(folders())
    questions = sync_questions(clock.now(), bank)
    if questions.problems:
        db.session.rollback()
        _stop_at([str(problem) for problem in questions.problems])
    db.session.commit()
    return questions.sentences()


def _stop_at(problems: list[str]) -> None:
    if not problems:
        return
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(f"内容文件有 {len(problems)} 处问题，什么都没有写入。", err=True)
    raise SystemExit(1)


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (work, prepare, content):
        app.cli.add_command(command)
