"""Ask, answer, mark: what an exam or a practice page does with a question of any kind.

What is shown and what marks are two things. ``shown()`` is an allow-list, so that a new field can
never leak by being forgotten; ``key_of()`` is only the first key. Marking takes the key as an
argument, so that a mended key applies to an unchanged question.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from question_bank.kinds import CASE_SET, KINDS
from question_bank.kinds.base import BY_PEOPLE, Order
from question_bank.media import shown_media, stem_media
from question_bank.question import Fault, NoMarkError, Question, Response

KEY_FORMAT_VERSION = "1.0"


def shown(question: Question, option_order: Order = None) -> dict[str, Any]:
    """Give exactly what a candidate may receive: id, kind, stem or scene, media, options, parts.

    ``option_order``: option ids, or for a case set ``{part id: option ids}``. ValueError when it
    does not name each option once.
    """
    stem = {} if question.parts else {"stem": question.stem}
    names = stem_media(question)
    media = {"media": shown_media(question, names)} if names else {}
    return (
        {"id": question.id, "kind": question.kind}
        | stem
        | media
        | KINDS[question.kind].shown(question, option_order)
    )


def key_of(question: Question) -> dict[str, Any]:
    """Give the body of the question's first marking key.

    ``{"format_version", "kind", "right": [option ids]}``, in a case set ``"parts": {id: key}``;
    other kinds say their form in ``kinds/``. A mended key has the same form; ``right`` of a single
    choice or true/false may then name several accepted answers, and ``"everyone": true`` gives all
    candidates the full mark.
    """
    head = {"format_version": KEY_FORMAT_VERSION, "kind": question.kind}
    return head | KINDS[question.kind].key_of(question)


def check_key(question: Question, key: Mapping[str, Any]) -> list[Fault]:
    """Name what is wrong with a (mended) key for this question; empty when it can mark."""
    return KINDS[question.kind].key_faults(question, key)


def parse_response(question: Question, raw: object) -> Response:
    """Read what the browser sent: an option id, a list of them, a boolean, a text, a mapping.

    None and empty mean unanswered. ResponseFormatError for anything else: it is refused, not
    marked as wrong.
    """
    return KINDS[question.kind].parse(question, raw)


def raw_response(question: Question, response: Response) -> Any:
    """Give the one JSON value of a response; None when blank. ``parse_response`` takes it back."""
    return KINDS[question.kind].raw(question, response)


def parts_for_people(question: Question) -> tuple[str, ...]:
    """Give the ids of the marked questions in it that only people can mark."""
    return tuple(
        one.id for one in question.marked_questions() if KINDS[one.kind].marked_by == BY_PEOPLE
    )


def mark_response(
    question: Question, key: Mapping[str, Any], response: Response, rule: str | None = None
) -> Fraction:
    """Give the fraction 0..1 that a response earns under this key.

    ``rule`` is the exam's and wins over the question's; ValueError when the kind does not know it.
    A case set gives the mean of its parts; ``mark_parts`` gives them one by one. Raises
    NeedsPeopleError where only people can mark, NoMarkError for a description.
    """
    return KINDS[question.kind].mark(question, key, response, rule)


def mark_parts(
    question: Question, key: Mapping[str, Any], response: Response, rule: str | None = None
) -> dict[str, Fraction]:
    """Give the fraction of each marked question, by id: the parts, or the question alone."""
    if question.parts:
        return CASE_SET.mark_parts(question, key, response, rule)
    if not question.marked_questions():
        raise NoMarkError(question.id)
    return {question.id: mark_response(question, key, response, rule)}


def say_response(question: Question, response: Response) -> str:
    """Say a response in words, 未作答 when there is none."""
    return KINDS[question.kind].in_words(question, response)


def say_key(question: Question, key: Mapping[str, Any] | None = None) -> str:
    """Say the right answer in words: of the given key, or the question's own."""
    return KINDS[question.kind].key_in_words(question, key or key_of(question))
