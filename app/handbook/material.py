"""All content files of an installation read together: course, stations, guides, questions, tables.

Reads files only, no database, so that content can be judged on any machine. What is shipped does
not change while a process runs; `shipped()` reads it once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.bank.content import SHIPPED, read_content
from app.learning.content import read_courses
from curricula import CONTENT, Course, Guide, Station
from question_bank import Blueprint, Question
from question_bank.blind_solve import Solve, read_solves

THEORY = "theory"
"""The blueprint of the whole paper; others (a demonstration's) are shorter."""


@dataclass(frozen=True)
class Material:
    """One course and everything that belongs to it. `problems` forbid using it."""

    course: Course
    stations: tuple[Station, ...]
    guides: tuple[Guide, ...]
    questions: tuple[Question, ...]
    blueprints: tuple[Blueprint, ...]
    solves: tuple[Solve, ...]
    problems: tuple[str, ...]

    @property
    def theory(self) -> Blueprint | None:
        """The blueprint of the whole theory paper."""
        return next((one for one in self.blueprints if one.id == THEORY), None)

    def guide(self, kind: str, id_: str) -> Guide | None:
        """Return a guide, or None."""
        return next((one for one in self.guides if (one.kind, one.id) == (kind, id_)), None)

    def station(self, id_: str) -> Station | None:
        """Return a station's draw, or None."""
        return next((one for one in self.stations if one.id == id_), None)


class NoCourseError(LookupError):
    """No course can be read; `problems` say why."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("没有可以读的课程。")


def read_material(courses: Path = CONTENT, bank: Path = SHIPPED) -> Material:
    """Read the first course below `courses` with the bank; raises NoCourseError."""
    read = read_courses(courses)
    content = read_content([bank])
    solves, solve_problems = read_solves(bank)
    problems = tuple(map(str, (*read.problems, *content.problems, *solve_problems)))
    if not read.courses:
        raise NoCourseError(problems)
    folder = read.courses[0]
    return Material(
        course=folder.course,
        stations=folder.stations,
        guides=folder.guides,
        questions=content.questions,
        blueprints=content.blueprints,
        solves=tuple(solves),
        problems=problems,
    )


@cache
def shipped() -> Material:
    """Return the material of the product; read once in a process."""
    return read_material()
