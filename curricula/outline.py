"""Read course.yaml: the outline of modules and lessons, and the registries the course rests on.

Works on fields only; lesson files are read by `curricula.loader`. Faults inside the outline
(repeated ids, unknown prerequisites, circles) are told here with their lines.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol, TypeVar

from curricula.course import (
    DOMAINS,
    CompletionRule,
    Course,
    Heading,
    Lesson,
    Module,
    PolicyArea,
    Standard,
    Words,
)
from curricula.fields import Fields
from curricula.front_matter import read_source
from curricula.prerequisites import find_circles

_MODULE_ID = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_LESSON_ID = re.compile(r"[0-9A-Za-z]+([.-][0-9A-Za-z]+)*")


class _Named(Protocol):
    @property
    def id(self) -> str: ...


_Entry = TypeVar("_Entry", bound=_Named)


@dataclass(slots=True)
class ReadOutline:
    """The course without texts, and where its lessons stand in course.yaml."""

    course: Course
    body_characters: tuple[int, int]
    lesson_lines: dict[str, int]


@dataclass(slots=True)
class _Rules:
    """How lessons count as done unless they say otherwise."""

    lesson: CompletionRule = field(default_factory=CompletionRule)
    practical: CompletionRule = field(default_factory=CompletionRule)


def read_outline(fields: Fields) -> ReadOutline:
    """Return the outline; every fault is noted in `fields.problems`."""
    fields.choice("language", ("zh-CN",))
    headings = _registry(fields, "headings", _heading)
    areas = _registry(fields, "policy_areas", _policy_area)
    rules = _read_rules(fields)
    lines: dict[str, int] = {}
    modules = _read_modules(fields, {area.id for area in areas}, rules, lines)
    course = Course(
        code=fields.text("code"),
        edition=fields.text("edition"),
        title=fields.words("title"),
        class_hours=fields.whole("class_hours"),
        minutes_per_class_hour=fields.whole("minutes_per_class_hour", 45),
        modules=modules,
        headings=headings,
        policy_areas=areas,
        standards=_registry(fields, "standards", _standard),
        sources=_registry(fields, "sources", lambda item: read_source(item, with_id=True)),
    )
    limits = _read_limits(fields)
    fields.finish()
    _check_prerequisites(course, lines, fields)
    _check_hours(course, fields)
    return ReadOutline(course, limits, lines)


def _registry(fields: Fields, name: str, read: Callable[[Fields], _Entry]) -> tuple[_Entry, ...]:
    """Read a list of things with ids; what has no id or one already used is left out."""
    kept: dict[str, _Entry] = {}
    for item in fields.mappings(name):
        entry = read(item)
        if entry.id in kept:
            _duplicate(item, entry.id, name)
        elif entry.id:
            kept[entry.id] = entry
    return tuple(kept.values())


def _duplicate(item: Fields, id_: str, name: str) -> None:
    item.problems.error(
        item.own_line,
        "duplicate-id",
        f"“{name}”里的编号“{id_}”已经用过；编号不能重复，请改一个。",
        f"The id '{id_}' is already used in '{name}'; ids must differ, change one.",
    )


def _heading(item: Fields) -> Heading:
    label = Words(item.text("zh"), item.text("en"))
    heading = Heading(item.text("id"), label, item.choice("domain", DOMAINS))
    item.finish()
    return heading


def _policy_area(item: Fields) -> PolicyArea:
    area = PolicyArea(item.text("id"), Words(item.text("zh"), item.text("en")))
    item.finish()
    return area


def _standard(item: Fields) -> Standard:
    standard = Standard(
        id=item.text("id"),
        title=item.text("title"),
        kind=item.text("kind"),
        number=item.text("number", required=False),
        issuer=item.text("issuer"),
        published=item.loose_day("published", required=False),
        in_force=item.loose_day("in_force", required=False),
        clauses=item.texts("clauses", required=False),
        note=item.text("note", required=False),
    )
    item.finish()
    return standard


def _read_rules(fields: Fields) -> _Rules:
    rules = _Rules()
    inner = fields.mapping("completion", required=False)
    if inner is not None:
        rules.lesson = _completion(inner, "lesson", rules.lesson)
        rules.practical = _completion(inner, "practical", rules.practical)
        inner.finish()
    return rules


def _completion(fields: Fields, name: str, default: CompletionRule) -> CompletionRule:
    item = fields.mapping(name, required=False)
    if item is None:
        return default
    share = item.share("practice_share")
    rule = CompletionRule(
        opened=item.flag("opened"),
        minimum_minutes=item.whole("minimum_minutes", required=False) or None,
        practice_share=Fraction(share) if share else None,
        instructor_tick=item.flag("instructor_tick"),
    )
    item.finish()
    if rule == CompletionRule(opened=False):
        item.problems.error(
            item.own_line,
            "empty-completion",
            "完成条件是空的，人人一开始就算学完；请至少写一条，如 opened: true。",
            "The completion rule is empty, so everyone would be done at once; name one condition.",
        )
    return rule


def _read_modules(
    fields: Fields, areas: set[str], rules: _Rules, lines: dict[str, int]
) -> tuple[Module, ...]:
    modules: dict[str, Module] = {}
    for item in fields.mappings("modules"):
        id_, title = _checked_id(item, _MODULE_ID), item.words("title")
        policy_areas = item.texts("policy_areas")
        lessons = [
            lesson
            for lesson_item in item.mappings("lessons")
            if (lesson := _read_lesson(lesson_item, id_, rules, lines)) is not None
        ]
        item.finish()
        for area in policy_areas:
            if area not in areas:
                item.problems.error(
                    item.line("policy_areas"),
                    "unknown-policy-area",
                    f"培训方面“{area}”不在 policy_areas 表里；请改正。",
                    f"The policy area '{area}' is not in the list policy_areas; correct it.",
                )
        if id_ in modules:
            _duplicate(item, id_, "modules")
        elif id_:
            modules[id_] = Module(id_, title, policy_areas, tuple(lessons))
    return tuple(modules.values())


def _read_lesson(
    item: Fields, module_id: str, rules: _Rules, lines: dict[str, int]
) -> Lesson | None:
    """Read one line of the outline; None where its id is missing or listed already."""
    id_, practical = _checked_id(item, _LESSON_ID), item.flag("practical", required=True)
    lesson = Lesson(
        id=id_,
        module_id=module_id,
        title=item.words("title"),
        minutes=item.whole("minutes"),
        practical=practical,
        prerequisites=item.texts("prerequisites"),
        completion=_completion(item, "completion", rules.practical if practical else rules.lesson),
        file=item.text("file", required=False),
    )
    item.finish()
    if id_ in lines:
        item.problems.error(
            item.own_line,
            "lesson-listed-twice",
            f"第 {id_} 课已在第 {lines[id_]} 行列出；一课只能列一次，请删去或改编号。",
            f"Lesson {id_} is already listed in line {lines[id_]}; delete it or change the id.",
        )
        return None
    if not id_:
        return None
    lines[id_] = item.own_line
    return lesson


def _checked_id(item: Fields, pattern: re.Pattern[str]) -> str:
    """Return the id; "" where it could not name a file or a place in an address."""
    id_ = item.text("id")
    if not id_ or pattern.fullmatch(id_):
        return id_
    item.problems.error(
        item.line("id"),
        "bad-id",
        f"编号“{id_[:40]}”不能用；只用字母、数字、点和短横，如 M4、4.3。",
        f"The id '{id_[:40]}' is not allowed; use letters, digits, dots, hyphens: M4, 4.3.",
    )
    return ""


def _read_limits(fields: Fields) -> tuple[int, int]:
    item = fields.mapping("body_characters")
    if item is None:
        return (1, 100_000)
    limits = (item.whole("least", 1), item.whole("most", 100_000))
    item.finish()
    return limits


def _check_prerequisites(course: Course, lines: dict[str, int], fields: Fields) -> None:
    needs = {lesson.id: lesson.prerequisites for lesson in course.lessons}
    for id_, prerequisites in needs.items():
        for needed in prerequisites:
            if needed not in needs:
                fields.problems.error(
                    lines[id_],
                    "unknown-prerequisite",
                    f"第 {id_} 课的先修课“{needed}”不在课表里；请改正编号。",
                    f"Lesson {id_} needs '{needed}', which is not in the outline; correct the id.",
                )
    for circle in find_circles(needs):
        way = " → ".join((*circle, circle[0]))
        fields.problems.error(
            lines[circle[0]],
            "prerequisite-circle",
            f"先修课绕成了圈（{way}），谁也开不了头；请去掉其中一条。",
            f"Prerequisites run in a circle ({way}), so nobody could begin; remove one of them.",
        )


def _check_hours(course: Course, fields: Fields) -> None:
    planned = course.class_hours * course.minutes_per_class_hour
    total = sum(lesson.minutes for lesson in course.lessons)
    if planned and total != planned:
        fields.problems.error(
            fields.line("class_hours"),
            "hours-do-not-add-up",
            f"各课合计 {total} 分钟，class_hours 写的是 {planned} 分钟；请核对。",
            f"The lessons add up to {total} minutes, class_hours says {planned}; check them.",
        )
