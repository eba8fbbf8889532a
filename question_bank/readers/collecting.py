"""What the readers of foreign formats share: collect questions, problems and places of one file.

A foreign file knows neither our domains nor our pools: ``Defaults`` says what the importing person
chose for all of its questions. A question without an id of its own gets one made from its content,
so importing the same file again gives the same ids.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from question_bank.body import check
from question_bank.question import BANDS, LEVELS, POOLS, Choice, Difficulty, Question
from question_bank.readers.cases import OPENING_TAG, Case, Cases, case_of, part_of
from question_bank.readers.report import ImportReport, Origin, Problem, Skipped
from question_bank.readers.texts import text_faults

MAX_QUESTIONS = 20_000  # in one file
RULE_TAG = "rule:"  # how our writers tell a rule that weights leave open
MAX_PIECES = 200  # options, blanks or answers of one question
MAX_PROBLEMS = 1_000  # more are counted, not listed
_PART_PLACE = re.compile(r"questions\[(\d+)\]")
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
    """Everything found in one file. ``add`` judges a question, the others name what was met.

    What it keeps can be written and read back: whoever stores it need not judge its form again.
    """

    file: str
    format: str
    encoding: str = ""
    defaults: Defaults = NO_DEFAULTS
    tick: Tick | None = None
    questions: list[Question] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    attachments: dict[str, bytes] = field(default_factory=dict)
    incomplete: set[str] = field(default_factory=set)
    unreadable: bool = False
    _last: str = ""  # id of the question or case that was added last
    _unlisted: int = 0
    _first_seen: dict[str, str] = field(default_factory=dict)  # id -> place
    _made: dict[str, int] = field(default_factory=dict)  # made id -> how often
    _cases: Cases = field(default_factory=Cases)

    @property
    def is_empty(self) -> bool:
        """Nothing was met at all, neither good nor bad."""
        held = self._cases.found or self._cases.waiting
        return not (self.questions or self.problems or self.skipped or held)

    def problem(self, line: int, message: str, item: str = "", place: str = "") -> None:
        """Note one thing to mend."""
        if len(self.problems) >= MAX_PROBLEMS:
            self._unlisted += 1
            return
        self.problems.append(Problem(self.file, line, item, place, message))

    def note(self, line: int, message: str, item: str = "", place: str = "") -> None:
        """Note what was read all the same and wants a look; no fault."""
        if len(self.notes) < MAX_PROBLEMS:
            self.notes.append(Problem(self.file, line, item, place, message))

    def lacks(self, line: int, message: str, item: str = "", place: str = "") -> None:
        """Note what the question added last lost on the way: it now asks something else."""
        self.incomplete.add(self._last)
        self.problem(line, message, item, place)

    def skip(self, line: int, kind: str, reason: str, item: str = "") -> None:
        """Name a question of a kind that is well known to the format but beyond this program."""
        self.skipped.append(Skipped(self.file, line, item, kind, reason))

    def progress(self, done: int, of: int) -> None:
        """Tell how far the reading is, and stop a file that has more than one import may bring."""
        if self.tick is not None:
            self.tick(done, of)
        if len(self.questions) + len(self.skipped) + len(self.problems) >= MAX_QUESTIONS:
            raise TooMuchError(f"一次最多导入 {MAX_QUESTIONS} 道题，请把文件拆开。")

    def add(self, line: int, source_kind: str, values: Mapping[str, Any], place: str = "") -> bool:
        """Complete a question with the defaults, judge it, and keep it or name its faults.

        ``values`` are attributes of Question; ``id`` may be absent or empty, ``tags`` are the
        format's free words, of which ours (``domain:E``) go back to their fields, and ``case`` names
        the case set it belongs to. A ``case_set`` without ``parts`` waits for such questions. Tells
        whether the question was kept.
        """
        told = dict(values)
        if crowd := _crowd(told):
            self.problem(line, crowd, str(told.get("id", "")), "options")
            return False
        case, number, tags = case_of(list(told.pop("tags", ())))
        case = str(told.pop("case", "")) or case
        if OPENING_TAG in tags and told["kind"] == "description":
            tags.remove(OPENING_TAG)
            told |= {"kind": "case_set", "scene": told.pop("stem")}
        told |= _from_tags(tags, dict(told.get("extra", {})))
        self._complete(told)
        if case:
            self._last = case
            self._cases.waiting.append((case, number, line, told))
            return True
        if told["kind"] == "case_set" and "parts" not in told:
            return self._open_case(Case(len(self.questions), line, source_kind, place, told))
        return self._judge(line, source_kind, told, place)

    def _complete(self, told: dict[str, Any]) -> None:
        defaults = self.defaults
        told.setdefault("pool", defaults.pool)
        told.setdefault("domain", defaults.domain)
        told.setdefault("lesson", defaults.lesson)
        told.setdefault("language", defaults.language)
        if told["kind"] not in ("case_set", "description"):
            told.setdefault("level", defaults.level)

    def _open_case(self, case: Case) -> bool:
        own_id = str(case.values.get("id", "")) or self._made_id(case.values)
        if own_id in self._cases.found:
            self.problem(case.line, f"案例编号 {own_id} 用了两次，请换一个编号。", own_id, "id")
            return False
        self._cases.found[own_id] = case
        self._last = own_id
        return True

    def _judge(
        self,
        line: int,
        source_kind: str,
        told: dict[str, Any],
        place: str,
        part_lines: Sequence[int] = (),
        at: int | None = None,
    ) -> bool:
        """Keep a completed question, or name its faults; a fault of a part with the part's line."""
        own_id = str(told.pop("id", ""))
        question = Question(id=own_id or self._made_id(told), **told)
        item = own_id or str(question.extra.get("x_name", ""))
        faults = text_faults(question)
        faults += [(fault.place, fault.message) for fault in check(question)]
        if own_id and not _ID.fullmatch(own_id):
            faults.append(("id", f"编号“{own_id[:40]}”不能用，请改成不超过 120 个字、没有空格的。"))
        first = self._first_seen.get(question.id)
        if first is not None:
            faults.append(("id", f"编号 {own_id} 已在 {first} 用过，请换一个编号。"))
        for where, message in faults:
            found = _PART_PLACE.match(where)
            inside = found is not None and int(found[1]) <= len(part_lines)
            at_line = part_lines[int(found[1]) - 1] if found and inside else line
            self.problem(at_line, message, item, where)
        if not faults:
            origin = Origin(self.file, line, item, source_kind, place)
            self._first_seen[question.id] = str(origin)
            self._last = question.id
            self.questions.insert(len(self.questions) if at is None else at, question)
            self.origins.insert(len(self.origins) if at is None else at, origin)
        return not faults

    def _end_cases(self) -> None:
        """Make the cases that were held back into questions, each where its scene stood."""
        for name, line, values in self._cases.put_parts():
            message = (
                f"没有找到案例“{name[:40]}”，这道小题没有读入。请把案例和它的小题放在同一个文件里。"
            )
            self.problem(line, message, str(values.get("id", "")))
        moved = 0
        for name, case in self._cases.found.items():
            if not case.parts:
                reason = "案例后面没有写明属于它的小题，没有读入。请在每道小题里写“所属案例：编号”，或用 Excel 模板。"
                self.skip(case.line, "case_set", reason, name)
                continue
            values, lines = _whole_case(name, case)
            at = case.at + moved
            moved += self._judge(case.line, case.source_kind, values, case.place, lines, at)
        self._cases = Cases()

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
        self._end_cases()
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
            notes=tuple(self.notes),
            incomplete=frozenset(self.incomplete),
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


def _whole_case(name: str, case: Case) -> tuple[dict[str, Any], list[int]]:
    """Give the values of a case set with its parts, and the line of each part."""
    values = case.values | {"id": name}
    shared = {one: values[one] for one in _OF_THE_CASE if one in values}
    parts, lines = [], []
    for number, line, told in case.in_order:
        part = part_of(told, values) | shared
        part["id"] = part.get("id") or f"{name}.{number}"
        parts.append(Question(**part))
        lines.append(line)
    return values | {"parts": tuple(parts)}, lines


_OF_THE_CASE = ("pool", "domain", "language")


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


def lettered(texts: list[tuple[str, str]]) -> tuple[Choice, ...]:
    """Make options o1, o2 … from (text, why) in file order."""
    return tuple(Choice(f"o{n}", text, why) for n, (text, why) in enumerate(texts, start=1))
