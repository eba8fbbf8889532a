"""Read the question and blueprint files of an installation: those that ship, and its own folder.

Nothing is written here. Everything that would fail later (an id too long for its column, a pool
that changed sides) is a problem with file and line, so that a sync takes all or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

import question_bank
from app.config import Settings
from question_bank import Blueprint, Problem, Question, read_blueprint, read_files

SHIPPED = Path(question_bank.__file__).parent / "content"
BLUEPRINTS = "blueprints"
LONGEST_CODE, LONGEST_LESSON, LONGEST_DOMAIN = 40, 10, 4  # as in app/models/bank.py
LONGEST_BLUEPRINT_CODE, LONGEST_TITLE = 60, 100


@dataclass(frozen=True)
class BankContent:
    """What the files hold. With any problem nothing of it may be used."""

    questions: tuple[Question, ...]
    blueprints: tuple[Blueprint, ...]
    problems: tuple[Problem, ...]
    places: dict[str, tuple[str, int]]
    """Question id -> file and line, for problems that only the database shows."""

    def problem(self, code: str, message: str) -> Problem:
        """Say something about a question at its place in the files."""
        file, line = self.places.get(code, ("", 1))
        return Problem(file, line, code, "", message)


def folders() -> list[Path]:
    """Return the folders of this installation: the shipped one, and its own live pool if set."""
    settings: Settings = current_app.config["PEIZHEN"]
    return [SHIPPED, *([settings.live_pool_dir] if settings.live_pool_dir else [])]


def read_content(roots: Iterable[Path]) -> BankContent:
    """Read every file below the roots as one bank; ids are unique and enemies known across all."""
    problems: list[Problem] = []
    questions: list[tuple[str, bytes]] = []
    tables: list[tuple[str, bytes]] = []
    for root in roots:
        if not root.is_dir():
            problems.append(
                Problem(root.name, 1, "", "", "题库文件夹不存在，请核对 LIVE_POOL_DIR。")
            )
            continue
        # The folder's own name tells two roots apart and gives away no path of the machine.
        for path in sorted(root.rglob("*.yaml")):
            name = path.relative_to(root.parent).as_posix()
            kept = tables if path.relative_to(root).parts[0] == BLUEPRINTS else questions
            kept.append((name, path.read_bytes()))
    report = read_files(questions)
    problems += report.problems
    problems += [Problem(s.file, s.line, s.item, "kind", s.reason) for s in report.skipped]
    places = _places(questions, {question.id for question in report.questions})
    blueprints = _read_tables(tables, problems)
    content = BankContent(report.questions, blueprints, (), places)
    problems += [fault for question in report.questions for fault in _too_long(content, question)]
    return BankContent(report.questions, blueprints, tuple(problems), places)


def _read_tables(
    files: Iterable[tuple[str, bytes]], problems: list[Problem]
) -> tuple[Blueprint, ...]:
    read: dict[str, tuple[str, Blueprint]] = {}
    for name, data in files:
        report = read_blueprint(data, name)
        problems += report.problems
        found = report.blueprint
        if found is None:
            continue
        if found.id in read:
            message = f"细目表编号 {found.id} 已在 {read[found.id][0]} 用过，请换一个。"
            problems.append(Problem(name, 1, found.id, "id", message))
        if len(found.id) > LONGEST_BLUEPRINT_CODE or len(found.title) > LONGEST_TITLE:
            message = (
                f"细目表的编号最长 {LONGEST_BLUEPRINT_CODE} 个字，名称最长 {LONGEST_TITLE} 个字。"
            )
            problems.append(Problem(name, 1, found.id, "", message))
        read.setdefault(found.id, (name, found))
    return tuple(blueprint for _name, blueprint in read.values())


def _too_long(content: BankContent, question: Question) -> Iterator[Problem]:
    for value, label, longest in (
        (question.id, "id", LONGEST_CODE),
        (question.lesson, "lesson", LONGEST_LESSON),
        (question.domain, "domain", LONGEST_DOMAIN),
    ):
        if len(value) > longest:
            message = f"{label} 有 {len(value)} 个字，最多 {longest} 个，请缩短。"
            yield content.problem(question.id, message)


def _places(files: Iterable[tuple[str, bytes]], codes: set[str]) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for name, data in files:
        text = data.decode("utf-8-sig", "replace")
        for line, words in enumerate(text.splitlines(), 1):
            match = re.search(r"""\bid:\s*["']?([^\s"',}]+)""", words)
            if match and match[1] in codes:
                found.setdefault(match[1], (name, line))
    return found
