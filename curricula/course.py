"""What a course is: modules, lessons, headings, standards and sources as plain frozen values.

These classes describe content as it stands in the files of one edition. They know nothing of
people, dates of study or rows in a database, and they check nothing: faults in files are found by
`curricula.loader`, arithmetic on progress is in `curricula.completion`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

LESSON_STATUSES = ("draft", "first_review", "final_review", "active", "retired")
OBJECTIVE_LEVELS = ("list", "show", "decide")
DOMAINS = ("A", "B", "C", "D", "E", "F")


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Heading:
    """One of our own headings that lessons, questions and stations are tagged with.

    `domain` is the row (A–F) of the theory blueprint that the heading mostly feeds.
    """

    id: str
    label: Words
    domain: str


@dataclass(frozen=True, slots=True)
class PolicyArea:
    """One of the training areas named by the pilot plan."""

    id: str
    name: Words


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard as data. An empty `number` or `clauses` means 待补: nobody here holds the text."""

    id: str
    title: str
    kind: str
    number: str
    issuer: str
    published: str = ""
    in_force: str = ""
    clauses: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where something in the course comes from. `date` is ISO: a year, a month or a day."""

    title: str
    issuer: str
    date: str
    used_for: str
    id: str = ""
    date_kind: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Objective:
    """What the trainee can do after the lesson: list, show or decide."""

    id: str
    level: str
    label: Words


@dataclass(frozen=True, slots=True)
class Diagram:
    """A drawing of a lesson. `svg` is the source as written, not yet cleaned."""

    file: str
    alt: str
    svg: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in the text that needs a named and dated source."""

    text: str
    source: str
    date: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote a lesson: `human` or `ai_drafted`. The latter needs a person's approval."""

    kind: str
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A review that a named person did."""

    name: str
    role: str
    date: str


@dataclass(frozen=True, slots=True)
class CompletionRule:
    """What counts as done (A3). Everything that is set must be met.

    `minimum_minutes` is study time; `practice_share` is the share (0..1) of the lesson's
    practice questions that were answered right.
    """

    opened: bool = True
    minimum_minutes: int | None = None
    practice_share: Fraction | None = None
    instructor_tick: bool = False


@dataclass(frozen=True, slots=True)
class Lesson:
    """One class-hour. Without a text (`body` is empty) it is an outline lesson, in preparation."""

    id: str
    module_id: str
    title: Words
    minutes: int
    practical: bool
    prerequisites: tuple[str, ...]
    completion: CompletionRule
    file: str = ""
    body: str = ""
    objectives: tuple[Objective, ...] = ()
    headings: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    practice: tuple[str, ...] = ()
    diagrams: tuple[Diagram, ...] = ()
    figures: tuple[Figure, ...] = ()
    settings: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    english_aim: str = ""
    english_remember: tuple[str, ...] = ()
    writer: Writer | None = None
    reviewers_needed: tuple[str, ...] = ()
    reviewed: tuple[Review, ...] = ()
    review_by: date | None = None
    status: str = "draft"

    @property
    def in_preparation(self) -> bool:
        """Tell whether the lesson is only a title so far."""
        return not self.body

    @property
    def countable(self) -> bool:
        """Tell whether the lesson can be studied and counts towards progress."""
        return bool(self.body) and self.status != "retired"

    @property
    def awaiting_review(self) -> bool:
        """Tell whether a role that must review the lesson has not done so yet."""
        done = {review.role for review in self.reviewed}
        return any(role not in done for role in self.reviewers_needed)


@dataclass(frozen=True, slots=True)
class Module:
    """A group of lessons in the order in which they are taught."""

    id: str
    title: Words
    policy_areas: tuple[str, ...]
    lessons: tuple[Lesson, ...]

    @property
    def minutes(self) -> int:
        """Planned minutes of all lessons, those in preparation included."""
        return sum(lesson.minutes for lesson in self.lessons)


@dataclass(frozen=True, slots=True)
class Course:
    """One edition of a course. People stay on the edition they enrolled under (A2)."""

    code: str
    edition: str
    title: Words
    class_hours: int
    minutes_per_class_hour: int
    modules: tuple[Module, ...]
    headings: tuple[Heading, ...]
    policy_areas: tuple[PolicyArea, ...]
    standards: tuple[Standard, ...]
    sources: tuple[Source, ...]

    @property
    def lessons(self) -> Iterator[Lesson]:
        """All lessons in teaching order."""
        return (lesson for module in self.modules for lesson in module.lessons)

    def find_lesson(self, lesson_id: str) -> Lesson | None:
        """Return the lesson with this id, or None."""
        return next((lesson for lesson in self.lessons if lesson.id == lesson_id), None)

    def get_lesson(self, lesson_id: str) -> Lesson:
        """Return the lesson with this id; raise KeyError where the course has none."""
        lesson = self.find_lesson(lesson_id)
        if lesson is None:
            raise KeyError(lesson_id)
        return lesson

    def find_heading(self, heading_id: str) -> Heading | None:
        """Return the heading with this id, or None."""
        return next((heading for heading in self.headings if heading.id == heading_id), None)
