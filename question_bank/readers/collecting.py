"""What the readers of foreign formats share: collect questions, problems and places of one file.

A foreign file knows neither our domains nor our pools: ``Defaults`` says what the importing person
chose for all of its questions. A question without an id of its own gets one made from its content,
so importing the same file again gives the same ids.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from question_bank.body import check
from question_bank.fields import MAX_TEXT
from question_bank.question import BANDS, LEVELS, POOLS, Choice, Difficulty, Question
from question_bank.readers.report import ImportReport, Origin, Problem, Skipped

MAX_QUESTIONS = 20_000  # in one file
RULE_TAG = "rule:"  # how our writers tell a rule that weights leave open
MAX_PIECES = 200  # options, blanks or answers of one question
MAX_PROBLEMS = 1_000  # more are counted, not listed
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_ID = re.compile(r"[^\s\[\]<>`]{1,120}")

Tick = Callable[[int, int], None]  # done, of how many; may raise to cancel


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the file does not say and the importing person chooses for all its questions."""

    pool: str = "practice"
    domain: str = ""
    lesson: str = ""
    level: str = ""
    language: str = "zh-CN"


NO_DEFAULTS = Defaults()


class TooMuchError(Exception):
    """The file has more questions than one import may bring; the message is for people."""


@dataclass(slots=True)
class Collector:
    """Everything found in one file. ``add`` judges a question, ``problem`` and ``skip`` name."""

    file: str
    format: str
    encoding: str = ""
    defaults: Defaults = NO_DEFAULTS
    tick: Tick | None = None
    questions: list[Question] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    attachments: dict[str, bytes] = field(default_factory=dict)
    unreadable: bool = False
    _unlisted: int = 0
    _first_seen: dict[str, str] = field(default_factory=dict)  # id -> place
    _made: dict[str, int] = field(default_factory=dict)  # made id -> how often

    def problem(self, line: int, message: str, item: str = "", place: str = "") -> None:
        """Note one thing to mend."""
        if len(self.problems) >= MAX_PROBLEMS:
            self._unlisted += 1
            return
        self.problems.append(Problem(self.file, line, item, place, message))

    def skip(self, line: int, kind: str, reason: str, item: str = "") -> None:
        """Name a question of a kind that is well known to the format but beyond this program."""
        self.skipped.append(Skipped(self.file, line, item, kind, reason))

    def progress(self, done: int, of: int) -> None:
        """Tell how far the reading is, and stop a file that has more than one import may bring."""
        if self.tick is not None:
            self.tick(done, of)
        if len(self.questions) + len(self.skipped) + len(self.problems) >= MAX_QUESTIONS:
            raise TooMuchError(f"一次最多导入 {MAX_QUESTIONS} 道题，请把文件拆开。")

    def add(self, line: int, source_kind: str, values: Mapping[str, Any], place: str = "") -> None:
        """Complete a question with the defaults, judge it, and keep it or name its faults.

        ``values`` are attributes of Question; ``id`` may be absent or empty, and ``tags`` are the
        format's free words, of which ours (``domain:E``) go back to their fields.
        """
        told = dict(values)
        if crowd := _crowd(told):
            self.problem(line, crowd, str(told.get("id", "")), "options")
            return
        own_id = str(told.pop("id", ""))
        tags = told.pop("tags", ())
        told |= _from_tags(tags, dict(told.get("extra", {})))
        defaults = self.defaults
        told.setdefault("pool", defaults.pool)
        told.setdefault("domain", defaults.domain)
        told.setdefault("lesson", defaults.lesson)
        told.setdefault("language", defaults.language)
        if told["kind"] not in ("case_set", "description"):
            told.setdefault("level", defaults.level)
        question = Question(id=own_id or self._made_id(told), **told)
        item = own_id or str(question.extra.get("x_name", ""))
        faults = _text_faults(question)
        faults += [(fault.place, fault.message) for fault in check(question)]
        if own_id and not _ID.fullmatch(own_id):
            faults.append(("id", f"编号“{own_id[:40]}”不能用，请改成不超过 120 个字、没有空格的。"))
        first = self._first_seen.get(question.id)
        if first is not None:
            faults.append(("id", f"编号 {own_id} 已在 {first} 用过，请换一个编号。"))
        for where, message in faults:
            self.problem(line, message, item, where)
        if not faults:
            origin = Origin(self.file, line, item, source_kind, place)
            self._first_seen[question.id] = str(origin)
            self.questions.append(question)
            self.origins.append(origin)

    def _made_id(self, told: Mapping[str, Any]) -> str:
        """Make an id from what is asked and right; the same question again gets -2, -3."""
        options = [
            (option.text, option.id in told.get("key", ())) for option in told.get("options", ())
        ]
        asked = [told["kind"], told.get("stem", ""), options]
        own = [(name, value) for name, value in sorted(told.items()) if name not in _COMMON]
        digest = hashlib.sha256(repr([asked, own]).encode("utf-8", "replace")).hexdigest()
        wanted = f"im-{digest[:12]}"
        number = self._made[wanted] = self._made.get(wanted, 0) + 1
        return wanted if number == 1 else f"{wanted}-{number}"

    def report(self) -> ImportReport:
        """Give everything that was found."""
        if self._unlisted:
            message = f"还有 {self._unlisted} 个问题没有列出，请先改好上面这些再读一次。"
            self.problems.append(Problem(self.file, 1, "", "", message))
        return ImportReport(
            questions=tuple(self.questions),
            problems=tuple(self.problems),
            skipped=tuple(self.skipped),
            unreadable=self.unreadable,
            origins=tuple(self.origins),
            format=self.format,
            encoding=self.encoding,
            attachments=self.attachments,
        )


# What says nothing about which question it is, or is in ``asked`` already.
_COMMON = frozenset(
    [
        "kind",
        "stem",
        "options",
        "key",
        "explanation",
        "extra",
        "tags",
        "pool",
        "domain",
        "lesson",
        "language",
        "level",
        "difficulty",
        "section",
        "media",
        "shuffle",
        "rule",
    ]
)


def _crowd(told: Mapping[str, Any]) -> str:
    """Say when there is more of something than any check should be run on."""
    for name in ("options", "lefts", "blanks", "answers"):
        if (count := len(told.get(name, ()))) > MAX_PIECES:
            return f"一道题有 {count} 个选项或答案，最多 {MAX_PIECES} 个，请检查是不是漏了分隔。"
    return ""


def _from_tags(tags: Any, extra: dict[str, Any]) -> dict[str, Any]:
    """Give back the fields that our writers put into tags; other tags stay tags."""
    told: dict[str, Any] = {}
    left: list[str] = []
    for tag in tags:
        name, _, value = tag.partition(":")
        if (
            (name == "pool" and value in POOLS)
            or (name == "level" and value in LEVELS)
            or (name in ("domain", "lesson") and value)
        ):
            told[name] = value
        elif name == "difficulty" and value in BANDS:
            told["difficulty"] = Difficulty(value)
        else:
            left.append(tag)
    if left:
        extra["x_tags"] = left
    if extra:
        told["extra"] = extra
    return told


def tags_of(question: Question) -> list[str]:
    """Give the tags that carry what a foreign format has no field for; ``_from_tags`` undoes it."""
    told = [
        ("pool", question.pool),
        ("domain", question.domain),
        ("lesson", question.lesson),
        ("level", question.level),
        ("difficulty", question.difficulty.band if question.difficulty else ""),
    ]
    tags = [f"{name}:{value}" for name, value in told if value]
    return tags + [str(tag) for tag in question.extra.get("x_tags", ())]


def _text_faults(question: Question) -> list[tuple[str, str]]:
    """Check every text as a body would be checked: storable, printable, of sensible length."""
    texts = [("stem", question.stem), ("explanation", question.explanation), ("id", question.id)]
    if question.scene:
        texts.append(("scene", question.scene))
    for number, option in enumerate(question.options, start=1):
        texts.append((f"options[{number}].text", option.text))
        if option.why:
            texts.append((f"options[{number}].why", option.why))
    faults = []
    for place, text in texts:
        if len(text) > MAX_TEXT:
            faults.append((place, f"有 {len(text)} 个字，最多 {MAX_TEXT} 个，请缩短。"))
        elif found := _CONTROL.search(text):
            code = f"U+{ord(found.group()):04X}"
            faults.append((place, f"第 {found.start() + 1} 个字是不能显示的字符 {code}，请删去。"))
    if not question.stem and not question.scene:
        faults.append(("stem", "没有题干，请补上。"))
    faults += [
        (f"options[{number}].text", f"第 {number} 个选项是空的，请补上文字或删去。")
        for number, option in enumerate(question.options, start=1)
        if not option.text
    ]
    return faults


def lettered(texts: list[tuple[str, str]]) -> tuple[Choice, ...]:
    """Make options o1, o2 … from (text, why) in file order."""
    return tuple(Choice(f"o{n}", text, why) for n, (text, why) in enumerate(texts, start=1))
