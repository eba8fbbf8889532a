"""Whether the content is complete: the matrix headings × lessons × questions × blueprint cells.

A *fault* makes `flask content check` fail: a lesson without source, reviewer role, review-by date or
questions, or keys that an independent solver contradicts. A *thin place* is only told: people decide
whether more is needed. Nothing here says that content is true or good; reviewers do.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.handbook.material import Material
from curricula import Lesson, characters_of
from question_bank import Blueprint, Question, facts_of, supply
from question_bank.blind_solve import LEAST_AGREEMENT, Agreement, compare
from question_bank.duplicates import THRESHOLD, Index
from question_bank.style import find_flaws, find_set_flaws

LEAST_PRACTICE = 5
"""Practice questions of a lesson."""
LEAST_PER_OBJECTIVE = 4
"""Questions that test one objective; fewer is a thin place."""
LEAST_TIMES = 5
"""How many times over the bank should hold each cell of the blueprint."""

Asked = tuple[Question, Question]
"""A marked question and the whole it belongs to."""


@dataclass(frozen=True)
class LessonLine:
    """One lesson: how long it is, and how many questions rest on it."""

    lesson: Lesson
    characters: int
    live: int
    practice: int


@dataclass(frozen=True)
class HeadingLine:
    """One heading of the course: where it is taught, shown and asked."""

    id: str
    label: str
    domain: str
    lessons: tuple[str, ...]
    stations: tuple[str, ...]
    live: int
    practice: int
    cells: tuple[tuple[str, int], ...]
    """Name of a cell of the blueprint, and live questions of this heading that can fill it."""


@dataclass(frozen=True)
class CellLine:
    """One cell of the blueprint: what a paper needs and what the live pool holds."""

    name: str
    needs: int
    have: int

    @property
    def times(self) -> Fraction:
        """How many times over the pool holds what one paper needs."""
        return Fraction(self.have, self.needs)


@dataclass(frozen=True)
class Coverage:
    """Everything that `flask content check` prints."""

    lessons: tuple[LessonLine, ...]
    headings: tuple[HeadingLine, ...]
    cells: tuple[CellLine, ...]
    flaws: tuple[str, ...]
    near: tuple[tuple[str, str], ...]
    agreement: Agreement
    faults: tuple[str, ...]
    thin: tuple[str, ...]


def cover(material: Material) -> Coverage:
    """Work out the whole report; a few seconds of reckoning."""
    asked = [(one, whole) for whole in material.questions for one in whole.marked_questions()]
    lessons = tuple(_lesson_lines(material, asked))
    headings = tuple(_heading_lines(material, asked))
    cells = tuple(_cell_lines(material.theory, material.questions))
    agreement = compare(material.questions, material.solves)
    found = [*find_set_flaws(material.questions)]
    found += [flaw for question in material.questions for flaw in find_flaws(question)]
    faults = [*material.problems, *lesson_faults(material)]
    if material.theory is None:
        faults.append("没有 theory 这张细目表，算不出每格有几倍的题。")
    if agreement.compared and agreement.share < LEAST_AGREEMENT:
        faults.append(f"盲答相符率不到 {percent(LEAST_AGREEMENT)}，请核对不相符的题。")
    return Coverage(
        lessons=lessons,
        headings=headings,
        cells=cells,
        flaws=tuple(map(str, found)),
        near=tuple(_near(material.questions)),
        agreement=agreement,
        faults=tuple(faults),
        thin=tuple(_thin(lessons, headings, cells, asked)),
    )


def lesson_faults(material: Material) -> list[str]:
    """Return what each lesson lacks, in sentences."""
    asked = [(one, whole) for whole in material.questions for one in whole.marked_questions()]
    lines = _lesson_lines(material, asked)
    return [fault for line in lines for fault in _lesson_faults(line, asked)]


def percent(share: Fraction) -> str:
    """Write a share 0..1 as people read it: 99.9%, cut off, never rounded up."""
    return f"{int(share * 1000) / 10:g}%"


def _lesson_lines(material: Material, asked: Sequence[Asked]) -> Iterator[LessonLine]:
    counts = Counter((one.lesson, whole.pool) for one, whole in asked)
    for lesson in material.course.lessons:
        yield LessonLine(
            lesson,
            characters_of(lesson.body),
            counts[lesson.id, "live"],
            counts[lesson.id, "practice"],
        )


def _lesson_faults(line: LessonLine, asked: Iterable[Asked]) -> Iterator[str]:
    lesson = line.lesson
    if lesson.in_preparation:
        yield f"第 {lesson.id} 课还没有课文。"
        return
    for name, written in (
        ("来源（sources）", lesson.sources),
        ("由谁审（reviewers_needed）", lesson.reviewers_needed),
        ("复审期限（review_by）", lesson.review_by),
    ):
        if not written:
            yield f"第 {lesson.id} 课没有写{name}，请补上。"
    known = {whole.id for _one, whole in asked if whole.pool == "practice"}
    if missing := [code for code in lesson.practice if code not in known]:
        yield f"第 {lesson.id} 课的练习里有题库没有的题：{'、'.join(missing)}。"
    if line.practice < LEAST_PRACTICE:
        yield f"第 {lesson.id} 课只有 {line.practice} 道练习题，至少要 {LEAST_PRACTICE} 道。"
    tested = {one.objective for one, whole in asked if one.lesson == lesson.id}
    for objective in lesson.objectives:
        if objective.id not in tested:
            yield f"第 {lesson.id} 课的目标 {objective.id} 没有一道题考到。"


def _heading_lines(material: Material, asked: Sequence[Asked]) -> Iterator[HeadingLine]:
    table = material.theory.cells if material.theory else ()
    cell_names = {(cell.domain, cell.kind): cell.name for cell in table}
    pools: Counter[tuple[str, str]] = Counter()
    cells: dict[str, Counter[str]] = defaultdict(Counter)
    for one, whole in asked:
        place = cell_names.get((whole.domain, whole.kind))
        for tag in one.headings:
            pools[tag, whole.pool] += 1
            if whole.pool == "live" and place:
                cells[tag][place] += 1
    for heading in material.course.headings:
        yield HeadingLine(
            id=heading.id,
            label=heading.label.zh,
            domain=heading.domain,
            lessons=tuple(x.id for x in material.course.lessons if heading.id in x.headings),
            stations=tuple(x.id for x in material.stations if heading.id in x.headings),
            live=pools[heading.id, "live"],
            practice=pools[heading.id, "practice"],
            cells=tuple(sorted(cells[heading.id].items())),
        )


def _cell_lines(blueprint: Blueprint | None, questions: Iterable[Question]) -> Iterator[CellLine]:
    if blueprint is None:
        return
    pool = [facts_of(question) for question in questions if question.pool == "live"]
    for cell in supply(blueprint, pool).cells:
        yield CellLine(cell.cell.name, cell.cell.count, cell.have)


def _near(questions: Sequence[Question]) -> Iterator[tuple[str, str]]:
    index = Index(questions)
    for question in questions:
        for near in index.near(question, THRESHOLD):
            if question.id < near.id:
                yield question.id, near.id


def _thin(
    lessons: Iterable[LessonLine],
    headings: Iterable[HeadingLine],
    cells: Iterable[CellLine],
    asked: Iterable[Asked],
) -> Iterator[str]:
    tested = Counter(one.objective for one, _whole in asked)
    for line in lessons:
        for objective in line.lesson.objectives:
            if 0 < (count := tested[objective.id]) < LEAST_PER_OBJECTIVE:
                yield f"目标 {objective.id} 只有 {count} 道题，最好有 {LEAST_PER_OBJECTIVE} 道。"
    for row in headings:
        if not row.lessons:
            yield f"标题 {row.id}（{row.label}）没有一课讲到。"
        if not row.live:
            yield f"标题 {row.id}（{row.label}）没有考试题。"
    for cell in cells:
        if cell.times < LEAST_TIMES:
            yield f"{cell.name} 只有 {float(cell.times):.1f} 倍，正式考试前要有 {LEAST_TIMES} 倍。"
