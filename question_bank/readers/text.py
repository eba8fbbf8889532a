"""Read pasted text: numbered questions, ``A.`` ``B.`` options, 答案：, 解析：, kind headings.

Also answers in brackets in the stem, and a list of answers at the end of the paper. Where the kind
or the answer can be read in two ways the question is named and not guessed. How answers are spelt
is ``answers.py``'s, what a kind needs ``table_kinds.py``'s, the same as for tables.
"""

import re

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
from question_bank.readers.report import ImportReport
from question_bank.readers.sheets import clean
from question_bank.readers.table_kinds import READ_KIND, infer_kind
from question_bank.readers.table_words import STRANGE_KINDS, kind_named, meaning
from question_bank.readers.text_gathering import Gathering
from question_bank.readers.text_item import TextItem, TextRow
from question_bank.readers.text_lines import (
    INLINE,
    KEY_REMARK,
    MARKER,
    TRUTH_AT_END,
    options_inside,
    without_points,
)

_WITHOUT_OPTIONS = ("short_answer", "fill_in", "numeric", "upload")
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
    gathering = Gathering(collector, lines)
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


def _finish(collector: Collector, item: TextItem) -> None:
    name = f"第 {item.number} 题"
    for line, message in item.faults:
        collector.problem(line, message, name)
    if item.faults:
        return
    hint = _hint_of(item)
    row = TextRow(item)
    if "key" not in item.fields:
        _take_inline_answer(item, hint)
    if hint in ("", "choice", "single_choice", "multiple_choice"):
        _tidy_choice(item)
    options = row.options()
    if options and hint in _WITHOUT_OPTIONS:
        if hint != item.hint:
            message = "这个题型不用选项，这道题却有，请改题型或去掉选项。"
            collector.problem(item.lines.get("options", item.line), message, name, "options")
            return
        hint = ""  # 六、案例分析题 may stand above questions to choose in
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
    if hint == "fill_in":
        item.fields["key"] = without_points(row.text("key"))
    asked = "scene" if hint == "case_set" else "stem"
    values = {"kind": hint, asked: row.text("stem"), **READ_KIND[hint](row)}
    for field_or_column, message in row.faults:
        place = str(field_or_column)
        line = item.lines.get(place.partition("[")[0], item.line)
        collector.problem(line, message, name, place)
    if not row.faults:
        told = _common(collector, item, name)
        collector.add(item.line, hint, told | values, name)


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
        found = MARKER.search(item.fields["stem"])
        word = (found[1] or found[2]) if found else ""
        kind = kind_named(word) if word else ""
        if found and (kind or word in STRANGE_KINDS):
            stem = item.fields["stem"]
            item.fields["stem"] = (stem[: found.start()] + stem[found.end() :]).strip()
            return kind or word
        break
    return item.hint


def _take_inline_answer(item: TextItem, hint: str) -> None:
    stem = item.fields["stem"]
    found = list(INLINE.finditer(stem))
    if len(found) == 1:
        item.fields["stem"] = f"{stem[: found[0].start()]}（　）{stem[found[0].end() :]}"
        item.fields["key"] = found[0][1]
    elif not item.options and hint in ("", "true_false") and (mark := TRUTH_AT_END.search(stem)):
        item.fields["stem"], item.fields["key"] = stem[: mark.start()].rstrip(), mark[1]


def _tidy_choice(item: TextItem) -> None:
    """Find options on the stem's own line; a remark behind the letters goes to the explanation."""
    if not item.options:
        item.fields["stem"], item.options = options_inside(item.fields["stem"])
    remark = KEY_REMARK.fullmatch(item.fields.get("key", ""))
    if item.options and remark:
        item.fields["key"] = remark[1]
        told = item.fields.get("explanation", "")
        item.fields["explanation"] = f"{told}\n{remark[2]}".strip()


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
