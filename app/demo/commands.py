"""Commands of the demonstration."""

from __future__ import annotations

import click

from app import clock
from app.demo.accounts import ACCOUNTS, PASSWORD
from app.demo.loading import load_demo


@click.group("demo")
def demo() -> None:
    """Load the demonstration and name its accounts. Nothing here works in production."""


@demo.command("accounts")
def accounts() -> None:
    """Print one demonstration account per role, with the password they share."""
    click.echo(f"密码 / password: {PASSWORD}")
    for account in ACCOUNTS:
        click.echo(f"  {account.login:<12} {account.zh} / {account.en}")


@demo.command("load")
def load() -> None:
    """Bring the demonstration data up to date. Safe to run again: writes only what is missing."""
    load_demo(clock.now())
