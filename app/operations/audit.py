"""`flask audit …`: check the trail, and take it and its signed heads away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import AppGroup

from app import audit_chain, clock
from app.audit_chain import export, heads
from app.extensions import db, reading_only

audit_commands = AppGroup(
    "audit", help="Check the audit trail, and export it for others. Nothing here changes a line."
)


@audit_commands.command("verify")
@click.option(
    "--heads",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Signed heads that left the database; without it, audit-heads.jsonl of the data folder.",
)
@click.option("--public-key", "public_keys", multiple=True, help="A former key, if it was changed.")
def verify(files: tuple[Path, ...], public_keys: tuple[str, ...]) -> None:
    """Recompute the chain over all audit lines and hold it against signed heads.

    Prints what is wrong, one line each, and ends with status 1 if anything is. Changes nothing.
    Give heads that were kept on another machine: whoever can write here can write the file here.
    """
    own = heads.heads_file()
    try:
        given = [
            head
            for path in files or ([own] if own.exists() else [])
            for head in heads.read_file(path)
        ]
    except heads.HeadsFileError as error:
        raise click.ClickException(f"链头文件有一行读不了：{error} / not a signed head") from error
    with reading_only():
        findings = audit_chain.verify(clock.now(), given, public_keys)
        state = audit_chain.read_state()
        db.session.rollback()
    for finding in findings:
        click.echo(str(finding))
    click.echo(
        f"已封存 {state.sealed} 条，等待 {state.waiting} 条，链头 {len(given)} 个，问题 {len(findings)} 处。/ "
        f"{state.sealed} sealed, {state.waiting} waiting, {len(given)} heads, {len(findings)} findings."
    )
    if findings:
        raise SystemExit(1)


@audit_commands.command("heads")
@click.option("--output", required=True, type=click.Path(path_type=Path), help="File to write.")
@click.option("--sign", is_flag=True, help="Seal what waits and sign a new head first.")
def write_heads(output: Path, sign: bool) -> None:
    """Write all signed heads to a file, to be kept on another machine or on paper.

    A head says how long the trail was and how it ended. With it, a trail that was recomputed or
    cut short shows. Also prints the public key, which should be noted in a third place.
    """
    if sign:
        audit_chain.seal_all(clock.now())
        audit_chain.sign_head("asked for", clock.now())
        db.session.commit()
    count = _write(output, export.head_lines())
    click.echo(f"写出链头 {count} 个到 {output} / {count} signed heads written.")
    click.echo(f"公钥 public key: {heads.public_key_hex()}")


@audit_commands.command("export")
@click.option("--output", required=True, type=click.Path(path_type=Path), help="File to write.")
def write_trail(output: Path) -> None:
    """Write the whole trail with its seals to a file of JSON lines.

    Anybody can check it with script/check_audit.py, without this product. It holds references,
    no names and no numbers. Changes nothing.
    """
    with reading_only():
        count = _write(output, export.trail_lines())
        db.session.rollback()
    click.echo(f"写出操作记录 {count} 条到 {output} / {count} audit lines written.")


def _write(output: Path, lines: Iterator[str]) -> int:
    count = 0
    with output.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(line + "\n")
            count += 1
    return count
