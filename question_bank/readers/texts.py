"""Check every text of a question that was read: storable, printable, of sensible length.

``load()`` checks the texts of a body; what a foreign reader made never was a body. Fields are
those of ``Question``; places are as ``Fault`` says them.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from question_bank.fields import MAX_TEXT
from question_bank.question import Question

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_FEW = 400  # characters of a short field: an id, a lesson, a unit
_SHORT = ("id", "domain", "lesson", "section", "unit")

Placed = tuple[str, str]  # place, text


def text_faults(question: Question) -> list[tuple[str, str]]:
    """Name each text that cannot be kept, and what must not be empty; empty when all is well."""
    faults = [
        (place, message)
        for place, text in _texts(question, "")
        if text and (message := _fault(text, MAX_TEXT))
    ]
    return faults + _form_faults(question, "")


def _form_faults(question: Question, before: str) -> list[tuple[str, str]]:
    """Name what is longer than its short field, or empty and must not be."""
    faults = [
        (f"{before}{name}", message)
        for name in _SHORT
        if (text := getattr(question, name)) and (message := _fault(text, _FEW))
    ]
    if not (question.scene if question.kind == "case_set" else question.stem):
        faults.append((f"{before}stem", "没有题干，请补上。"))
    faults += [
        (f"{before}options[{number}].text", f"第 {number} 个选项是空的，请补上文字或删去。")
        for number, option in enumerate(question.options, start=1)
        if not option.text
    ]
    for number, part in enumerate(question.parts, start=1):
        faults += _form_faults(part, f"questions[{number}].")
    return faults


def _fault(text: str, longest: int) -> str:
    if len(text) > longest:
        return f"有 {len(text)} 个字，最多 {longest} 个，请缩短。"
    if found := _CONTROL.search(text):
        code = f"U+{ord(found.group()):04X}"
        return f"第 {found.start() + 1} 个字是不能显示的字符 {code}，请删去。"
    return ""


def _texts(question: Question, before: str) -> Iterator[Placed]:
    """Give the texts people wrote, with their places."""
    for name in ("stem", "scene", "explanation", "model_answer", "objective"):
        yield f"{before}{name}", getattr(question, name)
    for field in ("options", "lefts"):
        for number, choice in enumerate(getattr(question, field), start=1):
            yield f"{before}{field}[{number}].text", choice.text
            yield f"{before}{field}[{number}].why", choice.why
    yield from _pieces(question, before)
    for number, text in enumerate(_strings(question.extra.values()), start=1):
        yield f"{before}extra[{number}]", text
    for number, part in enumerate(question.parts, start=1):
        yield from _texts(part, f"{before}questions[{number}].")


def _pieces(question: Question, before: str) -> Iterator[Placed]:
    for number, blank in enumerate(question.blanks, start=1):
        told = [*blank.accept, blank.why]
        told += [text for half in blank.partly for text in (half.text, half.why)]
        told += [text for wrong in blank.reject for text in (wrong.text, wrong.why)]
        yield from ((f"{before}blanks[{number}]", text) for text in told)
    for answer in question.answers:
        yield f"{before}answers", answer.why
    for unit in question.units:
        yield f"{before}units", unit.text
    for number, criterion in enumerate(question.rubric, start=1):
        yield f"{before}rubric[{number}]", criterion.text
    for medium in question.media:
        yield f"{before}media", medium.name
        yield f"{before}media", medium.alt
        yield from ((f"{before}media", cell) for row in medium.rows for cell in row)
    for name in ("headings", "clauses", "also_lessons", "enemies", "reviewers_needed"):
        yield from ((f"{before}{name}", text) for text in getattr(question, name))


def _strings(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list | tuple):
            yield from _strings(value)
        elif isinstance(value, dict):
            yield from _strings(value.values())
