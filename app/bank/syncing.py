"""Bring the question files into the bank: new ones, changed ones, all or nothing.

A version is never changed. A changed file is the next version and goes through approval again;
where people here have edited or retired the question, it only waits beside what they use. What an
open sitting uses stays as it is, because its revision holds version ids. Nothing is deleted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import selectinload

from app import audit
from app.bank.content import BankContent, folders, read_content
from app.bank.versions import FROM_BROWSER, FROM_FILES, add_version, body_hash, make_current
from app.extensions import db
from app.models.bank import ExamBlueprint, QuestionEntry
from question_bank import Blueprint, Problem, Question, dump, dump_blueprint

SYNC_LOCK = 0x7065697A  # any number; the same in each process


@dataclass
class SyncReport:
    """What one sync did, by code. With problems it did nothing."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    """The file's version was kept beside the one in use: edited or retired here."""
    absent: list[str] = field(default_factory=list)
    """Came from a file once and is in no file now; left as it is."""
    blueprints: list[str] = field(default_factory=list)
    blueprints_kept: list[str] = field(default_factory=list)
    """Edited in the browser: the file was not taken."""
    problems: tuple[Problem, ...] = ()

    @property
    def did_nothing(self) -> bool:
        """Tell whether the bank already was as the files say."""
        return not (self.created or self.changed or self.waiting or self.blueprints)

    def sentences(self) -> list[str]:
        """Say it in whole sentences, for the command."""
        if self.problems:
            return [
                *(str(problem) for problem in self.problems),
                f"题库文件有 {len(self.problems)} 处问题，没有写入任何题目。",
            ]
        said = [
            (self.created, "新增 {n} 题，都是草稿，两人审核后才能用于考试。"),
            (self.changed, "更新 {n} 题为新版本，回到草稿：{codes}。"),
            (self.waiting, "{n} 题在网页上改过或已停用，文件里的新版本先放着：{codes}。"),
            (self.absent, "{n} 题现在不在任何文件里，题库里照旧保留：{codes}。"),
            (self.blueprints, "写入 {n} 份细目表：{codes}。"),
            (self.blueprints_kept, "{n} 份细目表在网页上改过，没有用文件覆盖：{codes}。"),
        ]
        lines = [
            words.format(n=len(codes), codes="、".join(codes[:12]) + ("等" if codes[12:] else ""))
            for codes, words in said
            if codes
        ]
        return lines if not self.did_nothing else [*lines, "题目和细目表没有变化。"]


def check_questions() -> tuple[Problem, ...]:
    """Read the files of this installation and return every problem by file and line."""
    content = read_content(folders())
    return content.problems or _contradictions(content)


def sync_questions(now: datetime, content: BankContent | None = None) -> SyncReport:
    """Bring the files into the bank. Does nothing when the report has problems.

    `content` is what was read before, so that no transaction is open while files are parsed. The
    caller commits once; the whole sync is one transaction.
    """
    read = content or read_content(folders())
    if read.problems:
        return SyncReport(problems=read.problems)
    _lock()
    problems = _contradictions(read)
    if problems:
        return SyncReport(problems=problems)
    report = SyncReport()
    kept = _entries()
    for question in read.questions:
        entry = kept.get(question.id)
        if entry is None:
            _create(question, now)
            report.created.append(question.id)
        else:
            _follow(entry, question, report, now)
    for blueprint in read.blueprints:
        _take_blueprint(blueprint, report, now)
    shipped = {question.id for question in read.questions}
    report.absent += sorted(
        code
        for code, entry in kept.items()
        if entry.origin == FROM_FILES and code not in shipped and entry.status != "retired"
    )
    db.session.flush()
    return report


def _lock() -> None:
    # SQLite writes begin with BEGIN IMMEDIATE, which is the lock already.
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SYNC_LOCK})


def _entries() -> dict[str, QuestionEntry]:
    rows = db.session.scalars(
        select(QuestionEntry).options(
            selectinload(QuestionEntry.versions), selectinload(QuestionEntry.labels)
        )
    )
    return {entry.code: entry for entry in rows}


def _contradictions(content: BankContent) -> tuple[Problem, ...]:
    """Name files that say something the bank can never take over."""
    known = db.session.execute(select(QuestionEntry.code, QuestionEntry.pool, QuestionEntry.origin))
    kept = {code: (pool, origin) for code, pool, origin in known}
    problems = []
    for question in content.questions:
        pool, origin = kept.get(question.id, (question.pool, FROM_FILES))
        if origin == FROM_BROWSER:
            message = "这个编号已被网页上新建的一道题用了，请给文件里的题换一个编号。"
            problems.append(content.problem(question.id, message))
        elif pool != question.pool:
            message = (
                f"题库里这道题是 {pool}，文件改成了 {question.pool}；"
                "考试题和练习题不能互换，请恢复原样，或换一个编号另写一题。"
            )
            problems.append(content.problem(question.id, message))
    return tuple(problems)


def _create(question: Question, now: datetime) -> None:
    entry = QuestionEntry(
        code=question.id, pool=question.pool, origin=FROM_FILES, author_id=None, created_at=now
    )
    make_current(entry, question, 1, now=now)
    db.session.add(entry)
    add_version(entry, question, 1, author=None, now=now)
    audit.record("question.created", entry, actor=None, now=now, version=1, origin=FROM_FILES)


def _follow(entry: QuestionEntry, question: Question, report: SyncReport, now: datetime) -> None:
    from_files = [version for version in entry.versions if version.created_by_id is None]
    if from_files and from_files[-1].body_hash == body_hash(dump(question)):
        return
    current = next(v for v in entry.versions if v.number == entry.current_number)
    number = entry.versions[-1].number + 1
    add_version(entry, question, number, author=None, now=now)
    waits = current.created_by_id is not None or entry.status == "retired"
    if waits:
        report.waiting.append(entry.code)
    else:
        make_current(entry, question, number, now=now)
        report.changed.append(entry.code)
    audit.record(
        "question.version_added",
        entry,
        actor=None,
        now=now,
        version=number,
        origin=FROM_FILES,
        current=not waits,
    )


def _take_blueprint(blueprint: Blueprint, report: SyncReport, now: datetime) -> None:
    body = dump_blueprint(blueprint)
    row = db.session.scalar(select(ExamBlueprint).where(ExamBlueprint.code == blueprint.id))
    if row is not None and row.body == body:
        return
    if row is not None and row.updated_by_id is not None:
        report.blueprints_kept.append(blueprint.id)
        return
    if row is None:
        row = ExamBlueprint(code=blueprint.id, origin=FROM_FILES)
        db.session.add(row)
    row.title = blueprint.title
    row.title_en = str(blueprint.extra.get("x_title_en", ""))
    row.body = body
    row.updated_at = now
    report.blueprints.append(blueprint.id)
    audit.record("blueprint.synced", row, actor=None, now=now)
