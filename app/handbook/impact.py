"""What a new edition of a standard touches: lessons to rewrite, questions to retire, people to retrain.

The thread runs from the standard (a source, a clause, or one of our headings that it governs) to
lessons, questions, stations and guides, and from the lessons to the editions that certified people
were trained on. The clause fields are empty until somebody who holds the standard fills them in;
until then a standard is followed by its title and by headings. Nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from app.extensions import db
from app.handbook.material import Material
from app.models.awards import Certificate, Decision
from app.models.learning import CourseEdition
from app.models.training import Enrolment, TrainingClass
from app.training import outline

STANDING = ("valid", "suspended")


@dataclass(frozen=True)
class Wanted:
    """What changed: words of a title, clauses, headings. At least one is needed."""

    title: str = ""
    clauses: frozenset[str] = frozenset()
    headings: frozenset[str] = frozenset()

    def why(
        self, titles: Iterable[str], clauses: Iterable[str], headings: Iterable[str]
    ) -> tuple[str, ...]:
        """Say by which thread something is touched; empty where by none."""
        found = [f"来源 {title}" for title in titles if self.title and self.title in plain(title)]
        found += [f"条款 {clause}" for clause in clauses if clause in self.clauses]
        found += [f"标题 {heading}" for heading in headings if heading in self.headings]
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class Touched:
    """One thing with its name and the threads that lead to it."""

    id: str
    name: str
    why: tuple[str, ...]


@dataclass(frozen=True)
class Impact:
    """The lists. `look_at` are questions of the touched lessons that do not name it themselves."""

    lessons: tuple[Touched, ...]
    retire: tuple[Touched, ...]
    look_at: tuple[Touched, ...]
    stations: tuple[Touched, ...]
    guides: tuple[Touched, ...]

    @property
    def nothing(self) -> bool:
        """Tell whether nothing at all is touched."""
        return not (self.lessons or self.retire or self.stations or self.guides)


@dataclass(frozen=True)
class Holder:
    """A certificate that stands, and the edition its holder was trained on."""

    number: str
    edition: str
    valid_until: str


def plain(title: str) -> str:
    """Return a title without the marks around it, so that 《…》 need not be typed."""
    return title.replace("《", "").replace("》", "").strip()


def wanted(
    material: Material, standard: str, clauses: Iterable[str], headings: Iterable[str]
) -> Wanted:
    """Return what to look for: the id of a standard or source in course.yaml, or words of a title."""
    course = material.course
    titles = {one.id: one.title for one in course.sources}
    titles |= {one.id: one.title for one in course.standards}
    return Wanted(plain(titles.get(standard, standard)), frozenset(clauses), frozenset(headings))


def trace(material: Material, asked: Wanted) -> Impact:
    """Follow the threads through the content files."""
    lessons = tuple(
        Touched(one.id, one.title.zh, why)
        for one in material.course.lessons
        if (why := asked.why((s.title for s in one.sources), one.clauses, one.headings))
    )
    affected = {one.id for one in lessons}
    retire, look_at = [], []
    for whole in material.questions:
        parts = whole.marked_questions()
        why = asked.why(
            (source.title for part in parts for source in part.sources),
            (clause for part in parts for clause in part.clauses),
            (heading for part in parts for heading in part.headings),
        )
        name = f"第 {whole.lesson} 课，{'考试题' if whole.pool == 'live' else '练习题'}"
        if why:
            retire.append(Touched(whole.id, name, why))
        elif whole.lesson in affected:
            look_at.append(Touched(whole.id, name, (f"第 {whole.lesson} 课",)))
    stations = tuple(
        Touched(one.id, one.title.zh, why)
        for one in material.stations
        if (why := asked.why((s.title for s in one.sources), one.clauses, one.headings))
    )
    guides = tuple(
        Touched(one.id, one.title.zh, why)
        for one in material.guides
        if (why := asked.why((s.title for s in one.sources), (), ()))
    )
    return Impact(lessons, tuple(retire), tuple(look_at), stations, guides)


def holders(material: Material, impact: Impact) -> list[Holder]:
    """Return standing certificates of people trained on an edition with a touched lesson.

    Needs the database. Numbers only, no names: whoever may see names looks them up.
    """
    affected = {one.id for one in impact.lessons}
    if not affected:
        return []
    rows = db.session.execute(
        select(Certificate.number, Certificate.valid_until, CourseEdition)
        .join(Decision, Decision.id == Certificate.decision_id)
        .join(Enrolment, Enrolment.id == Decision.enrolment_id)
        .join(TrainingClass, TrainingClass.id == Enrolment.class_id)
        .join(CourseEdition, CourseEdition.id == TrainingClass.edition_id)
        .where(Certificate.status.in_(STANDING), CourseEdition.code == material.course.code)
        .order_by(Certificate.number)
    )
    return [
        Holder(number, edition.edition, valid_until.isoformat() if valid_until else "")
        for number, valid_until, edition in rows
        if affected & {lesson.code for lesson in outline.lessons(edition.outline)}
    ]
