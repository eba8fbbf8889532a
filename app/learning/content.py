"""Read the course folders of the product and check what only the database's columns can forbid.

Nothing is written and no database is asked. A fault is a `curricula.Problem` whose file begins
with the course folder's name, so that a sync takes all or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from curricula import CONTENT, Course, Guide, Problem, Station, course_folders, load_course

# As in app/models/learning.py: PostgreSQL refuses what is longer.
LONGEST_COURSE_CODE, LONGEST_EDITION, LONGEST_LESSON_CODE = 60, 20, 10
LONGEST_TITLE, LONGEST_TITLE_EN = 100, 150
COURSE_FILE = "course.yaml"


@dataclass(frozen=True)
class CourseFolder:
    """One course as read, with the folder it came from."""

    folder: Path
    course: Course
    stations: tuple[Station, ...] = ()
    guides: tuple[Guide, ...] = ()

    def problem(self, file: str, marker: str, code: str, zh: str, en: str) -> Problem:
        """Say something about the first line of a file that matches a pattern, else line 1."""
        return Problem(f"{self.folder.name}/{file}", self._line(file, marker), code, zh, en)

    def practice_line(self, question: str) -> str:
        """Return the pattern of the line that names a practice question in a lesson's file."""
        return rf"(?<![\w-]){re.escape(question)}(?![\w-])"

    def _line(self, file: str, marker: str) -> int:
        text = (self.folder / file).read_text(encoding="utf-8-sig", errors="replace")
        lines = enumerate(text.splitlines(), 1)
        return next((number for number, line in lines if re.search(marker, line)), 1)


@dataclass(frozen=True)
class CourseContent:
    """What the folders hold. With any problem nothing of it may be used."""

    courses: tuple[CourseFolder, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def read_courses(root: Path = CONTENT) -> CourseContent:
    """Read every course folder below `root`; reading goes on after the first fault."""
    courses: list[CourseFolder] = []
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for folder in course_folders(root):
        report = load_course(folder)
        problems += [_placed(folder, problem) for problem in report.errors]
        warnings += [_placed(folder, problem) for problem in report.warnings]
        if report.course is not None and report.usable:
            read = CourseFolder(folder, report.course, report.stations, report.guides)
            courses.append(read)
            problems += _too_long(read)
    return CourseContent(tuple(courses), tuple(problems), tuple(warnings))


def _placed(folder: Path, problem: Problem) -> Problem:
    return replace(problem, file=f"{folder.name}/{problem.file}")


def _too_long(read: CourseFolder) -> Iterator[Problem]:
    course = read.course
    fields = [
        ("code", course.code, LONGEST_COURSE_CODE, "^code:"),
        ("edition", course.edition, LONGEST_EDITION, "^edition:"),
        ("title.zh", course.title.zh, LONGEST_TITLE, "^title:"),
        ("title.en", course.title.en, LONGEST_TITLE_EN, "^title:"),
    ]
    for lesson in course.lessons:
        marker = rf"""\bid:\s*["']?{re.escape(lesson.id)}["',]"""
        fields += [
            ("id", lesson.id, LONGEST_LESSON_CODE, marker),
            ("title.zh", lesson.title.zh, LONGEST_TITLE, marker),
            ("title.en", lesson.title.en, LONGEST_TITLE_EN, marker),
        ]
    for name, value, longest, marker in fields:
        if len(value) > longest:
            yield read.problem(
                COURSE_FILE,
                marker,
                "too-long",
                f"{name} 有 {len(value)} 个字，最多 {longest} 个；请缩短。",
                f"{name} has {len(value)} characters, the limit is {longest}; shorten it.",
            )
