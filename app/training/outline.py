"""Reading an edition's outline: which lessons it has and which are practical.

The outline is the JSON that `flask content sync` stores in `CourseEdition.outline`; this module
only reads it and knows nothing of people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class OutlineLesson:
    """One lesson as the outline lists it."""

    code: str
    title: str
    title_en: str
    minutes: int
    practical: bool


def lessons(outline: dict[str, Any]) -> list[OutlineLesson]:
    """Return all lessons of an outline in course order."""
    return [
        OutlineLesson(
            code=str(lesson["code"]),
            title=str(lesson["title"]),
            title_en=str(lesson["title_en"]),
            minutes=int(lesson["minutes"]),
            practical=bool(lesson["practical"]),
        )
        for module in outline["modules"]
        for lesson in module["lessons"]
    ]


def practical_lessons(
    outline: dict[str, Any], rule: str, countable: frozenset[str]
) -> list[OutlineLesson]:
    """Return the practical lessons that need an instructor's signature, in course order.

    `rule` is the dated setting `training.practical_lessons`: `all`, or `countable` for those whose
    text is finished (their codes are in `countable`).
    """
    return [
        lesson
        for lesson in lessons(outline)
        if lesson.practical and (rule == "all" or lesson.code in countable)
    ]
