"""Read a course folder into a Course, and report every problem by file and line.

Reading never stops at the first fault: what can be read is read, so that an author sees the whole
list at once. A report with errors must not be synced; the course in it is for looking at only.
Nothing is written, and nothing here knows which questions exist: whoever syncs compares the
practice ids of lessons with the question bank.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from curricula.course import Course, Lesson, Module
from curricula.fields import Fields
from curricula.front_matter import check_format
from curricula.guides import FOLDERS, Guide, check_guides, read_guides
from curricula.lesson_file import LessonFile, read_lesson
from curricula.marked_yaml import UnreadableYamlError, read_yaml
from curricula.outline import ReadOutline, read_outline
from curricula.problems import Problem, ProblemList
from curricula.station import Station
from curricula.station_checks import check_stations
from curricula.stations import read_stations
from curricula.text_file import read_text

CONTENT = Path(__file__).parent / "content"
COURSE_FILE = "course.yaml"
FORMAT = "peizhen.course"
MAX_COURSE_BYTES = 400_000


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What was read and what is wrong. `course` is None where course.yaml cannot be read."""

    course: Course | None
    problems: tuple[Problem, ...]
    stations: tuple[Station, ...] = ()
    guides: tuple[Guide, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that forbid using the course."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that only need telling."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")

    @property
    def usable(self) -> bool:
        """Tell whether the course may be synced."""
        return self.course is not None and not self.errors


def course_folders(content: Path = CONTENT) -> tuple[Path, ...]:
    """Return the folders under `content` that hold a course, by name."""
    return tuple(sorted(path.parent for path in content.glob(f"*/{COURSE_FILE}")))


def load_course(folder: Path) -> LoadReport:
    """Read the course in `folder` and all its lessons; see LoadReport."""
    problems = ProblemList(COURSE_FILE)
    outline = _read_course_file(folder, problems)
    if outline is None:
        return LoadReport(None, tuple(problems.found))
    files: list[tuple[LessonFile, str]] = []
    modules: list[Module] = []
    for module in outline.course.modules:
        lessons = [
            _load_lesson(folder, lesson, outline, problems, files) for lesson in module.lessons
        ]
        modules.append(replace(module, lessons=tuple(lessons)))
    course = replace(outline.course, modules=tuple(modules))
    _check_across(course, files, problems)
    _check_unclaimed(folder, course, problems)
    _check_waiting(course, outline, problems)
    stations, guides = read_stations(folder, problems), read_guides(folder, problems)
    check_stations(stations, course, problems)
    check_guides(guides, course, problems)
    return LoadReport(course, tuple(sorted(problems.found)), stations, guides)


def _read_course_file(folder: Path, problems: ProblemList) -> ReadOutline | None:
    text = read_text(folder / COURSE_FILE, problems, MAX_COURSE_BYTES)
    if text is None:
        return None
    try:
        fields = Fields(read_yaml(text), problems)
    except UnreadableYamlError as error:
        problems.error(error.line, error.code, error.zh, error.en)
        return None
    if not check_format(fields, FORMAT):
        return None
    outline = read_outline(fields)
    if outline.course.code and outline.course.code != folder.name:
        problems.error(
            fields.line("code"),
            "code-differs-from-folder",
            f"课程代码“{outline.course.code}”和文件夹名“{folder.name}”不一样；请改成一致。",
            f"The code '{outline.course.code}' differs from the folder '{folder.name}'.",
        )
    return outline


def _load_lesson(
    folder: Path,
    lesson: Lesson,
    outline: ReadOutline,
    problems: ProblemList,
    files: list[tuple[LessonFile, str]],
) -> Lesson:
    """Return the lesson with its text; the outline lesson where there is none to read."""
    line = outline.lesson_lines[lesson.id]
    name = lesson.file or usual_file(lesson)
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        problems.error(
            line,
            "file-outside",
            f"第 {lesson.id} 课的文件“{name}”不在课程文件夹里；请改成文件夹内的路径。",
            f"The file '{name}' of lesson {lesson.id} lies outside the course folder.",
        )
        return replace(lesson, file="")
    if not path.is_file():
        if lesson.file:
            problems.error(
                line,
                "missing-lesson-file",
                f"第 {lesson.id} 课写明了文件“{name}”，但找不到；请放进来，或删去 file。",
                f"Lesson {lesson.id} names the file '{name}', which is missing; add it or drop 'file'.",
            )
        return replace(lesson, file="")
    own = ProblemList(name)
    found = read_lesson(folder, lesson, outline.course.edition, own, outline.body_characters)
    problems.extend(own.found)
    if found is None:
        return replace(lesson, file="")
    if any(name == other for _, other in files):
        problems.error(
            line,
            "file-used-twice",
            f"文件“{name}”已经是另一课的课文；请给第 {lesson.id} 课自己的文件。",
            f"The file '{name}' is already another lesson's text; give lesson {lesson.id} its own.",
        )
    files.append((found, name))
    return found.lesson


def usual_file(lesson: Lesson) -> str:
    """Return where the text of a lesson is looked for: 4.3 of M4 is m4/4-3.md."""
    return f"{lesson.module_id.lower()}/{lesson.id.replace('.', '-')}.md"


def _check_across(
    course: Course, files: Iterable[tuple[LessonFile, str]], problems: ProblemList
) -> None:
    """Check what a single lesson file cannot know: the registry, and ids of other lessons."""
    known = {heading.id for heading in course.headings}
    first_use: dict[str, str] = {}
    for file, name in files:
        own = ProblemList(name)
        for heading in file.lesson.headings:
            if heading not in known:
                own.error(
                    file.lines["headings"],
                    "unknown-heading",
                    f"标题“{heading}”不在 course.yaml 的标题表里；请选表里的，或先把它加进表。",
                    f"The heading '{heading}' is not in course.yaml; choose one from there or add it.",
                )
        for objective in file.lesson.objectives:
            if objective.id in first_use:
                own.error(
                    file.lines["objectives"],
                    "duplicate-objective",
                    f"目标编号“{objective.id}”在“{first_use[objective.id]}”里已经用过；请改一个。",
                    f"The objective id '{objective.id}' is used in '{first_use[objective.id]}'; change one.",
                )
            first_use.setdefault(objective.id, name)
        if file.lesson.completion.practice_share is not None and not file.lesson.practice:
            own.error(
                file.lines["practice"],
                "no-practice",
                "完成条件要求做对练习，但本课没有列出练习题；请补上题号。",
                "The lesson is done by practice questions, but none are listed; add their ids.",
            )
        problems.extend(own.found)


def _check_unclaimed(folder: Path, course: Course, problems: ProblemList) -> None:
    claimed = {lesson.file or usual_file(lesson) for lesson in course.lessons}
    for path in sorted(folder.rglob("*.md")):
        name = path.relative_to(folder).as_posix()
        if path.parent.name not in FOLDERS and name not in claimed:
            own = ProblemList(name)
            own.error(
                1,
                "unclaimed-file",
                "course.yaml 里没有哪一课用这个文件；请加进课表，或改正文件名。",
                "No lesson in course.yaml uses this file; list it or correct its name.",
            )
            problems.extend(own.found)


def _check_waiting(course: Course, outline: ReadOutline, problems: ProblemList) -> None:
    """Warn of a written lesson whose prerequisite is only a title: it cannot be asked for yet."""
    for lesson in course.lessons:
        for needed in map(course.find_lesson, lesson.prerequisites):
            if lesson.countable and needed is not None and needed.in_preparation:
                problems.warning(
                    outline.lesson_lines[lesson.id],
                    "prerequisite-in-preparation",
                    f"第 {lesson.id} 课要先学第 {needed.id} 课，但后者还在编写中；写好之前不作要求。",
                    f"Lesson {lesson.id} needs {needed.id}, still in preparation; not asked for until then.",
                )
