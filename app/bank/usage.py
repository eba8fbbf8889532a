"""Who is touched when a question is edited or retired, and how people answered it so far.

Counted from papers that were started and from the last marking of each answer. Fewer people than
the rules name say nothing about a question, and then no share is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from app import rulebook
from app.bank.retiring import open_sittings
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.exams import Attempt, Booking, Exam, ExamRevision, MarkEntry, PaperSlot, Sitting

WHOLE = "1"  # MarkEntry.fraction of a right answer


@dataclass(frozen=True)
class Answers:
    """How one version was answered. A case counts once for each of its parts."""

    people: int
    marked: int = 0
    right: int = 0

    @property
    def percent(self) -> int:
        """Return the share of marked answers that were wholly right, in per cent."""
        return round(100 * self.right / self.marked) if self.marked else 0


@dataclass(frozen=True)
class Usage:
    """What a change of this question touches."""

    exams: list[tuple[str, int]]
    """Title and revision of the published exams on whose papers it stood."""
    sittings: list[str]
    """Sittings that are not closed and may draw it, with place and day."""
    people: int
    """Different people who were shown any version."""
    least: int
    """People below which a share says nothing."""
    answers: dict[str, Answers] = field(default_factory=dict)
    """By version id; versions nobody was shown are left out."""

    def tells(self, version_id: str) -> bool:
        """Tell whether enough people answered a version to say anything about it."""
        found = self.answers.get(version_id)
        return found is not None and found.marked > 0 and found.people >= self.least


def usage_of(entry: QuestionEntry, on: date) -> Usage:
    """Return what is known of a question's use, in a constant number of queries."""
    own = select(QuestionVersion.id).where(QuestionVersion.entry_id == entry.id)
    ids = list(db.session.scalars(own))
    people = db.session.scalar(
        select(func.count(Attempt.user_id.distinct()))
        .join(PaperSlot, PaperSlot.paper_id == Attempt.paper_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(PaperSlot.version_id.in_(ids), Sitting.mock.is_(False))
    )
    return Usage(
        exams=_exams(ids),
        sittings=open_sittings([entry.id]).get(entry.id, []),
        people=people or 0,
        least=rulebook.value("bank.statistics_least", on),
        answers=_answers(ids),
    )


def _exams(version_ids: Sequence[str]) -> list[tuple[str, int]]:
    rows = db.session.execute(
        select(Exam.title, ExamRevision.number, func.max(ExamRevision.published_at))
        .join(ExamRevision, ExamRevision.exam_id == Exam.id)
        .join(Sitting, Sitting.revision_id == ExamRevision.id)
        .join(Booking, Booking.sitting_id == Sitting.id)
        .join(Attempt, Attempt.booking_id == Booking.id)
        .join(PaperSlot, PaperSlot.paper_id == Attempt.paper_id)
        .where(PaperSlot.version_id.in_(version_ids), Sitting.mock.is_(False))
        .group_by(Exam.id, Exam.title, ExamRevision.number)
        .order_by(func.max(ExamRevision.published_at).desc())
    )
    return [(title, number) for title, number, _at in rows]


def _answers(version_ids: Sequence[str]) -> dict[str, Answers]:
    later = aliased(MarkEntry)
    newest = (
        select(func.max(later.number))
        .where(later.attempt_id == MarkEntry.attempt_id, later.slot == MarkEntry.slot)
        .correlate(MarkEntry)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            PaperSlot.version_id,
            func.count(Attempt.user_id.distinct()),
            func.count(MarkEntry.id),
            func.sum(case((MarkEntry.fraction == WHOLE, 1), else_=0)),
        )
        .join(Attempt, Attempt.paper_id == PaperSlot.paper_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .outerjoin(
            MarkEntry,
            (MarkEntry.attempt_id == Attempt.id)
            & (MarkEntry.slot == PaperSlot.number)
            & (MarkEntry.number == newest),
        )
        .where(PaperSlot.version_id.in_(version_ids), Sitting.mock.is_(False))
        .group_by(PaperSlot.version_id)
    )
    return {version: Answers(people, marked, right) for version, people, marked, right in rows}
