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

from app import clock
from app.bank import exporting, restoring, versions
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion
from question_bank import ImportReport, Problem, Question, load
from question_bank.archive import ArchiveRefusedError, read_archive
from question_bank.readers.anything import read_any
from question_bank.writers.losses import WRITERS

MOST_BYTES = 64 * 1024 * 1024
UNREADABLE = 2
AT_ONCE = 50  # questions indexed in one transaction
ARCHIVE = exporting.ARCHIVE
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
    type=click.Choice([*sorted(WRITERS), ARCHIVE]),
    default="yaml",
    help="The format to write; yaml holds the current versions whole, archive the history too.",
)
@click.option(
    "--pool",
    type=click.Choice(["practice", "live", "all"]),
    default="practice",
    help="Which questions: practice, live ones (that is put on record), or both.",
)
@click.option("--output", type=click.Path(path_type=Path), required=True, help="The new file.")
def export(name: str, pool: str, output: Path) -> None:
    """Write the questions of a pool into a file of some format.

    Says first what the format cannot hold. An existing file is never overwritten. Taking out live
    questions is put on record. An archive holds everything, retired questions too, and comes back
    with `flask bank restore`; the other formats hold the current versions of what is in use.
    """
    if output.exists():
        raise click.ClickException(
            f"{output} 已经存在，没有覆盖。/ exists already, nothing written."
        )
    entries = exporting.in_pools(["practice", "live"] if pool == "all" else [pool])
    now = clock.now()
    on = clock.shanghai_date(now).isoformat()
    if name == ARCHIVE:
        file = exporting.archived(entries, now=now, on=on)
    else:
        entries = exporting.in_use(entries)
        questions = exporting.questions_of(entries)
        file = exporting.written(questions, name, exporting.files_of(questions), on)
    exporting.note(entries, name, actor=None, now=now)
    for loss in file.losses:
        click.echo(f"{loss.message}（{len(loss.ids)} 题 / questions）", err=True)
    if not file.count:
        raise click.ClickException(
            f"没有一道题能写进 {name}，没有写文件。/ nothing that this format holds."
        )
    db.session.commit()  # on record before it leaves
    try:
        output.write_bytes(file.data)
    except OSError as error:
        raise click.ClickException(
            f"写不进 {output}：{error.strerror}。请核对文件夹在不在、能不能写。/ cannot be written."
        ) from None
    click.echo(f"写出 {file.count} 题 / {file.count} questions: {output}")


@bank_commands.command("reindex")
def reindex() -> None:
    """Make anew what every question is found by: once, when the way of searching has changed.

    Changes no question. May be stopped and begun again; nobody waits for it.
    """
    ids = list(db.session.scalars(select(QuestionEntry.id)))
    for start in range(0, len(ids), AT_ONCE):
        some = QuestionEntry.id.in_(ids[start : start + AT_ONCE])
        query = (
            select(QuestionEntry, QuestionVersion.body)
            .join(QuestionVersion, QuestionVersion.entry_id == QuestionEntry.id)
            .where(some, QuestionVersion.number == QuestionEntry.current_number)
        )
        for entry, body in db.session.execute(query):
            versions.index(entry, load(body))
        db.session.commit()
    click.echo(f"重做 {len(ids)} 题的检索。/ indexed anew")


@bank_commands.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Bring an archive back: what exists is left as it is, what is missing is added.

    Doing it twice changes nothing. Approvals count only where the accounts that gave them exist
    here; questions whose approvals do not suffice come back as drafts. Exits with 0 when all is
    here, 1 when something was left out or differs, 2 when the file is no archive.
    """
    try:
        archive = read_archive(file.read_bytes(), file.name)
    except ArchiveRefusedError as error:
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(UNREADABLE) from error
    report = restoring.restore(archive, now=clock.now())
    db.session.commit()
    for problem in archive.problems:
        click.echo(_printable(str(problem)), err=True)
    for sentence in _said(report):
        click.echo(sentence)
    if archive.problems or report.differing or report.lost_media:
        raise click.exceptions.Exit(1)


def _said(report: restoring.Restored) -> list[str]:
    told = [
        f"新增 {len(report.added)} 题，已有 {len(report.left)} 题未动。/ added, left as they are"
    ]
    if report.differing:
        codes = "、".join(report.differing[:20])
        told.append(
            f"{len(report.differing)} 题的编号已被内容不同的题占用，没有改动：{codes}。/ differ"
        )
    if report.lowered:
        codes = "、".join(report.lowered[:20])
        told.append(
            f"{len(report.lowered)} 题的审核人在这里没有账号，恢复为较早的状态，需要重新审核：{codes}。"
            "/ lowered for want of approvals"
        )
    if report.lost_media:
        told.append(f"{len(report.lost_media)} 个图片或录音打不开，没有恢复。/ media refused")
    return told
