"""Read one lesson file: front matter between two lines of ---, then the text in Markdown.

Says what stands in the file and what is wrong in it. Whether the lesson fits the rest of the
course (headings, repeated ids across lessons) is the business of `curricula.loader`.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from curricula.body import (
    KNOWN_PARTS,
    Body,
    count_characters,
    links,
    pictures,
    split_body,
    unclosed_bold,
)
from curricula.course import Diagram, Lesson
from curricula.diagram import DiagramRefusedError, clean_diagram
from curricula.fields import Fields
from curricula.front_matter import check_format, read_front_matter
from curricula.marked_yaml import UnreadableYamlError, read_yaml
from curricula.problems import ProblemList
from curricula.text_file import read_text

FORMAT = "peizhen.lesson"
MAX_LESSON_BYTES = 200_000
_DIAGRAM_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\.svg")


@dataclass(frozen=True, slots=True)
class LessonFile:
    """A lesson as its own file tells it, with the lines of the fields that point elsewhere."""

    lesson: Lesson
    lines: dict[str, int]


def read_lesson(
    folder: Path, outline: Lesson, edition: str, problems: ProblemList, limits: tuple[int, int]
) -> LessonFile | None:
    """Return the lesson of `outline` with all that its file says; None where it cannot be read.

    `limits` are the least and most characters of the text; outside them a warning is given.
    """
    path = folder / problems.file
    text = read_text(path, problems, MAX_LESSON_BYTES)
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
    lesson = replace(
        read_front_matter(fields, outline, edition),
        file=problems.file,
        body=f"{markdown.strip()}\n",
        diagrams=_read_diagrams(fields, path.parent, problems),
    )
    fields.finish()
    _check_body(split_body(markdown, first_line), lesson, first_line, problems, limits)
    return LessonFile(
        lesson, {name: fields.line(name) for name in ("headings", "objectives", "practice")}
    )


def split_front_matter(text: str, problems: ProblemList) -> tuple[str, str, int] | None:
    """Return front matter (first line blank, so that lines still count), text and its line."""
    lines = text.split("\n")
    ends = [at for at, line in enumerate(lines) if line.rstrip() == "---"]
    if lines[0].rstrip() != "---" or len(ends) < 2:
        problems.error(
            1,
            "no-front-matter",
            "课文开头应当有夹在两行 --- 之间的说明；请照其他课补上。",
            "The file must begin with a description between two lines of ---; see other lessons.",
        )
        return None
    end = ends[1]
    return "\n".join(["", *lines[1:end]]), "\n".join(lines[end + 1 :]), end + 2


def _read_diagrams(fields: Fields, folder: Path, problems: ProblemList) -> tuple[Diagram, ...]:
    diagrams: list[Diagram] = []
    for item in fields.mappings("diagrams", required=False):
        file, alt, line = item.text("file"), item.text("alt"), item.line("file")
        item.finish()
        if file and not _DIAGRAM_NAME.fullmatch(file):
            problems.error(
                line,
                "bad-diagram-name",
                f"图的文件名“{file}”不合规定；请用小写字母、数字、短横，以 .svg 结尾，放在同一文件夹。",
                f"The name '{file}' is not allowed; use a-z, 0-9, hyphens and .svg, in the same folder.",
            )
        elif file:
            svg = _read_svg(folder / file, line, problems)
            if svg is not None:
                diagrams.append(Diagram(file, alt, svg))
    return tuple(diagrams)


def _read_svg(path: Path, line: int, problems: ProblemList) -> str | None:
    if not path.is_file():
        problems.error(
            line,
            "missing-diagram",
            f"找不到图“{path.name}”；请把它放到课文旁边，或删去这一项。",
            f"The drawing '{path.name}' is missing; put it beside the lesson or delete the entry.",
        )
        return None
    own = ProblemList(str(Path(problems.file).parent / path.name))
    svg = read_text(path, own, MAX_LESSON_BYTES)
    try:
        faults = clean_diagram(svg, "").faults if svg is not None else ()
    except DiagramRefusedError as error:
        faults, svg = (error.fault,), None
    for fault in faults:
        own.error(fault.line, fault.code, fault.zh, fault.en)
    problems.extend(own.found)
    return svg


def _check_body(
    body: Body, lesson: Lesson, first_line: int, problems: ProblemList, limits: tuple[int, int]
) -> None:
    if body.title != lesson.title.zh:
        problems.error(
            body.title_line,
            "differs-from-course",
            f"课文标题“{body.title}”和课名“{lesson.title.zh}”不一样；请改成一致。",
            f"The title in the text differs from the lesson's name '{lesson.title.zh}'.",
        )
    _check_sections(body, problems, first_line)
    _check_pictures(body, lesson, first_line, problems)
    for address, line in links(body, first_line):
        if not address.startswith(("https://", "#")):
            problems.error(
                line,
                "bad-link",
                f"链接“{address[:60]}”不能用；只接受 https:// 开头的地址和本课内的 #小节。",
                f"The link '{address[:60]}' is not allowed; use https:// or a #section of this lesson.",
            )
    for line in unclosed_bold(body, first_line):
        problems.error(
            line,
            "bold-not-closed",
            "这里的 ** 不会变成粗体，会照样显示；请把标点移到 ** 外面，或补上另一半。",
            "This ** would be shown as stars; move the punctuation outside or add the other half.",
        )
    least, most = limits
    count = count_characters(body)
    if not least <= count <= most:
        problems.warning(
            first_line,
            "body-length",
            f"正文 {count} 字（教学提示不算），应在 {least}～{most} 字之间；请增删。",
            f"The text has {count} characters without teaching notes; aim at {least} to {most}.",
        )


def _check_sections(body: Body, problems: ProblemList, first_line: int) -> None:
    seen: set[str] = set()
    for section in body.sections:
        if not section.has_good_id:
            problems.error(
                section.line,
                "bad-section-id",
                f"小节“{section.title}”要有编号，写成“## 标题 {{#arrival}}”，用小写字母、数字、短横。",
                f"Section '{section.title}' needs an id such as {{#arrival}} (a-z, 0-9, hyphens).",
            )
        elif section.id in seen:
            problems.error(
                section.line,
                "duplicate-section",
                f"小节编号“{section.id}”用了两次；请改一个。",
                f"The section id '{section.id}' is used twice; change one.",
            )
        seen.add(section.id)
    for part in KNOWN_PARTS:
        if part not in seen:
            problems.warning(
                first_line,
                "missing-part",
                f"课文缺少 {{#{part}}} 这一节；每课都要有目标、案例、记住和教学提示。",
                f"The text has no {{#{part}}} section; each lesson has aim, case, remember, teaching.",
            )


def _check_pictures(body: Body, lesson: Lesson, first_line: int, problems: ProblemList) -> None:
    declared = {diagram.file for diagram in lesson.diagrams}
    used: set[str] = set()
    for picture in pictures(body, first_line):
        used.add(picture.file)
        if picture.file not in declared:
            problems.error(
                picture.line,
                "unknown-picture",
                f"正文用了图“{picture.file}”，开头的 diagrams 里没有它（或它读不出来）；请补上。",
                f"The text shows '{picture.file}', which diagrams does not list or cannot be read.",
            )
        if not picture.alone or not picture.alt.strip():
            problems.error(
                picture.line,
                "picture-not-alone",
                f"图“{picture.file}”要单独成段，方括号里写图名。",
                f"The picture '{picture.file}' must stand in a paragraph of its own, with a caption.",
            )
    for file in sorted(declared - used):
        problems.warning(
            1,
            "unused-diagram",
            f"diagrams 里的“{file}”正文没有用到；请放进正文，或删去这一项。",
            f"The text does not show '{file}' from diagrams; show it or delete the entry.",
        )
