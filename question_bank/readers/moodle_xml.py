"""Read Moodle XML: every core kind, embedded files, categories wherever they stand.

Shortanswer and cloze become fill_in, essay becomes short_answer or upload for people to mark. What
we would mark otherwise, and kinds of plugins, are skipped by name; the rest of the file comes in,
also when the XML itself breaks in the middle.
"""

import re
from typing import Any

from lxml import etree

from question_bank.readers.collecting import (
    MAX_PIECES,
    MAX_QUESTIONS,
    NO_DEFAULTS,
    RULE_TAG,
    Collector,
    Defaults,
    Tick,
    TooMuchError,
)
from question_bank.readers.free_answers import NotMarkableError
from question_bank.readers.moodle_element import MoodleElement
from question_bank.readers.moodle_kinds import READ_KIND
from question_bank.readers.moodle_rest import left_behind
from question_bank.readers.report import ImportReport
from question_bank.readers.safe_xml import BrokenXmlError, UnsafeXmlError, parse
from question_bank.readers.weights import WeightsError

_ALIASES = {"match": "matching", "multianswer": "cloze"}
_OPENING = re.compile(r"<question[\s>]")
_CLOSING = "</question>"
_BEYOND = {
    "calculated": "计算题（变量随机）",
    "calculatedsimple": "简单计算题（变量随机）",
    "calculatedmulti": "计算选择题（变量随机）",
    "ddimageortext": "拖到图片上",
    "ddmarker": "在图片上放标记",
    "ddwtos": "拖词填空",
    "gapselect": "选词填空",
    "random": "随机抽题",
    "randomsamatch": "随机配对",
    "stack": "STACK 数学题",
    "coderunner": "编程题",
    "missingtype": "未知题型",
}


def read_moodle_xml(
    text: str,
    file: str,
    encoding: str = "",
    defaults: Defaults = NO_DEFAULTS,
    tick: Tick | None = None,
) -> ImportReport:
    """Read a decoded Moodle XML file; ``file`` is only the name used in places."""
    collector = Collector(file, "moodle_xml", encoding, defaults, tick)
    try:
        elements = _elements(collector, text)
        _read_all(collector, elements)
    except UnsafeXmlError as error:
        collector.problem(1, str(error))
        collector.unreadable = True
    except TooMuchError as error:
        collector.problem(1, str(error))
    if collector.is_empty:
        collector.problem(1, "文件里没有题目（question 元素），请检查是不是选错了文件。")
    return collector.report()


def _elements(collector: Collector, text: str) -> list[tuple[int, etree._Element]]:
    """Give the question elements with their lines; a broken file is read piece by piece."""
    if text.count("<question ") > 2 * MAX_QUESTIONS:  # half of them may be categories
        raise TooMuchError(f"一次最多导入 {MAX_QUESTIONS} 道题，请把文件拆开。")
    try:
        root = parse(text)
    except BrokenXmlError as whole:
        return _pieces(collector, text, whole)
    if root.tag != "quiz":
        message = f"根元素应当是 quiz，现在是 {str(root.tag)[:40]}，这不是 Moodle 题库。"
        raise UnsafeXmlError(message)
    return [(_line(element), element) for element in root.iterchildren("question")]


def _line(element: etree._Element) -> int:
    line: Any = element.sourceline  # the stubs do not know it
    return int(line or 1)


def _pieces(
    collector: Collector, text: str, whole: BrokenXmlError
) -> list[tuple[int, etree._Element]]:
    elements: list[tuple[int, etree._Element]] = []
    starts = [found.start() for found in _OPENING.finditer(text)]
    line, place, named = 1, 0, False
    if len(starts) > MAX_QUESTIONS:
        raise TooMuchError(f"一次最多导入 {MAX_QUESTIONS} 道题，请把文件拆开。")
    for start, end in zip(starts, [*starts[1:], len(text)], strict=False):
        line += text.count("\n", place, start)
        place = start
        piece, closing, _ = text[start:end].partition(_CLOSING)
        try:
            elements.append((line, parse(piece + closing)))
        except BrokenXmlError as error:
            message = f"{error}这一道题没有读入，请改正后再读。"
            collector.problem(line + error.line - 1, message)
            named = True
    if not named:
        collector.problem(whole.line, f"{whole}请检查这一行前后的标记，其余完整的题已读出。")
    if not elements:
        collector.unreadable = True
    return elements


def _read_all(collector: Collector, elements: list[tuple[int, etree._Element]]) -> None:
    category = ""
    for done, (line, element) in enumerate(elements, start=1):
        kind = (element.get("type") or "").strip().lower()
        kind = _ALIASES.get(kind, kind)
        if kind == "category":
            category = " ".join(
                (element.findtext("category/text") or element.findtext("category") or "").split()
            )
            continue
        _read_one(collector, MoodleElement(element, line, kind), category)
        element.clear()  # embedded files are large; give them back at once
        collector.progress(done, len(elements))


def _read_one(collector: Collector, one: MoodleElement, category: str) -> None:
    reader = READ_KIND.get(one.kind)
    item = one.id or one.name
    if len(one.element) > 2 * MAX_PIECES:
        message = (
            f"一道题里有 {len(one.element)} 个元素，最多 {2 * MAX_PIECES} 个，没有读入，请拆开。"
        )
        collector.problem(one.line, message, item)
        return
    if reader is None:
        what = _BEYOND.get(one.kind)
        shown = f"{one.kind}（{what}）" if what else one.kind or "（没有写 type）"
        reason = f"本系统没有 Moodle 题型 {shown[:60]}，这道题没有读入，也没有改成别的题型。"
        collector.skip(one.line, one.kind, reason, item)
        return
    try:
        values = reader(one)
    except WeightsError as error:
        collector.problem(one.line, str(error), item, "answer")
        return
    except NotMarkableError as error:
        collector.skip(one.line, one.kind, str(error), item)
        return
    if collector.add(one.line, one.kind, values | _common(one, values, category)):
        collector.attachments.update(one.attachments)
        for message in one.remarks:
            collector.lacks(one.line, message, item, "media")
        for message in one.hints:
            collector.note(one.line, message, item, "media")
        for place, message in left_behind(one):
            collector.note(one.line, message, item, place)


def _common(one: MoodleElement, values: dict[str, Any], category: str) -> dict[str, Any]:
    extra: dict[str, Any] = {"x_name": one.name} if one.name and one.name != one.id else {}
    if category:
        extra["x_category"] = category
    explanation = "\n".join(
        text for text in (one.text("generalfeedback"), *one.wrong_answers) if text
    )
    told: dict[str, Any] = {
        "id": one.id,
        "tags": [tag for tag in one.tags if not tag.startswith(RULE_TAG)],
        "explanation": explanation,
        "extra": extra,
        "media": tuple(one.media),
    }
    if (
        one.rule_tag
        and "rule" not in values
        and values["kind"] in ("fill_in", "matching", "single_choice", "true_false", "numeric")
    ):
        told["rule"] = "" if one.rule_tag == "default" else one.rule_tag
    return told
