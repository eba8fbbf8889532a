"""Read the description at the head of a lesson, and compare it with the outline in course.yaml.

Title, minutes and prerequisites stand in both places on purpose: the lesson file can be read and
reviewed alone, and the outline can be read without the lessons. Here every difference is told.
"""

from collections.abc import Sequence
from dataclasses import replace

from curricula.course import (
    LESSON_STATUSES,
    OBJECTIVE_LEVELS,
    Figure,
    Lesson,
    Objective,
    Review,
    Source,
    Words,
    Writer,
)
from curricula.fields import Fields


def check_format(fields: Fields, expected: str) -> bool:
    """Tell whether the file is of a format and major version that we read.

    In a file of a newer minor version, fields we do not know are passed over in silence.
    """
    found, version = fields.text("format"), fields.text("format_version")
    major, _, minor = version.partition(".")
    if found == expected and major == "1" and minor.isdecimal():
        fields.lenient = int(minor) > 0
        return True
    fields.problems.error(
        fields.line("format_version" if found == expected else "format"),
        "wrong-format",
        f"这个文件写的是“{found} {version}”；本系统读的是 {expected} 1.x，请核对或转换。",
        f"This file says '{found} {version}'; {expected} 1.x is read here. Check or convert it.",
    )
    return False


def read_front_matter(fields: Fields, outline: Lesson, edition: str) -> Lesson:
    """Return `outline` with what the front matter adds; note every difference and gap."""
    _same(fields, "id", fields.text("id"), outline.id)
    _same(fields, "title", fields.words("title"), outline.title)
    _same(fields, "module", fields.text("module"), outline.module_id)
    _same(fields, "edition", fields.text("edition"), edition)
    _same(fields, "minutes", fields.whole("minutes"), outline.minutes)
    _same(fields, "practical", fields.flag("practical", required=True), outline.practical)
    _same(fields, "prerequisites", fields.texts("prerequisites"), outline.prerequisites)
    english = fields.mapping("en")
    aim = english.text("aim") if english else ""
    remember = english.texts("remember") if english else ()
    if english:
        english.finish()
    lesson = replace(
        outline,
        objectives=tuple(_objective(item) for item in fields.mappings("objectives")),
        headings=fields.texts("headings"),
        clauses=fields.texts("clauses", required=False),
        practice=fields.texts("practice"),
        figures=tuple(_figure(item) for item in fields.mappings("figures", required=False)),
        settings=fields.texts("settings", required=False),
        sources=tuple(read_source(item, with_id=False) for item in fields.mappings("sources")),
        english_aim=aim,
        english_remember=remember,
        writer=read_writer(fields),
        reviewers_needed=fields.texts("reviewers_needed"),
        reviewed=tuple(read_review(item) for item in fields.mappings("reviewed", required=False)),
        review_by=fields.day("review_by"),
        status=fields.choice("status", LESSON_STATUSES),
    )
    check_approval(fields, lesson.writer, lesson.status)
    refuse_empty(
        fields,
        objectives=lesson.objectives,
        headings=lesson.headings,
        sources=lesson.sources,
        reviewers_needed=lesson.reviewers_needed,
    )
    return lesson


def refuse_empty(fields: Fields, **lists: Sequence[object]) -> None:
    """Note each list that is written but holds nothing."""
    for name, entries in lists.items():
        if fields.has(name) and not entries:
            fields.problems.error(
                fields.line(name),
                "empty-list",
                f"“{name}”是空的；请至少写一项。",
                f"'{name}' is empty; write at least one entry.",
            )


def _same(fields: Fields, name: str, found: object, expected: object) -> None:
    if fields.has(name) and found != expected:
        fields.problems.error(
            fields.line(name),
            "differs-from-course",
            f"这里的“{name}”和 course.yaml 里写的不一样；请改成一致。",
            f"'{name}' differs from what course.yaml says; make them agree.",
        )


def check_approval(fields: Fields, writer: Writer | None, status: str) -> None:
    """Machine-drafted text stays a draft until a named person answers for it."""
    if writer is None or writer.kind != "ai_drafted" or writer.approved_by:
        return
    if status not in {"draft", "retired"}:
        fields.problems.error(
            fields.line("status"),
            "not-approved",
            "机器起草的课文要有人批准（approved_by 写姓名）才能离开草稿状态。",
            "Machine-drafted text can leave 'draft' only when approved_by names a person.",
        )


def _objective(item: Fields) -> Objective:
    label = Words(item.text("zh"), item.text("en"))
    objective = Objective(item.text("id"), item.choice("level", OBJECTIVE_LEVELS), label)
    item.finish()
    return objective


def _figure(item: Fields) -> Figure:
    figure = Figure(
        item.text("text"),
        item.text("source"),
        item.loose_day("date"),
        item.text("note", required=False),
    )
    item.finish()
    return figure


def read_source(item: Fields, *, with_id: bool) -> Source:
    """Read one source: title, issuer, date and what it is used for."""
    source = Source(
        title=item.text("title"),
        issuer=item.text("issuer"),
        date=item.loose_day("date"),
        used_for=item.text("used_for"),
        id=item.text("id", required=with_id),
        date_kind=item.text("date_kind", required=False),
        kind=item.text("kind", required=False),
    )
    item.finish()
    return source


def read_writer(fields: Fields) -> Writer | None:
    """Read who wrote it."""
    item = fields.mapping("writer")
    if item is None:
        return None
    writer = Writer(
        item.choice("kind", ("human", "ai_drafted")),
        item.text("approved_by", required=False) or None,
    )
    item.finish()
    return writer


def read_review(item: Fields) -> Review:
    """Read one review: who, in which role, when."""
    review = Review(item.text("name"), item.text("role"), item.loose_day("date"))
    item.finish()
    return review
