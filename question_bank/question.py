"""Question, Choice, Source, Response: what a question is and what somebody answered.

One class holds every kind; a case set is a question with a scene and parts. The classes describe
content, never a row: they know no pool of people, no exposure, no database id. Reading and writing
them is in ``body.py``, what each kind does with them in ``kinds/``, what only some kinds are made
of in ``pieces.py``.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from question_bank.pieces import Blank, Criterion, GivenFile, Medium, NumericAnswer, OtherUnit

LEVEL_LABELS = {"recall": "识记", "use": "运用", "judgement": "判断"}
LEVELS = tuple(LEVEL_LABELS)
BANDS = ("easy", "medium", "hard")
POOLS = ("live", "practice")
STATUSES = ("draft", "first_review", "final_review", "trial", "active", "retired")
WRITER_KINDS = ("human", "ai_drafted")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, where it is, and a sentence that says how to mend it."""

    path: Path
    message: str

    @property
    def place(self) -> str:
        """Write the path as people read it: ``options[2].text``, counted from 1."""
        place = ""
        for step in self.path:
            place += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if place else step
        return place


class QuestionError(ValueError):
    """A body is not a question. ``faults`` holds everything found, ``place`` names the first."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        self.place = faults[0].place
        super().__init__("；".join(f"{fault.place}：{fault.message}" for fault in faults))


class UnsupportedKindError(QuestionError):
    """The kind is not one this program can ask or mark. Never treated as another kind."""

    def __init__(self, kind: str, path: Path, message: str) -> None:
        self.kind = kind
        super().__init__([Fault((*path, "kind"), message)])


class ResponseFormatError(ValueError):
    """What the browser sent is no answer to this question. It is not a wrong answer: not marked."""


class CannotMarkError(ValueError):
    """The program cannot give this response a fraction, and gives none by a guess."""


class NeedsPeopleError(CannotMarkError):
    """People mark this kind. ``ids`` names the questions (parts) that wait for them."""

    def __init__(self, ids: tuple[str, ...]) -> None:
        self.ids = ids
        super().__init__(f"这几题要由人评分，程序不给分：{'、'.join(ids)}。请交给评分人。")


class NoMarkError(CannotMarkError):
    """The question is text to read and carries no mark at all."""

    def __init__(self, question_id: str) -> None:
        super().__init__(f"{question_id} 只是说明文字，没有分数，请不要给它评分。")


@dataclass(frozen=True, slots=True)
class Choice:
    """One option. The id reaches the browser and carries no meaning; the letter is the position."""

    id: str
    text: str
    why: str = ""  # why it is right, or why it tempts
    lock: bool = False  # keeps its place when options are shuffled
    weight: Fraction | None = None  # −1..1, only for the rule plus_minus_practice
    media: tuple[str, ...] = ()  # names of the question's media that stand on this option
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Difficulty:
    """A guess before use: the band, and the share (0..1) of just-trained people who get it right."""

    band: str
    p: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from. In files it is named by id, in a body it is written out."""

    id: str
    title: str
    issuer: str = ""
    date: datetime.date | None = None
    date_kind: str = ""  # 公布, 施行 …
    note: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote it. Drafted by a machine, it cannot leave draft before a person approved it."""

    kind: str = "human"
    approved_by: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One version of one question, or of one case set with its parts.

    ``options`` are what may be put in another order: the options of the choice kinds, the items of
    an ordering, the right sides of a matching. ``key`` names them: the right ones in file order,
    of an ordering all in the right order. ``rule`` is the question's own marking rule, empty for
    the kind's default; the exam's rule wins over it. Media that no option names stand under the
    stem (of a case set, under the scene). Parts of a case set inherit what they do not say.
    """

    id: str
    kind: str
    pool: str
    domain: str
    lesson: str
    version: int = 1
    level: str = ""  # empty on a case set: its parts have levels
    stem: str = ""  # empty on a case set
    scene: str = ""  # only on a case set
    options: tuple[Choice, ...] = ()
    key: tuple[str, ...] = ()
    rule: str = ""
    shuffle: bool = True
    lefts: tuple[Choice, ...] = ()  # matching: the left sides, never shuffled
    pairs: tuple[tuple[str, str], ...] = ()  # matching: (left id, right id)
    blanks: tuple[Blank, ...] = ()  # fill_in
    answers: tuple[NumericAnswer, ...] = ()  # numeric, in the main unit
    unit: str = ""  # numeric: the main unit
    units: tuple[OtherUnit, ...] = ()  # numeric: others that may be written
    unit_required: bool = False  # numeric: the unit is part of the answer and not shown
    rubric: tuple[Criterion, ...] = ()  # short_answer, upload
    model_answer: str = ""  # short_answer, upload: what a full answer holds
    longest: int = 0  # short_answer: characters, 0 for the default
    accepts: tuple[str, ...] = ()  # upload: of UPLOAD_KINDS
    most_files: int = 1  # upload
    largest_mb: int = 10  # upload: each file
    parts: tuple["Question", ...] = ()
    explanation: str = ""
    section: str = ""
    objective: str = ""
    headings: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    also_lessons: tuple[str, ...] = ()
    difficulty: Difficulty | None = None
    sources: tuple[Source, ...] = ()
    media: tuple[Medium, ...] = ()
    enemies: tuple[str, ...] = ()
    language: str = "zh-CN"
    status: str = "draft"
    review_by: datetime.date | None = None
    writer: Writer = Writer()
    reviewers_needed: tuple[str, ...] = ()
    reviewed: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)
    format_version: str = "1.1"
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def choice(self, option_id: str) -> Choice:
        """Give the option with this id; KeyError when there is none."""
        for option in self.options:
            if option.id == option_id:
                return option
        raise KeyError(option_id)

    def marked_questions(self) -> tuple["Question", ...]:
        """Give what is marked alone: the parts of a case set, or the question itself.

        A description is marked by nobody and left out.
        """
        return tuple(one for one in self.parts or (self,) if one.kind != "description")


@dataclass(frozen=True, slots=True)
class Response:
    """A well-formed answer; each kind uses one of the fields and leaves the others empty."""

    chosen: tuple[str, ...] = ()  # option ids; of an ordering all items, as put in order
    parts: Mapping[str, "Response"] = field(default_factory=dict, hash=False)
    pairs: Mapping[str, str] = field(default_factory=dict, hash=False)  # left -> right or ""
    texts: Mapping[str, str] = field(default_factory=dict, hash=False)  # blank -> text or ""
    text: str = ""  # numeric and short_answer, as typed
    files: tuple[GivenFile, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Nothing at all was answered."""
        own = self.chosen or self.text or self.files
        several = any(self.pairs.values()) or any(self.texts.values())
        return not own and not several and all(part.is_blank for part in self.parts.values())

    @property
    def is_complete(self) -> bool:
        """Nothing was left out: no part of a case set, no pair, no blank."""
        if self.parts:
            return all(part.is_complete for part in self.parts.values())
        several = [*self.pairs.values(), *self.texts.values()]
        if several:
            return all(several)
        return bool(self.chosen or self.text or self.files)
