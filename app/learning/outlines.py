"""The outline of an edition: written by the sync, read back as a course for counting.

The JSON in `CourseEdition.outline` is fixed: modules with code, title, title_en and lessons; lessons
with code, title, title_en, minutes, practical and prerequisites. Which lessons can be studied is not
in it: the current `LessonVersion` rows say so.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from app.models.learning import CourseEdition
from curricula import CompletionRule, Course, Lesson, Module, Words

# Stands for the text of a lesson that has one: the arithmetic of progress only asks whether
# there is a text, and lists must not load every lesson's.
WRITTEN = "…"


def dump_outline(course: Course) -> dict[str, Any]:
    """Return the outline of a course as JSON."""
    return {
        "modules": [
            {
                "code": module.id,
                "title": module.title.zh,
                "title_en": module.title.en,
                "lessons": [_dump_lesson(lesson) for lesson in module.lessons],
            }
            for module in course.modules
        ]
    }


def structure(outline: dict[str, Any]) -> list[Any]:
    """Return what people who study by an edition rely on: everything of its outline but titles."""
    return [
        [
            module["code"],
            [
                {name: value for name, value in lesson.items() if not name.startswith("title")}
                for lesson in module["lessons"]
            ],
        ]
        for module in outline["modules"]
    ]


def read_course(edition: CourseEdition, countable: Collection[str]) -> Course:
    """Return an edition as a course without texts, fit for the arithmetic of `curricula`.

    `countable` are the codes of lessons that can be studied.
    """
    return Course(
        code=edition.code,
        edition=edition.edition,
        title=Words(edition.title, edition.title_en),
        class_hours=0,
        minutes_per_class_hour=45,
        modules=tuple(_read_module(module, countable) for module in edition.outline["modules"]),
        headings=(),
        policy_areas=(),
        standards=(),
        sources=(),
    )


def _dump_lesson(lesson: Lesson) -> dict[str, Any]:
    return {
        "code": lesson.id,
        "title": lesson.title.zh,
        "title_en": lesson.title.en,
        "minutes": lesson.minutes,
        "practical": lesson.practical,
        "prerequisites": list(lesson.prerequisites),
    }


def _read_module(module: dict[str, Any], countable: Collection[str]) -> Module:
    return Module(
        id=module["code"],
        title=Words(module["title"], module["title_en"]),
        policy_areas=(),
        lessons=tuple(
            Lesson(
                id=lesson["code"],
                module_id=module["code"],
                title=Words(lesson["title"], lesson["title_en"]),
                minutes=lesson["minutes"],
                practical=lesson["practical"],
                prerequisites=tuple(lesson["prerequisites"]),
                completion=CompletionRule(),
                body=WRITTEN if lesson["code"] in countable else "",
            )
            for lesson in module["lessons"]
        ),
    )
