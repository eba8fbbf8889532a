"""Put a practice answer beside the key, piece by piece: each option, blank, pair, place, number.

Pure: a question, its key and a response go in. What only people can mark gets no verdict, but the
model answer and the heads of the rubric, to compare by oneself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _

from question_bank import (
    KINDS,
    Choice,
    Criterion,
    Question,
    Response,
    mark_response,
    parts_for_people,
    say_key,
    say_response,
    shown,
)
from question_bank.folding import fold

# In practice a multiple choice is right or not; part marks belong to exams.
RULE = "all_or_nothing"


@dataclass(frozen=True)
class OptionView:
    """One option after answering: was it chosen, is it right, and why (for those two)."""

    choice: Choice
    chosen: bool
    right: bool


@dataclass(frozen=True)
class PieceView:
    """One blank, pair, place or number: its name, what was given, what is right, and why."""

    name: str
    given: str
    right: bool
    key: str
    why: str = ""


@dataclass(frozen=True)
class PartView:
    """One task of an answered question; a case has several. `right` is None when people mark."""

    part: Question
    shown: Mapping[str, Any]
    options: tuple[OptionView, ...]
    pieces: tuple[PieceView, ...]
    right: bool | None
    own_words: str = ""
    rubric: tuple[Criterion, ...] = ()


def fractions_of(
    question: Question, key: Mapping[str, Any], response: Response
) -> dict[str, Fraction | None]:
    """Return what each marked part earns, 0..1, by id; None for what people mark."""
    people = parts_for_people(question)
    found: dict[str, Fraction | None] = {}
    for part, part_key, answer in _parts(question, key, response):
        rule = RULE if RULE in KINDS[part.kind].rules else None
        by_people = part.id in people
        found[part.id] = None if by_people else mark_response(part, part_key, answer, rule)
    return found


def part_views(
    question: Question, key: Mapping[str, Any], response: Response
) -> tuple[PartView, ...]:
    """Return each task of a question with what was answered and what is right."""
    fractions = fractions_of(question, key, response)
    seen = shown(question)
    shown_parts = {one["id"]: one for one in seen.get("parts", [seen])}
    views = []
    for part, part_key, answer in _parts(question, key, response):
        fraction = fractions[part.id]
        views.append(
            PartView(
                part,
                shown_parts[part.id],
                tuple(_options(part, part_key, answer)),
                tuple(_pieces(part, part_key, answer)),
                None if fraction is None else fraction == 1,
                say_response(part, answer) if fraction is None else "",
                part.rubric,
            )
        )
    return tuple(views)


def _parts(
    question: Question, key: Mapping[str, Any], response: Response
) -> Iterator[tuple[Question, Mapping[str, Any], Response]]:
    for part in question.marked_questions():
        if question.parts:
            yield part, key["parts"][part.id], response.parts.get(part.id, Response())
        else:
            yield part, key, response


def _options(part: Question, key: Mapping[str, Any], response: Response) -> Iterator[OptionView]:
    if "right" not in key:
        return
    for choice in part.options:
        yield OptionView(choice, choice.id in response.chosen, choice.id in key["right"])


def _pieces(part: Question, key: Mapping[str, Any], response: Response) -> Iterator[PieceView]:
    if part.kind == "fill_in":
        yield from _blanks(part, key, response)
    elif part.kind == "matching":
        yield from _pairs(part, key, response)
    elif part.kind == "ordering":
        yield from _places(part, key, response)
    elif part.kind == "numeric":
        right = mark_response(part, key, response) == 1
        whys = [answer.why for answer in part.answers if answer.why]
        yield PieceView("", response.text, right, say_key(part, key), whys[0] if whys else "")


def _blanks(part: Question, key: Mapping[str, Any], response: Response) -> Iterator[PieceView]:
    for number, blank in enumerate(part.blanks, 1):
        marks = key["blanks"][blank.id]
        folded = fold(response.texts.get(blank.id, ""), match_case=blank.match_case)
        accepted = {fold(one, match_case=blank.match_case) for one in marks["accept"]}
        told = [(one.text, one.why) for one in blank.reject]
        told += [(one.text, one.why) for one in blank.partly]
        whys = [
            why for text, why in told if why and folded == fold(text, match_case=blank.match_case)
        ]
        yield PieceView(
            _("第 %(n)d 空", n=number),
            response.texts.get(blank.id, ""),
            folded in accepted,
            _(" 或 ").join(marks["accept"]),
            whys[0] if whys else blank.why,
        )


def _pairs(part: Question, key: Mapping[str, Any], response: Response) -> Iterator[PieceView]:
    for left in part.lefts:
        given = response.pairs.get(left.id, "")
        accepted = key["pairs"][left.id]
        yield PieceView(
            _say(part, left),
            _say(part, part.choice(given)) if given else "",
            given in accepted,
            _(" 或 ").join(_say(part, part.choice(one)) for one in accepted),
            left.why,
        )


def _places(part: Question, key: Mapping[str, Any], response: Response) -> Iterator[PieceView]:
    orders = [list(order) for order in key["orders"]]
    # Of several right orders the nearest is held beside the answer.
    nearest = max(orders, key=lambda order: sum(map(str.__eq__, order, response.chosen)))
    for place, item in enumerate(nearest, 1):
        given = response.chosen.index(item) + 1 if item in response.chosen else 0
        yield PieceView(
            _say(part, part.choice(item)),
            _("第 %(n)d 位", n=given) if given else "",
            given == place,
            _("第 %(n)d 位", n=place),
            part.choice(item).why,
        )


def _say(part: Question, choice: Choice) -> str:
    alts = (medium.alt for medium in part.media if medium.name in choice.media)
    return choice.text or "，".join(alts)
