"""`flask certificates …`: looking through the register from the command line."""

from __future__ import annotations

import json

import click
from sqlalchemy import select

from app import clock
from app.errors import Refusal
from app.extensions import db
from app.models.people import User
from app.permissions import Scope, allows
from app.register import finding, repairing
from app.register.found import Finding, as_json


@click.group("certificates")
def certificate_commands() -> None:
    """Check the register of certificates."""


@certificate_commands.command("check")
@click.option("--json", "in_json", is_flag=True, help="Print what was found as JSON.")
@click.option("--no-files", is_flag=True, help="Do not read the stored files.")
@click.option(
    "--repair-as",
    metavar="LOGIN",
    default="",
    help="Do every repair the checker proposes, in the name of this registrar.",
)
def check(in_json: bool, no_files: bool, repair_as: str) -> None:
    """Find records of the register that cannot be, and list what would mend each.

    Changes nothing without --repair-as. Exit 0: nothing is wrong (or all of it was mended), 1:
    something is, 2: the named person may not repair.
    """
    person = _registrar(repair_as) if repair_as else None
    found = finding.find(clock.now(), with_files=not no_files)
    if person is not None:
        found = _repair(found, person.id)
    if in_json:
        text = {"found": [as_json(one) for one in found]}
        click.echo(json.dumps(text, ensure_ascii=False, indent=2))
    else:
        for one in found:
            click.echo(f"{one.number or one.object_id}  {one.code}  {one.what}")
            click.echo(f"    {one.repair or one.advice}")
        click.echo(f"找到 {len(found)} 个问题。" if found else "没有找到问题。")
    if found:
        raise SystemExit(1)


def _registrar(login: str) -> User:
    person = db.session.scalar(select(User).where(User.login_name == login))
    if person is None or not person.active or not allows(person, "register.repair", Scope()):
        raise click.UsageError(f"{login}：没有这个账号，或没有修复登记的权限。")
    return person


def _repair(found: list[Finding], person_id: str) -> list[Finding]:
    """Mend what can be mended, each in a transaction of its own. Returns what is left."""
    left = []
    for one in found:
        if not one.repair:
            left.append(one)
            continue
        person = db.session.get_one(User, person_id)
        try:
            repairing.repair(one.code, one.object_id, actor=person, now=clock.now())
        except Refusal as refusal:
            db.session.rollback()
            click.echo(f"{one.number or one.object_id}  {refusal.sentence}", err=True)
            left.append(one)
        else:
            db.session.commit()
            click.echo(f"{one.number or one.object_id}  {one.code}  已修复", err=True)
    return left
