"""Read GIFT, the text format of Moodle, whole: every kind, weights, feedback, formats, categories.

What GIFT calls short answer becomes fill_in, an essay becomes short_answer for people to mark.
Whatever would be marked differently here (wildcards, answers of plugins) is skipped by name.
"""

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

from question_bank.kinds.true_false import WORDS
from question_bank.marking import FULL, NOTHING
from question_bank.pieces import Criterion, Medium
from question_bank.question import Choice
from question_bank.readers import free_answers
from question_bank.readers.collecting import (
    MAX_PIECES,
    NO_DEFAULTS,
    RULE_TAG,
    Collector,
    Defaults,
    Tick,
    TooMuchError,
)
from question_bank.readers.formulas import LEFT
from question_bank.readers.free_answers import Given, NotMarkableError
from question_bank.readers.gift_blocks import RESERVED, Block, read_blocks, show, split_format
from question_bank.readers.html_text import HtmlText, looks_like_html, read_html
from question_bank.readers.report import ImportReport
from question_bank.readers.weights import Weighted, WeightsError, choice_values, read_share

_ANSWERS = re.compile(r"[~=][^~=]*")
_WEIGHT = re.compile(r"%([^%\s]{1,24})%")
_TRUE_FALSE = re.compile(r"(T|TRUE|F|FALSE)\s*(#.*)?", re.S | re.I)


def read_gift(
    text: str,
    file: str,
    encoding: str = "",
    defaults: Defaults = NO_DEFAULTS,
    tick: Tick | None = None,
) -> ImportReport:
    """Read a decoded GIFT file; ``file`` is only the name used in places."""
    collector = Collector(file, "gift", encoding, defaults, tick)
    if found := RESERVED.search(text):
        line = text.count("\n", 0, found.start()) + 1
        collector.problem(line, f"这一行有不能用的字符 U+{ord(found.group()):04X}，请删去。")
        collector.unreadable = True
        return collector.report()
    lines = text.count("\n") + 1
    try:
        for block in read_blocks(text):
            collector.progress(block.line, lines)
            _read_block(collector, block)
    except TooMuchError as error:
        collector.problem(1, str(error))
    if collector.is_empty:
        collector.problem(1, "文件里没有题目，请检查是不是选错了文件。")
    return collector.report()


def _read_block(collector: Collector, block: Block) -> None:
    item = block.id or block.name
    if block.fault:
        collector.problem(block.line, block.fault, item)
        return
    kind = _kind_of(block)
    reading = _Reading(block)
    try:
        values = _READERS[kind](reading)
    except WeightsError as error:
        collector.problem(block.line, str(error), item, "answers")
        return
    except NotMarkableError as error:
        collector.skip(block.line, kind, str(error), item)
        return
    if not collector.add(block.line, kind, values | reading.common(values)):
        return
    for medium in reading.media:
        message = (
            f"图片 {medium} 不在 GIFT 文件里，这道题缺了它。"
            "请从原来的系统导出 Moodle XML（会带上图片），或删去图片、改写题干再导入。"
        )
        collector.lacks(block.line, message, item, "media")
    for formula in reading.formulas:
        collector.lacks(block.line, LEFT.format(formula), item, "stem")


def _kind_of(block: Block) -> str:
    """Name the kind as Moodle would tell it from the answer section."""
    answer = block.answer
    if answer is None:
        return "description"
    if not answer:
        return "essay"
    if answer.startswith("#"):
        return "numerical"
    if answer.startswith(">"):
        return "ordering"
    if "~" in answer:
        return "multichoice"
    if "=" in answer and "->" in answer:
        return "match"
    return "truefalse" if _TRUE_FALSE.fullmatch(answer) else "shortanswer"


class _Reading:
    """One block being read: turns its texts from their formats and gathers what is beside them."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.media: list[str] = []
        self.formulas: list[str] = []  # that could not be written whole
        self.tables: list[Medium] = []
        self.rule_tag = next(
            (tag[len(RULE_TAG) :] for tag in block.tags if tag.startswith(RULE_TAG)), ""
        )
        self.remarks: list[str] = []  # feedback that belongs to no answer of ours

    def text(self, text: str) -> str:
        """Give a text without its format; outer spaces are dropped."""
        text, format_ = split_format(text, self.block.format)
        text = show(text)
        if format_ == "html" or (format_ == "moodle" and looks_like_html(text)):
            return self._plain(read_html(text))
        return text

    def _plain(self, found: HtmlText) -> str:
        self.media += [image.source[:80] or image.alt[:80] for image in found.images]
        self.formulas += [one[:40] for one in found.formulas]
        for rows in found.tables:
            number = len(self.tables) + 1
            self.tables.append(Medium(f"table-{number}", "table", f"表 {number}", rows=rows))
        return found.text

    def stem(self, gap: str = "_____") -> str:
        """Give the question text; ``gap`` stands where the answers stood inside a sentence."""
        block = self.block
        if block.answer is None or (not block.after.strip() and gap == "_____"):
            return self.text(f"[{block.format}]{block.before}")
        return self.text(f"[{block.format}]{block.before}{gap}{block.after.rstrip()}")

    def split(self, answer: str) -> tuple[str, str, Fraction | None]:
        """Split one answer, without its sign, into text, feedback and share (None: not written)."""
        answer = answer.strip()
        share = None
        if found := _WEIGHT.match(answer):
            share = read_share(found[1])
            answer = answer[found.end() :]
        text, _, feedback = answer.partition("#")
        return self.text(text), self.text(feedback), share

    def answers(self) -> list[str]:
        """Cut the answer section at its signs; WeightsError when text stands before the first."""
        answer = self.block.answer or ""
        found = _few(_ANSWERS.findall(answer))
        first = answer.partition(found[0])[0] if found else answer
        if first.strip():
            seen = show(first)[:30]
            raise WeightsError(f"答案部分的“{seen}”前面没有 = 或 ~，请补上；= 是对的，~ 是错的。")
        return found

    def common(self, values: dict[str, Any]) -> dict[str, Any]:
        """Give what every kind has."""
        block = self.block
        remarks = [self.text(block.feedback), *self.remarks]
        extra = {"x_name": block.name} if block.name and block.name != block.id else {}
        if block.category:
            extra["x_category"] = block.category
        told: dict[str, Any] = {
            "id": block.id,
            "tags": [tag for tag in block.tags if not tag.startswith(RULE_TAG)],
            "explanation": "\n".join(remark for remark in remarks if remark),
            "extra": extra,
            "media": tuple(self.tables),
        }
        if self.rule_tag and "rule" not in values and values["kind"] in _RULED:
            told["rule"] = "" if self.rule_tag == "default" else self.rule_tag
        return told


_RULED = ("fill_in", "matching", "single_choice", "true_false", "numeric")


def _read_description(reading: _Reading) -> dict[str, Any]:
    return {"kind": "description", "stem": reading.stem()}


def _read_essay(reading: _Reading) -> dict[str, Any]:
    rubric = (Criterion("c1", free_answers.WHOLE_ANSWER, FULL),)
    return {"kind": "short_answer", "stem": reading.stem(), "rubric": rubric}


def _read_ordering(reading: _Reading) -> dict[str, Any]:
    raise NotMarkableError("这是排序题插件在 GIFT 里的写法，没有读入。请导出 Moodle XML 再导入。")


def _read_true_false(reading: _Reading) -> dict[str, Any]:
    parts = (reading.block.answer or "").split("#", 2)
    is_true = parts[0].strip().upper().startswith("T")
    wrong, right = (reading.text(parts[at]) if len(parts) > at else "" for at in (1, 2))
    whys = {"true": right if is_true else wrong, "false": wrong if is_true else right}
    options = tuple(Choice(one, word, whys[one]) for one, word in WORDS.items())
    key = ("true" if is_true else "false",)
    return {"kind": "true_false", "stem": reading.stem(), "options": options, "key": key}


def _read_multichoice(reading: _Reading) -> dict[str, Any]:
    stem = reading.stem()
    options = []
    single = False
    for answer in reading.answers():
        text, why, share = reading.split(answer[1:])
        if answer[0] == "=":
            single = True
            if share is not None and share != FULL:
                raise WeightsError("= 表示满分，后面不能再写权重；多选题请写 ~%50%。")
            share = FULL
        options.append(Weighted(text, why, NOTHING if share is None else share))
    return {"stem": stem} | choice_values(options, single=single, rule_tag=reading.rule_tag)


def _read_match(reading: _Reading) -> dict[str, Any]:
    pairs = []
    for answer in reading.answers():
        left, arrow, right = answer[1:].partition("->")
        if not arrow:
            raise WeightsError(f"配对题的“{show(left)[:30]}”缺少 ->，请写成 =左边 -> 右边。")
        pairs.append((reading.text(left), show(right)))
    return {"stem": reading.stem()} | free_answers.matching(pairs)


def _read_short(reading: _Reading) -> dict[str, Any]:
    given = []
    for answer in _cut(reading.block.answer or ""):
        text, why, share = reading.split(answer)
        given.append(Given(text, FULL if share is None else share, why))
    blank, remarks = free_answers.blank("b1", given)
    reading.remarks += remarks
    return {"kind": "fill_in", "stem": reading.stem("{{b1}}"), "blanks": (blank,)}


def _cut(section: str) -> list[str]:
    """Cut at ``=``; the sign before the first answer may be missing."""
    return _few([answer for answer in section.split("=") if answer.strip()])


def _few(answers: list[str]) -> list[str]:
    """Stop at once where a forgotten brace made the rest of the file one question."""
    if len(answers) > MAX_PIECES:
        raise WeightsError(
            f"有 {len(answers)} 个答案，最多 {MAX_PIECES} 个，请检查是不是漏了花括号。"
        )
    return answers


def _read_numerical(reading: _Reading) -> dict[str, Any]:
    section, tilde, wrong = (reading.block.answer or "")[1:].partition("~")
    if tilde:
        reading.remarks.append(reading.split(wrong)[1])
    answers = []
    for answer in _cut(section):
        text, why, share = reading.split(answer)
        if text == "*":
            reading.remarks.append(why)
            continue
        answers.append(
            replace(free_answers.number(text), fraction=FULL if share is None else share, why=why)
        )
    return {"stem": reading.stem()} | free_answers.numeric(answers)


_READERS = {
    "description": _read_description,
    "essay": _read_essay,
    "numerical": _read_numerical,
    "ordering": _read_ordering,
    "multichoice": _read_multichoice,
    "match": _read_match,
    "truefalse": _read_true_false,
    "shortanswer": _read_short,
}
