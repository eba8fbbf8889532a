"""Bring the course files into editions and lesson versions: all or nothing.

What a trainee has met is superseded, never overwritten: a changed text is the next number of its
lesson and reaches everyone in that edition. How the edition is built (modules, lessons, minutes,
prerequisites) is fixed as soon as a class studies by it; then only a new edition number changes it,
and both stand side by side. Nothing is deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, text

from app import audit
from app.extensions import db
from app.learning import removing
from app.learning.content import COURSE_FILE, CourseContent, CourseFolder, read_courses
from app.learning.outlines import dump_outline, structure
from app.models.bank import QuestionEntry
from app.models.learning import CourseEdition, LessonVersion
from app.models.training import TrainingClass
from curricula import Lesson, Problem, RenderedLesson, dump_lesson, fingerprint, render_lesson

SYNC_LOCK = 0x6B656368  # any number; the same in each process, not that of the question bank


@dataclass
class SyncReport:
    """What one sync did; lessons as `edition/code`. With problems it did nothing."""

    editions: list[str] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    redrawn: list[str] = field(default_factory=list)
    """The text is the same; the page's HTML was written anew by a newer program."""
    outlines: list[str] = field(default_factory=list)
    """Editions whose outline (titles, or all of it while no class uses it) was brought up to date."""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def did_nothing(self) -> bool:
        """Tell whether the database already was as the files say."""
        return not (self.editions or self.created or self.changed or self.redrawn or self.outlines)

    def sentences(self) -> list[str]:
        """Say it in whole sentences, for the command."""
        lines = [str(warning) for warning in self.warnings]
        if self.problems:
            lines += [str(problem) for problem in self.problems]
            return [*lines, f"课程文件有 {len(self.problems)} 处问题，没有写入任何课程内容。"]
        said = [
            (self.editions, "新增课程版本：{codes}。"),
            (self.created, "新增 {n} 课。"),
            (self.changed, "{n} 课换成新的一版：{codes}。"),
            (self.redrawn, "{n} 课文字没变，重新排了页面。"),
            (self.outlines, "更新了课表：{codes}。"),
        ]
        lines += [
            words.format(n=len(codes), codes="、".join(codes)) for codes, words in said if codes
        ]
        return lines if not self.did_nothing else [*lines, "课程没有变化。"]


def check_course(
    content: CourseContent | None = None, practice: Mapping[str, str] | None = None
) -> tuple[Problem, ...]:
    """Return every problem by file and line, and write nothing.

    `practice` adds questions (code -> pool) that stand in files and are not in the bank yet.
    """
    read = content or read_courses()
    return read.problems or _contradictions(read, _pools() | dict(practice or {}))


def sync_course(now: datetime, content: CourseContent | None = None) -> SyncReport:
    """Write editions and lesson versions. Does nothing when the report has problems.

    Questions are synced before, because lessons name them. `content` is what was read before, so
    that no transaction is open while files are read. The caller commits once.
    """
    read = content or read_courses()
    if read.problems:
        return SyncReport(problems=read.problems, warnings=read.warnings)
    _lock()
    problems = _contradictions(read, _pools())
    report = SyncReport(problems=problems, warnings=read.warnings)
    if not problems:
        for one in read.courses:
            _sync_one(one, report, now)
        db.session.flush()
    return report


def _lock() -> None:
    # SQLite writes begin with BEGIN IMMEDIATE, which is the lock already.
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SYNC_LOCK})


def _pools() -> dict[str, str]:
    """Return the pool of every question of the bank by its code."""
    rows = db.session.execute(select(QuestionEntry.code, QuestionEntry.pool))
    return {row.code: row.pool for row in rows}


def _find_edition(one: CourseFolder) -> CourseEdition | None:
    return db.session.scalar(
        select(CourseEdition).where(
            CourseEdition.code == one.course.code, CourseEdition.edition == one.course.edition
        )
    )


def _contradictions(read: CourseContent, pools: Mapping[str, str]) -> tuple[Problem, ...]:
    """Name what the files say and the database cannot take over."""
    problems: list[Problem] = []
    for one in read.courses:
        problems += _frozen(one)
        problems += _finished(one)
        for lesson in one.course.lessons:
            problems += _practice_problems(one, lesson, pools)
    return tuple(problems)


def _frozen(one: CourseFolder) -> Iterable[Problem]:
    edition = _find_edition(one)
    if edition is None or structure(edition.outline) == structure(dump_outline(one.course)):
        return
    used = select(TrainingClass.id).where(TrainingClass.edition_id == edition.id).limit(1)
    if db.session.scalar(used) is not None:
        number = one.course.edition
        yield one.problem(
            COURSE_FILE,
            "^edition:",
            "edition-in-use",
            f"已有班级在用 {number} 版，它的模块、课、分钟数和先修课不能再改；请写一个新的 edition。",
            f"Classes study by edition {number}: its modules, lessons, minutes and prerequisites "
            "stand; give the changed course a new edition.",
        )


def _finished(one: CourseFolder) -> Iterable[Problem]:
    """Refuse to retire or empty a lesson that people have finished."""
    edition = _find_edition(one)
    if edition is None:
        return
    for lesson in one.course.lessons:
        finished = 0 if lesson.countable else removing.finished_by(edition, lesson.id)
        if finished:
            yield one.problem(
                lesson.file or COURSE_FILE,
                "^status:" if lesson.file else rf"""\bid:\s*["']?{re.escape(lesson.id)}["',]""",
                "lesson-finished",
                f"已有 {finished} 人学完第 {lesson.id} 课，不能停用或撤下；请写一个新的 edition。",
                f"{finished} people have finished lesson {lesson.id}: it cannot be retired; "
                "give the changed course a new edition.",
            )


def _practice_problems(
    one: CourseFolder, lesson: Lesson, pools: Mapping[str, str]
) -> Iterable[Problem]:
    for question in lesson.practice:
        pool = pools.get(question)
        if pool == "practice":
            continue
        marker = one.practice_line(question)
        if pool is None:
            yield one.problem(
                lesson.file,
                marker,
                "unknown-practice-question",
                f"题库里没有练习题“{question}”；请核对题号，或先把这道题写进题库。",
                f"The bank has no question '{question}'; check the id or write the question first.",
            )
        else:
            yield one.problem(
                lesson.file,
                marker,
                "live-question-in-lesson",
                f"“{question}”是考试题，不能放在课里练习；请换一道练习题。",
                f"'{question}' is a live question and cannot be practised; name one for practice.",
            )


def _sync_one(one: CourseFolder, report: SyncReport, now: datetime) -> None:
    course = one.course
    edition = _find_edition(one)
    outline = dump_outline(course)
    name = f"{course.code} {course.edition}"
    if edition is None:
        edition = CourseEdition(code=course.code, edition=course.edition)
        db.session.add(edition)
        report.editions.append(name)
        audit.record("course.edition_added", edition, actor=None, now=now, edition=course.edition)
    elif (edition.outline, edition.title, edition.title_en) != (
        outline,
        course.title.zh,
        course.title.en,
    ):
        report.outlines.append(name)
        audit.record("course.outline_changed", edition, actor=None, now=now)
    else:
        _sync_lessons(edition, one, report, now)
        return
    edition.title, edition.title_en = course.title.zh, course.title.en
    edition.outline, edition.updated_at = outline, now
    db.session.flush()
    _sync_lessons(edition, one, report, now)


def _sync_lessons(
    edition: CourseEdition, one: CourseFolder, report: SyncReport, now: datetime
) -> None:
    rows = db.session.scalars(
        select(LessonVersion)
        .where(LessonVersion.edition_id == edition.id)
        .order_by(LessonVersion.number)
    )
    newest = {row.code: row for row in rows}
    taken_out = removing.removed(edition)
    for lesson in one.course.lessons:
        last = newest.pop(lesson.id, None)
        name = f"{edition.edition}/{lesson.id}"
        rendered = render_lesson(lesson)
        if last is None:
            _add_version(edition, lesson, rendered, 1, now)
            report.created.append(name)
        elif last.content_hash != fingerprint(lesson) or not last.current:
            last.current = False
            changed = _add_version(edition, lesson, rendered, last.number + 1, now)
            changed.countable = lesson.countable and lesson.id not in taken_out
            report.changed.append(name)
        elif (last.html, last.teaching_html) != (rendered.html, rendered.teaching_html):
            last.html, last.teaching_html = rendered.html, rendered.teaching_html
            report.redrawn.append(name)
    for gone in newest.values():  # left the outline, which only happens before a class uses it
        gone.current = False


def _add_version(
    edition: CourseEdition, lesson: Lesson, rendered: RenderedLesson, number: int, now: datetime
) -> LessonVersion:
    version = LessonVersion(
        edition_id=edition.id,
        code=lesson.id,
        number=number,
        current=True,
        title=lesson.title.zh,
        title_en=lesson.title.en,
        minutes=lesson.minutes,
        practical=lesson.practical,
        countable=lesson.countable,
        front=dump_lesson(lesson),
        html=rendered.html,
        teaching_html=rendered.teaching_html,
        content_hash=fingerprint(lesson),
        review_by=lesson.review_by,
        created_at=now,
    )
    db.session.add(version)
    audit.record(
        "lesson.version_added", version, actor=None, now=now, code=lesson.id, number=number
    )
    return version
