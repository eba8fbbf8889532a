"""Who is touched when a question changes: sittings that drew it, people who saw it, sittings to come.

Said before somebody edits. Nothing here keeps anybody from saving: sittings keep what they showed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app import clock
from app.bank.retiring import open_sittings
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.exams import Attempt, Booking, Exam, ExamRevision, Paper, PaperSlot, Sitting
from app.models.learning import PracticeAnswer

MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class Use:
    """One sitting on whose papers one version stands."""

    exam: str
    place: str
    day: date
    version: int
    papers: int
    people: int
    closed: bool


@dataclass(frozen=True, slots=True)
class Affected:
    """Everything that uses a question: `people` saw it in an exam, `practised` in practice."""

    uses: tuple[Use, ...]
    people: int
    practised: int
    waiting: tuple[str, ...]
    """Sittings not closed yet that may draw it, named."""

    @property
    def listed(self) -> tuple[Use, ...]:
        """Return the latest sittings, as many as a page lists."""
        return self.uses[:MOST_LISTED]


def affected(entry: QuestionEntry) -> Affected:
    """Return who uses an entry, in a constant number of queries."""
    own = select(QuestionVersion.id).where(QuestionVersion.entry_id == entry.id)
    people = db.session.scalar(
        select(func.count(Attempt.user_id.distinct()))
        .join(PaperSlot, PaperSlot.paper_id == Attempt.paper_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(PaperSlot.version_id.in_(own), Sitting.mock.is_(False))
    )
    practised = db.session.scalar(
        select(func.count(PracticeAnswer.user_id.distinct())).where(
            PracticeAnswer.version_id.in_(own)
        )
    )
    waiting = open_sittings([entry.id]).get(entry.id, [])
    return Affected(_uses(entry), people or 0, practised or 0, tuple(waiting))


def _uses(entry: QuestionEntry) -> tuple[Use, ...]:
    rows = db.session.execute(
        select(
            Exam.title,
            Sitting.place,
            Sitting.opens_at,
            Sitting.closed_at,
            QuestionVersion.number,
            func.count(Paper.id.distinct()),
            func.count(Attempt.user_id.distinct()),
        )
        .select_from(PaperSlot)
        .join(QuestionVersion, QuestionVersion.id == PaperSlot.version_id)
        .join(Paper, Paper.id == PaperSlot.paper_id)
        .join(Booking, Booking.id == Paper.booking_id)
        .join(Sitting, Sitting.id == Booking.sitting_id)
        .join(ExamRevision, ExamRevision.id == Sitting.revision_id)
        .join(Exam, Exam.id == ExamRevision.exam_id)
        .outerjoin(Attempt, Attempt.paper_id == Paper.id)
        .where(QuestionVersion.entry_id == entry.id, Sitting.mock.is_(False))
        .group_by(
            Sitting.id,
            Exam.title,
            Sitting.place,
            Sitting.opens_at,
            Sitting.closed_at,
            QuestionVersion.number,
        )
        .order_by(Sitting.opens_at.desc(), QuestionVersion.number.desc())
    )
    return tuple(
        Use(title, place, clock.shanghai_date(opens_at), number, papers, people, bool(closed))
        for title, place, opens_at, closed, number, papers, people in rows
    )
