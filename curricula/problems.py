"""How a fault in a content file is told: where it is, what is wrong and what to do.

Sentences are complete, Chinese first, with an English twin and a stable code that tests and
translators can rely on. Nothing here reads files.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault. `line` counts from 1; `file` is relative to the course folder.

    An error keeps the whole course from being synced; a warning is told and no more.
    """

    file: str
    line: int
    code: str
    zh: str
    en: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line} [{self.code}] {self.zh} / {self.en}"


@dataclass(slots=True)
class ProblemList:
    """Collects the problems of one file, so that reading can go on after the first."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def error(self, line: int, code: str, zh: str, en: str) -> None:
        """Note a fault that keeps the course from being used."""
        self.found.append(Problem(self.file, line, code, zh, en))

    def warning(self, line: int, code: str, zh: str, en: str) -> None:
        """Note a fault that the author should mend but that harms nobody."""
        self.found.append(Problem(self.file, line, code, zh, en, "warning"))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Take over problems found elsewhere, with their own places."""
        self.found.extend(problems)
