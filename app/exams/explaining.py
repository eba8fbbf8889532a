"""Explanations after a mock exam: each question with what was answered, what is right, and why.

Only for tries that count for nothing: a real paper's keys are shown to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.exams import answers, marking
from app.exams.labels import authored
from app.exams.questions import asked, question
from app.learning.explaining import PartView, part_views
from app.models.exams import Attempt, PaperSlot
from question_bank import Question, parse_response, shown


class NotMockError(ValueError):
    """The attempt is of a real exam: there is nothing to explain."""


@dataclass(frozen=True)
class Explained:
    """One question of a try, a case as a whole: first number, marks earned, and its parts."""

    number: int
    last: int
    question: Question
    parts: tuple[PartView, ...]
    earned: Fraction
    maximum: Fraction

    @property
    def shown(self) -> dict[str, Any]:
        """What the page shows of the question itself."""
        return shown(self.question)

    @property
    def media(self) -> list[str]:
        """SHA-256 of its pictures and sounds, as practice numbers them."""
        everything = [*self.question.media, *(m for p in self.question.parts for m in p.media)]
        return list(dict.fromkeys(one.sha256 for one in everything if one.sha256))


def explained(attempt: Attempt) -> list[Explained]:
    """Return each question of a handed-in try. Raises NotMockError for an attempt of a real exam."""
    if not attempt.booking.sitting.mock:
        raise NotMockError(attempt.id)
    slots = attempt.paper.slots
    keys = marking.current_keys({slot.version_id for slot in slots})
    given = answers.standing(attempt)
    rules = attempt.booking.sitting.revision.body["marking_rules"]
    groups: dict[str, list[PaperSlot]] = {}
    for slot in slots:
        groups.setdefault(slot.version_id, []).append(slot)
    found = []
    for version_id, of_one in groups.items():
        key = keys[version_id]
        fractions = [
            (marking.fraction_of(s, key, given.get(s.number), rules)[0], Fraction(s.maximum))
            for s in of_one
        ]
        whole = question(version_id)
        response = parse_response(whole, _raw(whole, of_one, given))
        found.append(
            Explained(
                number=of_one[0].number,
                last=of_one[-1].number,
                question=whole,
                parts=part_views(whole, key.key, response),
                earned=sum((f * m for f, m in fractions), Fraction(0)),
                maximum=sum((m for _f, m in fractions), Fraction(0)),
            )
        )
    return found


def _raw(whole: Question, slots: list[PaperSlot], given: Mapping[int, Any]) -> Any:
    """Return what was answered to a question in the author's names; a case by part."""
    raw = {
        slot.part: authored(
            asked(slot.version_id, slot.part), slot.option_order, given.get(slot.number)
        )
        for slot in slots
    }
    return raw if whole.parts else raw[""]
