"""`flask bank …`: look into question files, and write the bank into files of other formats.

`check` is the same reading as an import and needs no database. What it prints as JSON is stable:
other programs may rely on the names.
"""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app import audit, clock
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion
from question_bank import ImportReport, Problem, Question, load
from question_bank.readers.anything import read_any
from question_bank.writers.losses import WRITERS, losses, write_as

MOST_BYTES = 64 * 1024 * 1024
UNREADABLE = 2
bank_commands = AppGroup("bank", help="Question files: check one, export the bank.")


@bank_commands.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "wanted", default="", help="The format, where it cannot be found out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(file: Path, wanted: str, as_json: bool) -> None:
    """Read a question file of any format and say what is in it; writes nothing.

    Knows YAML, Excel, CSV, Word, pasted text, Aiken, GIFT, Moodle XML and QTI. Exits with 0 when
    there is no problem, 1 when there are some, 2 when the file as a whole cannot be read.
    """
    report = _read(file, wanted)
    if as_json:
        click.echo(_printable(json.dumps(summary(report), ensure_ascii=False, indent=1)))
    else:
        _say(report)
    if report.unreadable:
        raise click.exceptions.Exit(UNREADABLE)
    if report.problems:
        raise click.exceptions.Exit(1)


def _read(file: Path, wanted: str) -> ImportReport:
    if file.stat().st_size > MOST_BYTES:
        problem = Problem(file.name, 1, "", "", "文件超过 64 MB，没有读，请分成几个再来。")
        return ImportReport(problems=(problem,), unreadable=True)
    return read_any(file.read_bytes(), file.name, wanted)


def _printable(text: str) -> str:
    """Write what no terminal takes, such as half a surrogate pair of a file's name, as an escape."""
    return text.encode("utf-8", "backslashreplace").decode()


def summary(report: ImportReport) -> dict[str, object]:
    """Return a report as the JSON object that `check --json` prints."""
    origins = [*report.origins, *[None] * (len(report.questions) - len(report.origins))]
    return {
        "format": report.format,
        "encoding": report.encoding,
        "questions": [
            {
                "kind": question.kind,
                "source_kind": origin.kind if origin else question.kind,
                "place": str(origin) if origin else question.id,
                "stem": stem_of(question),
                "id": question.id,
            }
            for question, origin in zip(report.questions, origins, strict=True)
        ],
        "skipped": [
            {
                "source_kind": one.kind,
                "place": f"{one.file}:{one.line} {one.item}".rstrip(),
                "reason": one.reason,
            }
            for one in report.skipped
        ],
        "problems": [_placed(one) for one in report.problems],
        "notes": [_placed(one) for one in report.notes],
    }


def _placed(one: Problem) -> dict[str, str]:
    return {"place": str(one).removesuffix(f"：{one.message}"), "message": one.message}


def stem_of(question: Question) -> str:
    """Return what a question asks, or the scene of a case."""
    return question.scene if question.parts else question.stem


def _say(report: ImportReport) -> None:
    for one in (*report.problems, *report.notes):
        click.echo(_printable(str(one)), err=True)
    for skipped in report.skipped:
        told = f"{skipped.file}:{skipped.line} 跳过 / skipped {skipped.kind}: {skipped.reason}"
        click.echo(_printable(told), err=True)
    click.echo(
        f"{report.format or '?'}: {len(report.questions)} 题可用，{len(report.skipped)} 题跳过，"
        f"{len(report.problems)} 处问题 / questions, skipped, problems"
    )


@bank_commands.command("export")
@click.option(
    "--format",
    "name",
    type=click.Choice(sorted(WRITERS)),
    default="yaml",
    help="The format to write; yaml loses nothing.",
)
@click.option(
    "--pool",
    type=click.Choice(["practice", "live"]),
    default="practice",
    help="Which questions: practice, or live ones (that is put on record).",
)
@click.option("--output", type=click.Path(path_type=Path), required=True, help="The new file.")
def export(name: str, pool: str, output: Path) -> None:
    """Write the current questions of one pool into a file of some format.

    Says first what the format cannot hold. An existing file is never overwritten. Taking out the
    live pool is put on record.
    """
    if output.exists():
        raise click.ClickException(
            f"{output} 已经存在，没有覆盖。/ exists already, nothing written."
        )
    versions = db.session.scalars(
        select(QuestionVersion)
        .join(QuestionEntry, QuestionEntry.id == QuestionVersion.entry_id)
        .where(
            QuestionEntry.pool == pool,
            QuestionEntry.status != "retired",
            QuestionVersion.number == QuestionEntry.current_number,
        )
        .order_by(QuestionEntry.code)
    ).all()
    questions = [load(version.body) for version in versions]
    for loss in losses(questions, name):
        click.echo(f"{loss.message}（{len(loss.ids)} 题 / questions）", err=True)
    output.write_bytes(write_as(questions, name))
    if pool == "live":
        now = clock.now()
        for version in versions:
            audit.record("question.exported", version, actor=None, now=now, format=name)
        db.session.commit()
    click.echo(f"写出 {len(questions)} 题 / {len(questions)} questions: {output}")
