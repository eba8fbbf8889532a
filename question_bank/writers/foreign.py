"""What the writers of other systems' formats share: our fields as tags, and "there is no such form".

Tags are what those systems have and nothing more; ``readers/collecting.py`` takes them back. A
rule is told where the weights alone are ambiguous.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from question_bank.question import Question
from question_bank.readers.cases import CASE_TAG, OPENING_TAG
from question_bank.readers.collecting import RULE_TAG, tags_of


class CannotWriteError(ValueError):
    """The format has no such question; the message says what is missing."""


_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_of(written: str) -> str:
    """Give back a piece of XML; CannotWriteError for signs that XML has no way to write."""
    if found := _NOT_XML.search(written):
        raise CannotWriteError(f"XML 写不下字符 U+{ord(found.group()):04X}。")
    return written


def written_tags(question: Question) -> list[str]:
    """Give the tags to write, ours first."""
    rule = question.rule or ("default" if question.kind == "multiple_choice" else "")
    return ([f"{RULE_TAG}{rule}"] if rule else []) + tags_of(question)


def apart(question: Question) -> list[Question]:
    """Give what is written of a question: itself, or the scene of a case set and then its parts.

    The scene is a description; tags tie the parts to it, and ``readers/cases.py`` puts them together.
    """
    if not question.parts:
        return [question]
    scene = replace(
        question,
        kind="description",
        stem=question.scene,
        scene="",
        parts=(),
        extra=_tagged(question, OPENING_TAG),
    )
    return [
        scene,
        *(
            replace(
                part,
                media=() if part.media == question.media else part.media,
                extra=_tagged(part, f"{CASE_TAG}{question.id}#{number}")
                | {"x_category": question.extra.get("x_category", "")},
            )
            for number, part in enumerate(question.parts, start=1)
        ),
    ]


def _tagged(question: Question, tag: str) -> dict[str, Any]:
    return dict(question.extra) | {"x_tags": [*question.extra.get("x_tags", ()), tag]}


def those_it_can(
    questions: Iterable[Question], write: Callable[[Question], list[str]]
) -> list[str]:
    """Write one by one; what the format has no form for is left out whole, as ``losses`` foretells."""
    kept: list[str] = []
    for question in questions:
        try:
            kept += write(question)
        except CannotWriteError:
            continue
    return kept
