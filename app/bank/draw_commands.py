"""`flask bank recount` and `flask bank refresh-facts`: work out again what draws read.

Both repair copies: the counts come from the papers, the facts from the bodies. They may run at any
time, and a second run finds nothing to do.
"""

from __future__ import annotations

import click

from app import clock
from app.bank import exposure, refreshing
from app.bank.commands import bank_commands


@bank_commands.command("recount")
def recount() -> None:
    """Count again how often each question was shown in started exams."""
    changed = exposure.recount(clock.now())
    click.echo(f"已重算出现次数，改了 {changed} 题。/ counted again, {changed} changed.")


@bank_commands.command("refresh-facts")
def refresh_facts() -> None:
    """Work out again what draws know of each version, after a release that can ask more kinds.

    Running servers keep what they read: restart them afterwards.
    """
    changed = refreshing.refresh_facts()
    click.echo(
        f"已重算题目资料，改了 {changed} 个版本；请重启服务。"
        f"/ facts worked out again, {changed} versions changed; restart the server."
    )
