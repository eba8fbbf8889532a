"""Read the guides of a course: pathways (one page for a condition) and blank specimens of forms.

A guide is one Markdown file with a short front matter, in `pathways/` or `templates/` of the
course folder. It belongs to a lesson, but nobody's progress depends on it: it is read, printed and
carried along. Filled-in forms are no business of the product.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from curricula.body import Body, count_characters, links, pictures, split_body, unclosed_bold
from curricula.course import LESSON_STATUSES, Course, Review, Source, Words, Writer
from curricula.fields import Fields
from curricula.front_matter import (
    check_approval,
    check_format,
    read_review,
    read_source,
    read_writer,
    refuse_empty,
)
from curricula.lesson_file import split_front_matter
from curricula.marked_yaml import UnreadableYamlError, read_yaml
from curricula.problems import ProblemList
from curricula.text_file import read_text

FORMAT = "peizhen.guide"
MAX_GUIDE_BYTES = 60_000
FOLDERS = {"pathways": "pathway", "templates": "template"}
# A pathway is one page to be held in a pocket; a form of two pages is still a form.
MOST_CHARACTERS = {"pathway": 700, "template": 1500}


@dataclass(frozen=True, slots=True)
class Guide:
    """One guide. `kind` is pathway or template; `id` is the name of its file."""

    kind: str
    id: str
    title: Words
    lesson: str
    see_also: tuple[str, ...]
    sources: tuple[Source, ...]
    writer: Writer | None
    reviewers_needed: tuple[str, ...]
    reviewed: tuple[Review, ...]
    review_by: date | None
    status: str
    file: str
    body: str

    @property
    def lessons(self) -> tuple[str, ...]:
        """The lesson it belongs to, and those it refers to."""
        return (self.lesson, *self.see_also)

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """Roles that must review it and have not."""
        done = {review.role for review in self.reviewed}
        return tuple(role for role in self.reviewers_needed if role not in done)


def read_guides(folder: Path, problems: ProblemList) -> tuple[Guide, ...]:
    """Read the guides below a course folder, by kind and name; faults go into `problems`."""
    found = []
    for name, kind in FOLDERS.items():
        for path in sorted((folder / name).glob("*.md")):
            own = ProblemList(path.relative_to(folder).as_posix())
            guide = _read(path, kind, own)
            problems.extend(own.found)
            if guide is not None:
                found.append(guide)
    return tuple(found)


def check_guides(guides: Iterable[Guide], course: Course, problems: ProblemList) -> None:
    """Note every lesson that a guide names and the course has not."""
    known = {lesson.id for lesson in course.lessons}
    for guide in guides:
        own = ProblemList(guide.file)
        for lesson in guide.lessons:
            if lesson not in known:
                own.error(
                    1,
                    "unknown-lesson",
                    f"课程里没有第 {lesson} 课；请改正 lesson 或 see_also。",
                    f"The course has no lesson {lesson}; correct lesson or see_also.",
                )
        problems.extend(own.found)


def _read(path: Path, kind: str, problems: ProblemList) -> Guide | None:
    text = read_text(path, problems, MAX_GUIDE_BYTES)
    parts = split_front_matter(text, problems) if text is not None else None
    if parts is None:
        return None
    front, markdown, first_line = parts
    try:
        fields = Fields(read_yaml(front), problems)
    except UnreadableYamlError as error:
        problems.error(error.line, error.code, error.zh, error.en)
        return None
    if not check_format(fields, FORMAT):
        return None
    guide = Guide(
        kind=kind,
        id=path.stem,
        title=fields.words("title"),
        lesson=fields.text("lesson"),
        see_also=fields.texts("see_also", required=False),
        sources=tuple(read_source(item, with_id=False) for item in fields.mappings("sources")),
        writer=read_writer(fields),
        reviewers_needed=fields.texts("reviewers_needed"),
        reviewed=tuple(read_review(item) for item in fields.mappings("reviewed", required=False)),
        review_by=fields.day("review_by"),
        status=fields.choice("status", LESSON_STATUSES),
        file=problems.file,
        body=f"{markdown.strip()}\n",
    )
    fields.finish()
    check_approval(fields, guide.writer, guide.status)
    refuse_empty(fields, sources=guide.sources, reviewers_needed=guide.reviewers_needed)
    _check_body(split_body(markdown, first_line), guide, first_line, problems)
    return guide


def _check_body(body: Body, guide: Guide, first_line: int, problems: ProblemList) -> None:
    if not body.title.startswith(guide.title.zh):
        problems.error(
            body.title_line,
            "differs-from-title",
            f"正文标题“{body.title}”不是以 title 里的“{guide.title.zh}”开头；请改成一致。",
            f"The text's title does not begin with '{guide.title.zh}' as title says.",
        )
    for line in (*unclosed_bold(body, first_line), *(one.line for one in pictures(body))):
        problems.error(
            line,
            "not-plain",
            "这里有没闭合的 ** 或图片；指南只用文字和表格，请改正。",
            "Here is an unclosed ** or a picture; guides hold text and tables only.",
        )
    for address, line in links(body, first_line):
        problems.error(
            line,
            "bad-link",
            f"指南要能打印出来用，不放链接：“{address[:60]}”；请写成文字。",
            f"Guides are printed: write '{address[:60]}' as words instead of a link.",
        )
    most = MOST_CHARACTERS[guide.kind]
    count = count_characters(body)
    if count > most:
        problems.warning(
            first_line,
            "body-length",
            f"正文 {count} 字，最多 {most} 字才放得下；请删减。",
            f"The text has {count} characters; at most {most} fit the page.",
        )
