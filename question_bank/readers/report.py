"""What a reader gives back: the good questions, and every problem with its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from question_bank.question import Question


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. ``line`` counts from 1; ``item`` is the question's id where known."""

    file: str
    line: int
    item: str
    place: str
    message: str

    def __str__(self) -> str:
        inside = "，".join(part for part in (self.item, self.place) if part)
        return f"{self.file}:{self.line}{f' {inside}' if inside else ''}：{self.message}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A question that is well known to the format but beyond this program; named, not guessed."""

    file: str
    line: int
    item: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a question that was read comes from; ``kind`` is what its format calls it."""

    file: str
    line: int
    item: str
    kind: str
    place: str = ""  # sheet, row and column, where a line says too little

    def __str__(self) -> str:
        inside = "，".join(part for part in (self.item, self.place) if part)
        return f"{self.file}:{self.line}{f' {inside}' if inside else ''}"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Everything one reading found. A reader never stops at the first fault.

    ``notes`` are no faults: what was read all the same and wants a look (a hidden row, the value of
    a formula). ``unreadable``: the source as a whole could not be read (encoding, size, another format).
    ``origins`` has one entry for each question, in the same order (the YAML reader leaves it
    empty: there the question's own id is its place). ``attachments`` are embedded pictures and sounds by
    SHA-256 that ``media`` entries name; nobody has looked into them yet. ``incomplete`` has the ids
    of questions that lost a picture or sound on the way, each named in ``problems``.
    """

    questions: tuple[Question, ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    unreadable: bool = False
    origins: tuple[Origin, ...] = ()
    format: str = ""
    encoding: str = ""
    attachments: Mapping[str, bytes] = field(default_factory=dict, hash=False)
    notes: tuple[Problem, ...] = ()
    incomplete: frozenset[str] = frozenset()

    @property
    def is_clean(self) -> bool:
        """No problem; something may still have been skipped."""
        return not self.problems and not self.unreadable
