"""How people answered one version in exams: right or wrong against the rest, and which option they chose.

Read from the last marking of each answer and from the journal as it stands; the latest MOST papers
are enough, so that a page costs three queries however often a question was shown. Mock exams, void
attempts and late answers are left out. Nothing here names a person.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import and_, func, select, tuple_
from sqlalchemy.orm import aliased

from app.extensions import db
from app.models.bank import MarkingKey, QuestionVersion
from app.models.exams import AnswerEvent, Attempt, MarkEntry, PaperSlot, Result, Sitting
from app.models.room import QuestionComment
from question_bank import Question, ResponseFormatError, parse_response
from question_bank.statistics import SELDOM, ItemFigures, item_figures

CHOICES = ("single_choice", "multiple_choice", "true_false")
MOST = 500
"""Papers that are looked at, the latest."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An option and how many chose it; `flag`: `tempting` (more than a right one) or `unused`."""

    text: str
    right: bool
    people: int
    share: float
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Answering:
    """One question, or one part of a case, as it was answered."""

    part: int
    """Place in the case, from 1; 0 for a question that stands alone."""
    figures: ItemFigures
    options: tuple[Drawn, ...] = ()

    @property
    def is_poor(self) -> bool:
        """Tell whether somebody should look at it."""
        return self.figures.is_poor or any(one.flag for one in self.options)


@dataclass(frozen=True, slots=True)
class Heard:
    """What candidates said of a version, and how often its key was mended."""

    comments: int
    unanswered: int
    mended: int


def answering_of(version: QuestionVersion, question: Question, least: int) -> list[Answering]:
    """Return the figures of a version by part; a part with fewer than `least` answers is left out."""
    marked = _marked(version.id)
    chosen = _values([(row.attempt_id, row.number) for row in marked])
    found = []
    for place, one in enumerate(question.parts or (question,), 1):
        rows = [row for row in marked if row.part == (one.id if question.parts else "")]
        figures = item_figures([_pair(row) for row in rows])
        if figures is None or figures.people < least:
            continue
        values = [
            (row.option_order, chosen[row.attempt_id, row.number])
            for row in rows
            if (row.attempt_id, row.number) in chosen
        ]
        options = _options(one, values)
        found.append(Answering(place if question.parts else 0, figures, options))
    return found


def heard_of(version: QuestionVersion) -> Heard:
    """Return what candidates said of a version, in two queries."""
    comments, unanswered = db.session.execute(
        select(
            func.count(),
            func.count().filter(QuestionComment.answered_at.is_(None)),
        ).where(QuestionComment.version_id == version.id)
    ).one()
    keys = db.session.scalar(
        select(func.count()).where(MarkingKey.version_id == version.id, MarkingKey.number > 1)
    )
    return Heard(comments, unanswered, keys or 0)


def _marked(version_id: str) -> Sequence[Any]:
    """Return the last marking of the latest answers with the result of their papers."""
    later = aliased(MarkEntry)
    newest = (
        select(func.max(later.number))
        .where(later.attempt_id == MarkEntry.attempt_id, later.slot == MarkEntry.slot)
        .correlate(MarkEntry)
        .scalar_subquery()
    )
    return db.session.execute(
        select(
            Attempt.id.label("attempt_id"),
            PaperSlot.number,
            PaperSlot.part,
            PaperSlot.maximum,
            PaperSlot.option_order,
            MarkEntry.fraction,
            MarkEntry.mark,
            Result.mark.label("whole"),
            Result.maximum.label("of"),
        )
        .join(Attempt, Attempt.paper_id == PaperSlot.paper_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(Result, Result.attempt_id == Attempt.id)
        .join(
            MarkEntry,
            and_(
                MarkEntry.attempt_id == Attempt.id,
                MarkEntry.slot == PaperSlot.number,
                MarkEntry.number == newest,
            ),
        )
        .where(PaperSlot.version_id == version_id, Sitting.mock.is_(False), Attempt.state != "void")
        .order_by(Attempt.started_at.desc(), PaperSlot.number)
        .limit(MOST)
    ).all()


def _pair(row: Any) -> tuple[float, float]:
    """Return what was earned on the slot and the share earned on the rest of the paper."""
    rest, of = Fraction(row.whole) - Fraction(row.mark), Fraction(row.of) - Fraction(row.maximum)
    return float(Fraction(row.fraction)), float(rest / of) if of > 0 else 0.0


def _values(slots: Sequence[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Return the value that stands in each slot: of the highest epoch and sequence, in time."""
    if not slots:
        return {}
    rows = db.session.execute(
        select(AnswerEvent.attempt_id, AnswerEvent.slot, AnswerEvent.value)
        .where(
            tuple_(AnswerEvent.attempt_id, AnswerEvent.slot).in_(slots),
            AnswerEvent.late.is_(False),
        )
        .order_by(AnswerEvent.epoch, AnswerEvent.sequence)
    )
    return {(attempt_id, slot): value for attempt_id, slot, value in rows}


def _options(question: Question, values: Iterable[tuple[Sequence[str], str]]) -> tuple[Drawn, ...]:
    """Return how many chose each option of a choice; nothing for other kinds."""
    if question.kind not in CHOICES:
        return ()
    people, counts = 0, Counter[str]()
    for order, value in values:
        try:
            raw = _by_name(question, order, json.loads(value))
            chosen = parse_response(question, raw).chosen
        except (ResponseFormatError, ValueError):
            continue  # kept by the journal, counted by nobody
        people += bool(chosen)
        counts.update(chosen)
    if not people:
        return ()
    least_right = min((counts[one] for one in question.key), default=0)
    return tuple(
        Drawn(
            option.text,
            option.id in question.key,
            counts[option.id],
            counts[option.id] / people,
            "" if option.id in question.key else _flag(counts[option.id], people, least_right),
        )
        for option in question.options
    )


def _by_name(question: Question, order: Sequence[str], raw: Any) -> Any:
    """Return chosen places (`o1` is the first option on that paper) as their authors' names."""
    if question.kind == "true_false":
        return raw  # named alike on every paper
    names = {f"o{place}": name for place, name in enumerate(order, 1)}
    if isinstance(raw, list):
        return [names.get(one, one) for one in raw if isinstance(one, str)]
    return names.get(raw, raw) if isinstance(raw, str) else raw


def _flag(count: int, people: int, least_right: int) -> str:
    if count > least_right:
        return "tempting"
    return "unused" if count < SELDOM * people else ""
