"""`flask bank import FILE`: the same reading, comparing and writing as the page, without looking.

What the page asks a person to decide stays out: questions that resemble others are named and left.
"""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from app import clock
from app.bank import import_jobs, importing, wall
from app.bank.commands import MOST_BYTES, UNREADABLE, bank_commands
from app.bank.import_comparing import ALIKE, MERGE, SAME, TAKE
from app.bank.import_reading import Reading
from app.bank.import_taking import TakingRefused
from app.errors import Refusal
from app.extensions import db
from app.models.bank import QuestionImport
from app.models.people import User
from app.permissions import allows
from question_bank.question import LEVELS
from question_bank.readers.collecting import Defaults
from question_bank.readers.opening import FORMATS


@bank_commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "wanted",
    type=click.Choice(FORMATS),
    default=None,
    help="The format, where it cannot be found out.",
)
@click.option(
    "--pool",
    type=click.Choice(["practice", "live"]),
    default="practice",
    help="The pool of questions that name none.",
)
@click.option("--domain", default="", help="The domain of questions that name none, such as D.")
@click.option("--lesson", default="", help="The lesson of questions that name none, such as 4.3.")
@click.option(
    "--level",
    type=click.Choice(["", *LEVELS]),
    default="",
    help="The thinking level of questions that name none.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would come in; write nothing.")
@click.option("--by", "login", required=True, help="Login of the author the questions get.")
def import_file(
    file: Path,
    wanted: str | None,
    pool: str,
    domain: str,
    lesson: str,
    level: str,
    dry_run: bool,
    login: str,
) -> None:
    """Bring a question file of any format into the bank, as drafts of a named person.

    Takes all good questions or, when something goes wrong, none. What is in the bank already is
    skipped, a changed question with a known code becomes its next version, and what resembles
    another question is named and left out. Exits with 0, with 1 when there were problems, with 2
    when the file cannot be read at all.
    """
    author = _author(login, pool)
    if file.stat().st_size > MOST_BYTES:
        raise click.ClickException("文件超过 64 MB，请分成几个再来。/ over 64 MB, split the file.")
    source = importing.Source(
        file.name, file.read_bytes(), wanted or "", Defaults(pool, domain, lesson, level)
    )
    now = clock.now()
    pools = wall.visible_pools(author, clock.shanghai_date(now))
    reading = importing.read(source, pools=pools, now=now)
    _say(reading)
    if reading.unreadable:
        raise click.exceptions.Exit(UNREADABLE)
    if not dry_run:
        _write(source, reading, db.session.get_one(User, author.id))
    if any(one["kind"] == "problem" for one in reading.troubles):
        raise click.exceptions.Exit(1)


def _author(login: str, pool: str) -> User:
    author = db.session.scalar(select(User).where(User.login_name == login))
    if author is None:
        raise click.ClickException(f"没有登录名 {login}。/ there is no login {login}.")
    if not allows(author, "bank.write"):
        raise click.ClickException(f"{login} 不能编写题目。/ {login} may not write questions.")
    if pool == wall.LIVE:
        try:
            wall.refuse_live(author, clock.shanghai_date(clock.now()))
        except Refusal as refused:
            raise click.ClickException(refused.sentence) from None
    return author


def _say(reading: Reading) -> None:
    if reading.unreadable:
        click.echo(reading.unreadable, err=True)
        return
    for one in reading.troubles:
        click.echo(f"{one['place']}：{one['message']}", err=True)
    for item in reading.items:
        if item.standing == ALIKE:
            name, score, _where = item.alike[0]
            click.echo(f"{item.place}：和 {name} 相近 {score}%，没有写入。", err=True)
    if reading.lacking:
        click.echo(
            f"{reading.lacking} 题只差领域、课或层次。请加上默认值再读一次，"
            "例如 --domain D --lesson 4.3 --level recall。",
            err=True,
        )
    decided = [item.decision for item in reading.items]
    same = sum(item.standing == SAME for item in reading.items)
    click.echo(
        f"{reading.format}: {decided.count(TAKE)} 题新，{decided.count(MERGE)} 题成为新版，"
        f"{same} 题已经有了 / new, next versions, known already"
    )


def _write(source: importing.Source, reading: Reading, author: User) -> None:
    now = clock.now()
    batch = importing.begin(source, owner=author, now=now)
    importing.keep_items(batch, reading.items)
    importing.keep_reading(batch, reading, now=now)
    db.session.flush()
    if not any(item.decision in (TAKE, MERGE) for item in reading.items):
        importing.stop(batch, actor=author, now=now)
        db.session.commit()
        click.echo("没有要写入的题。/ nothing to write.")
        return
    importing.start_taking(batch, actor=author, now=now)
    db.session.commit()
    _take(batch)


def _take(batch: QuestionImport) -> None:
    import_id = batch.id
    try:
        created, merged = import_jobs.take(import_id, now=clock.now(), in_chunks=True)
    except TakingRefused as refused:
        db.session.rollback()
        import_jobs.put_all_back(import_id, refused.sentence)
        raise click.ClickException(refused.sentence) from None
    except BaseException:
        db.session.rollback()
        import_jobs.put_all_back(import_id, "")
        raise
    click.echo(f"写入 {created} 题，{merged} 题成为新版。/ written, next versions.")
