"""Read pasted text: numbered questions, ``A.`` ``B.`` options, 答案：, 解析：, kind headings.

Also answers in brackets in the stem, and a list of answers at the end of the paper. Where the kind
or the answer can be read in two ways the question is named and not guessed. How answers are spelt
is ``answers.py``'s, what a kind needs ``table_kinds.py``'s, the same as for tables.
"""

import re
from itertools import islice

from question_bank.kinds import KINDS
from question_bank.question import Difficulty
from question_bank.readers.answers import read_choice
from question_bank.readers.collecting import (
    NO_DEFAULTS,
    Collector,
    Defaults,
    Tick,
    TooMuchError,
)
from question_bank.readers.headers import WORDS, narrow
from question_bank.readers.report import ImportReport
from question_bank.readers.sheets import clean
from question_bank.readers.table_kinds import READ_KIND, infer_kind
from question_bank.readers.table_words import STRANGE_KINDS, kind_named, kind_of_heading, meaning
from question_bank.readers.text_item import TextItem, TextRow

MAX_LINE = 50_000  # characters: more than any text of a question may have
_FIELDS = [
    "id",
    "kind",
    "case",
    "stem",
    "key",
    "explanation",
    "difficulty",
    "level",
    "pool",
    "domain",
    "lesson",
    "section",
    "headings",
    "tags",
    "tolerance",
    "unit",
    "rubric",
    "points",
    "accepts",
    "rule",
]
_FIELD_OF = {word.casefold(): name for name in _FIELDS for word in WORDS[name]} | {"答": "key"}
_FIELD = re.compile(
    r"\s{0,9}[【\[]?\s{0,9}([^\s:：【】\[\]]{1,10})\s{0,9}(?:[】\]]\s{0,9}[:：]?|[:：])\s{0,9}(.*)"
)
_WHY = re.compile(
    r"\s{0,9}选项\s{0,9}([A-HＡ-Ｈ]|正确|错误)\s{0,9}(?:说明|解析|分析)\s{0,9}[:：]\s{0,9}(.*)"
)
_TRUTHS = ("正确", "错误")
# 答案 B, 答案(B): the colon is often left out.
_BARE_ANSWER = re.compile(
    r"\s{0,9}(?:正确|参考|标准)?答案\s{0,9}[(（]?\s{0,3}([A-HＡ-Ｈ](?:[、,，\s]{0,3}[A-HＡ-Ｈ]){0,7}|对|错|正确|错误|√|×)\s{0,3}[)）]?\s{0,3}[.。]?\s{0,9}"
)
_NUMBERED = re.compile(
    r"\s{0,9}(?:第\s{0,9}([0-9]{1,4})\s{0,9}题\s{0,9}[.．、:：]?|[(（]([0-9]{1,4})[)）]|([0-9]{1,4})\s{0,9}(?:[.．](?![0-9])|[、)）:：]))\s{0,9}(.*)"
)
_OPTION = re.compile(r"(?:^|(?<=[\s　]))[(（\[]?([A-Za-zＡ-Ｚａ-ｚ])\s{0,9}[.．、:：)）\]]\s{0,9}")
_MARKER = re.compile(
    r"^\s{0,9}[【\[(（]\s{0,9}([^】\])）]{2,8})\s{0,9}[】\])）]\s{0,9}|\s{0,9}[【\[(（]\s{0,9}([^】\])）]{2,8})\s{0,9}[】\])）]\s{0,9}$"
)
_INLINE = re.compile(
    r"[（(]\s{0,9}([A-Ha-hＡ-Ｈ](?:\s{0,9}[、,，]?\s{0,9}[A-Ha-hＡ-Ｈ]){0,7}|[√×✓✗✔✘]|对|错|正确|错误)\s{0,9}[)）]"
)
_ANSWER_LIST = re.compile(r"\s{0,9}(?:参考|标准|正确)?答案(?:[与及和]解析)?\s{0,9}[:：]?\s{0,9}")
_LISTED = re.compile(
    r"([0-9]{1,4})\s{0,9}(?:[-–—~～至到]\s{0,9}([0-9]{1,4}))?\s{0,9}[.．、:：)）]?\s{0,9}([A-H](?:[、,]?[A-H])*|[√×✓✗对错]+|正确|错误)(?![A-Za-z])"
)


_RULES = frozenset(rule for kind in KINDS.values() for rule in kind.rules)


def read_text(
    text: str,
    file: str,
    encoding: str = "",
    defaults: Defaults = NO_DEFAULTS,
    tick: Tick | None = None,
) -> ImportReport:
    """Read decoded or pasted text; ``file`` is only the name used in places."""
    collector = Collector(file, "text", encoding, defaults, tick)
    lines = text.split("\n")
    gathering = _Gathering(collector)
    try:
        for number, line in enumerate(lines, start=1):
            gathering.take(number, line)
            if not number % 200:
                collector.progress(number, len(lines))
        for item in gathering.items:
            _finish(collector, item)
            collector.progress(len(lines), len(lines))
    except TooMuchError as error:
        collector.problem(1, str(error))
    if not gathering.items:
        collector.problem(
            1, "没有找到题目，请按“1. 题干 / A. 选项 / 答案：A”的样子写，题号从 1 起。"
        )
    return collector.report()


class _Gathering:
    """Sorts lines into questions."""

    def __init__(self, collector: Collector) -> None:
        self.collector = collector
        self.items: list[TextItem] = []
        self.hint = ""
        self.in_answer_list = False

    def take(self, number: int, line: str) -> None:
        if len(line) > MAX_LINE:
            message = f"这一行有 {len(line)} 个字，最多 {MAX_LINE} 个，只看了前面的。请缩短。"
            self.collector.problem(number, message)
            line = line[:MAX_LINE]
        stripped = line.strip()
        if not stripped:
            return
        if self.in_answer_list or self._begins_answer_list(stripped):
            self._take_listed(number, stripped)
        elif self._is_heading(stripped):
            self.hint = kind_of_heading(stripped) or self.hint
        elif not (self._take_field(number, stripped) or self._take_option(number, stripped)):
            self._take_text(number, stripped)

    def _is_heading(self, line: str) -> bool:
        if len(line) > 60 or line[0].isdigit() or _OPTION.match(line):
            return False
        return bool(kind_of_heading(line))

    def _begins_answer_list(self, line: str) -> bool:
        """A line 参考答案 alone, after several questions that have no answer yet."""
        if not (self.items and _ANSWER_LIST.fullmatch(line)):
            return False
        open_still = (one for one in self.items if "key" not in one.fields and not _is_scene(one))
        self.in_answer_list = len(list(islice(open_still, 2))) > 1
        return self.in_answer_list

    def _take_listed(self, number: int, line: str) -> None:
        if _ANSWER_LIST.fullmatch(line) or kind_of_heading(line):
            return
        found = list(_LISTED.finditer(narrow(line)))
        if not found:
            self.collector.problem(
                number, f"答案表里的“{line[:30]}”读不懂，请写成 1. A 或 1-5 ABCDA。"
            )
        for one in found:
            first, last, letters = int(one[1]), int(one[2] or one[1]), one[3]
            answers = list(letters) if one[2] else [letters]
            if len(answers) != last - first + 1:
                message = (
                    f"“{one[0]}”是 {last - first + 1} 道题，却有 {len(answers)} 个答案，请核对。"
                )
                self.collector.problem(number, message)
                continue
            for at, answer in enumerate(answers, start=first):
                self._give_answer(number, at, answer)

    def _give_answer(self, line: int, wanted: int, answer: str) -> None:
        for item in self.items:
            if item.number == wanted and "key" not in item.fields:
                item.put("key", answer, line)
                return
        self.collector.problem(
            line, f"答案表里的第 {wanted} 题在前面找不到（或已有答案），请核对题号。"
        )

    def _take_field(self, number: int, line: str) -> bool:
        if self.items and (why := _WHY.fullmatch(line)):
            at = _TRUTHS.index(why[1]) if why[1] in _TRUTHS else ord(narrow(why[1])) - 65
            self.items[-1].whys[at] = why[2]
            self.items[-1].last = f"why{at}"
            return True
        if self.items and (bare := _BARE_ANSWER.fullmatch(line)):
            self.items[-1].put("key", bare[1], number)
            return True
        found = _FIELD.fullmatch(line)
        name = _FIELD_OF.get(found[1].casefold()) if found else None
        if found is None or name is None:
            return False
        if name == "stem":
            self._begin(number, 0, found[2])
        elif name == "kind" and (not self.items or "key" in self.items[-1].fields):
            self.hint = kind_named(found[2]) or found[2]
        elif self.items:
            self.items[-1].put(name, found[2], number)
        return True

    def _take_option(self, number: int, line: str) -> bool:
        if not self.items:
            return False
        item = self.items[-1]
        if item.last not in ("stem", "options") and "key" in item.fields:
            return False
        marks: list[re.Match[str]] = []
        for found in _OPTION.finditer(line):
            if ord(narrow(found[1]).upper()) - 65 == len(item.options) + len(marks):
                marks.append(found)
        if not marks or line[: marks[0].start()].strip():
            return False
        ends = [found.start() for found in marks[1:]] + [len(line)]
        for found, end in zip(marks, ends, strict=True):
            item.options.append(line[found.end() : end].strip())
        item.lines.setdefault("options", number)
        item.last = "options"
        return True

    def _take_text(self, number: int, line: str) -> None:
        found = _NUMBERED.fullmatch(line)
        if found:
            wanted = int(found[1] or found[2] or found[3])
            item = self.items[-1] if self.items else None
            open_still = item is not None and not item.options and "key" not in item.fields
            if item is None or not open_still or wanted == item.number + 1 or wanted == 1:
                self._begin(number, wanted, found[4])
                return
        if self.items:
            self.items[-1].proceed(line)
        # A title before the first question is nobody's fault.

    def _begin(self, line: int, number: int, stem: str) -> None:
        number = number or (self.items[-1].number + 1 if self.items else 1)
        item = TextItem(line, number, self.hint)
        item.put("stem", stem, line)
        self.items.append(item)


def _finish(collector: Collector, item: TextItem) -> None:
    name = f"第 {item.number} 题"
    hint = _hint_of(item)
    row = TextRow(item)
    options = row.options()
    if "key" not in item.fields:
        _take_inline_answer(item)
    if hint in ("", "choice") or hint not in READ_KIND:
        if hint not in ("", "choice"):
            collector.skip(item.line, hint, f"不认识题型“{hint}”，没有读入。", name)
            return
        hint = infer_kind(row, options)
    if not hint:
        collector.problem(item.lines.get("key", item.line), _why_no_kind(row, options), name, "key")
        return
    if hint == "case_set" and (options or "key" in item.fields):
        reason = "粘贴文字里的案例题分不清材料和小题，没有读入。请把案情写成【案例题】，每道小题下面写“所属案例：编号”。"
        collector.skip(item.line, hint, reason, name)
        return
    asked = "scene" if hint == "case_set" else "stem"
    values = {"kind": hint, asked: row.text("stem"), **READ_KIND[hint](row)}
    for field_or_column, message in row.faults:
        place = str(field_or_column)
        line = item.lines.get(place.partition("[")[0], item.line)
        collector.problem(line, message, name, place)
    if not row.faults:
        told = _common(collector, item, name)
        collector.add(item.line, hint, values | told, name)


def _why_no_kind(row: TextRow, options: list[str]) -> str:
    if not row.text("key"):
        return "没有答案，请在选项下面写“答案：A”。"
    told = read_choice(row.text("key"), options) if options else ()
    if isinstance(told, str):
        return told
    return "看不出这道题的题型，请在题干前写上【简答题】【填空题】这样的题型，并核对答案。"


def _hint_of(item: TextItem) -> str:
    """Give the kind said in 题型：, in brackets at the stem, or by the heading above."""
    said = item.fields.get("kind", "")
    if said:
        return kind_named(said) or said
    for _ in range(2):
        found = _MARKER.search(item.fields["stem"])
        word = (found[1] or found[2]) if found else ""
        kind = kind_named(word) if word else ""
        if found and (kind or word in STRANGE_KINDS):
            stem = item.fields["stem"]
            item.fields["stem"] = (stem[: found.start()] + stem[found.end() :]).strip()
            return kind or word
        break
    return item.hint


def _is_scene(item: TextItem) -> bool:
    """Tell whether an item is the scene of a case, which has no answer of its own."""
    marked = _MARKER.match(item.fields["stem"])
    said = item.fields.get("kind", "") or (marked[1] if marked else "") or ""
    return (kind_named(said) or item.hint) == "case_set"


def _take_inline_answer(item: TextItem) -> None:
    found = list(_INLINE.finditer(item.fields["stem"]))
    if len(found) != 1:
        return
    stem = item.fields["stem"]
    item.fields["stem"] = f"{stem[: found[0].start()]}（　）{stem[found[0].end() :]}"
    item.fields["key"] = found[0][1]


def _common(collector: Collector, item: TextItem, name: str) -> dict[str, object]:
    """Give what every kind has; a word nobody knows is named and left out."""
    fields = {key: clean(value) for key, value in item.fields.items()}
    told: dict[str, object] = {
        "id": fields.get("id", ""),
        "explanation": fields.get("explanation", ""),
        "section": fields.get("section", ""),
        "headings": _list(fields.get("headings", "")),
        "tags": _list(fields.get("tags", "")),
        "case": fields.get("case", ""),
    }
    for one in ("domain", "lesson"):
        if fields.get(one):
            told[one] = fields[one]
    for one in ("level", "pool", "difficulty", "rule"):
        if not fields.get(one):
            continue
        found = meaning(one, fields[one])
        if one == "rule" and fields[one] in _RULES:
            found = fields[one]
        if not found:
            message = f"不认识“{fields[one][:20]}”，这一项没有带上，请在导入后改。"
            collector.problem(item.lines.get(one, item.line), message, name, one)
        elif one == "difficulty":
            told[one] = Difficulty(found)
        else:
            told[one] = found
    return told


def _list(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in re.split(r"[\n；;、|]", text) if one.strip())
