"""The `flask` commands. Each says in its help what it does and what it changes."""

from __future__ import annotations

from itertools import pairwise

import click
from flask import Flask, current_app

from app import clock, jobs
from app.accounts.commands import identity_commands
from app.backup import BackupError
from app.bank.commands import bank_commands
from app.bank.content import folders, read_content
from app.bank.syncing import check_questions, sync_questions
from app.config import Settings
from app.demo import load_demo
from app.demo.commands import demo
from app.extensions import db
from app.handbook.commands import check_content, impact_of
from app.learning.content import read_courses
from app.learning.syncing import check_course, sync_course
from app.operations import COMMANDS, preparing
from app.operations.verifying import verify_certificate
from app.reference import load_districts
from app.register.commands import certificate_commands


@click.command("work")
def work() -> None:
    """Run the worker: hand in at deadlines, seal the audit trail, send messages, do long jobs.

    Stops at SIGTERM or Ctrl-C. Several may run at once.
    """
    jobs.work_until_signalled()


@click.command("prepare")
@click.option(
    "--urgent", "--force", is_flag=True, help="Change tables even while an exam sitting is near."
)
def prepare(urgent: bool) -> None:
    """Make the installation ready to serve: back up, migrate, load content and demonstration data.

    Safe to run at every start, and after an interruption; does only what is not done yet. When
    tables have to change, a backup is made first (the last five are kept), and it refuses while
    an exam sitting is near or open.
    """
    settings: Settings = current_app.config["PEIZHEN"]
    with preparing.only_one(settings.data_dir):
        try:
            made = preparing.bring_tables_up(clock.now(), urgent=urgent)
        except (preparing.FrozenError, BackupError) as error:
            raise click.ClickException(str(error)) from error
        if made:
            click.echo(f"升级前的备份 / backup before the upgrade: {made.path}")
        if count := load_districts():
            click.echo(f"新增 {count} 个区 / {count} districts added.")
        for sentence in sync_or_stop():
            click.echo(sentence)
        if settings.demo:
            load_demo(clock.now())


@click.group("content")
def content() -> None:
    """Bring the content files (questions, blueprints, courses) into the installation."""


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


content.add_command(check_content)
content.add_command(impact_of)


def sync_or_stop(*, check: bool = False) -> list[str]:
    """Read all files, then write in one transaction; exit with the problems printed."""
    # All parsing comes before the transaction: an open one would hold up everybody's saves.
    bank, courses = read_content(folders()), read_courses()
    if check:
        new = {question.id: question.pool for question in bank.questions}
        found = [*check_questions(), *check_course(courses, new)]
        for warning in courses.warnings:
            click.echo(str(warning), err=True)
        _stop_at([str(problem) for problem in found])
        click.echo("内容文件没有问题。")
        return []
    questions = sync_questions(clock.now(), bank)
    # Lessons name questions, so the bank comes first; without it only the files can be judged.
    course = None if questions.problems else sync_course(clock.now(), courses)
    problems = [*questions.problems, *(course.problems if course else courses.problems)]
    if course is None or problems:
        db.session.rollback()
        _stop_at([str(problem) for problem in problems])
        return []
    db.session.commit()
    return [*questions.sentences(), *course.sentences()]


def _stop_at(problems: list[str]) -> None:
    if not problems:
        return
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(f"内容文件有 {len(problems)} 处问题，什么都没有写入。", err=True)
    raise SystemExit(1)


def without_settings(arguments: list[str]) -> Flask | None:
    """Return what `flask bank check` and `flask content check` run in where nothing is installed.

    Looking into content files needs no database, no secrets and no address. None for other commands.
    """
    asked = set(pairwise(arguments))
    for group in (bank_commands, content):
        if (group.name, "check") in asked:
            bare = Flask("app")
            bare.cli.add_command(group)
            return bare
    return None


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (work, prepare, content, demo, *COMMANDS):
        app.cli.add_command(command)
    certificate_commands.add_command(verify_certificate)
    for group in (identity_commands, bank_commands, certificate_commands):
        app.cli.add_command(group)
