"""Take answers into counts, and show the counts only in steps.

Stored are sums for the class and, apart, that a person has answered: no answer of its own, no time,
no order. Results appear from the fifth answer on and are renewed every fifth (a dated setting), so
that looking before and after somebody answered does not tell what that one said.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select

from app import audit, rulebook
from app.errors import Refusal
from app.extensions import db
from app.formatting import show_list
from app.models.finishing import Evaluation, EvaluationDone
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from app.practicum import screening

QUESTIONS = {
    "content": lazy_gettext("课上讲的，工作里用得上"),
    "teaching": lazy_gettext("老师讲得清楚，问了有回答"),
    "practice": lazy_gettext("实操练得够"),
    "order": lazy_gettext("时间和场地安排得好"),
    "advise": lazy_gettext("我愿意推荐同事来上"),
}
SCALE = {
    1: lazy_gettext("很不同意"),
    2: lazy_gettext("不太同意"),
    3: lazy_gettext("一般"),
    4: lazy_gettext("同意"),
    5: lazy_gettext("很同意"),
}
LONGEST_REMARK = 200


class EvaluationRefused(Refusal):
    """The answer is not taken; nothing was counted."""


@dataclass(frozen=True)
class Result:
    """What may be seen of one question: how many chose 1 to 5."""

    code: str
    label: Any
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many answered."""
        return sum(self.counts)

    @property
    def tenths(self) -> int:
        """The mean in tenths, cut off: 43 is 4.3."""
        points = sum(mark * count for mark, count in enumerate(self.counts, 1))
        return points * 10 // self.total if self.total else 0

    @property
    def mean(self) -> str:
        """The mean with one decimal, cut off."""
        return f"{self.tenths // 10}.{self.tenths % 10}"


@dataclass(frozen=True)
class Shown:
    """What may be seen of a class now."""

    answers: int
    """How many answers the results stand on; 0 while there are too few."""
    results: tuple[Result, ...]
    remarks: tuple[str, ...]
    people: int
    answered: int
    """How many have answered by now, whether shown or not."""
    least: int


def is_open(training_class: TrainingClass, on: date) -> bool:
    """Tell whether a class can be evaluated on a day."""
    days = rulebook.value("evaluation.days", on)
    ended = training_class.ends_on
    return ended <= on <= ended + timedelta(days=days)


def own(user: User, on: date) -> list[tuple[Enrolment, bool]]:
    """Return one's classes that can be evaluated now, each with whether one has answered."""
    rows = db.session.execute(
        select(Enrolment, EvaluationDone.enrolment_id)
        .join(Enrolment.training_class)
        .outerjoin(EvaluationDone, EvaluationDone.enrolment_id == Enrolment.id)
        .where(Enrolment.user_id == user.id, Enrolment.state == "enrolled")
        .order_by(TrainingClass.ends_on.desc())
    ).all()
    return [(one, done is not None) for one, done in rows if is_open(one.training_class, on)]


def has_answered(enrolment: Enrolment) -> bool:
    """Tell whether a person has answered for a class."""
    return db.session.get(EvaluationDone, enrolment.id) is not None


def unanswered(marks: Mapping[str, int]) -> list[str]:
    """Return the codes of the questions that have no mark of the scale."""
    return [code for code in QUESTIONS if marks.get(code) not in SCALE]


def answer(
    enrolment: Enrolment, marks: Mapping[str, int], remark: str, *, on: date, now: datetime
) -> None:
    """Count one person's answer. The trail notes that one was counted, not whose.

    Raises EvaluationRefused outside the days, a second time, with a question missing, or with a
    number in the remark that leads to a person.
    """
    training_class = enrolment.training_class
    if enrolment.state != "enrolled" or not is_open(training_class, on):
        raise EvaluationRefused(_("这个班现在不在评价的时间里。"))
    if missing := unanswered(marks):
        which = show_list(f"“{QUESTIONS[code]}”" for code in missing)
        raise EvaluationRefused(_("每一题都要选一项，还没有选的：%(which)s。", which=which))
    remark = " ".join(remark.split())[:LONGEST_REMARK]
    if any(one.kind != "name" for one in screening.look(remark)):
        raise EvaluationRefused(_("意见里有像号码的一串数字，会让人认出来。请去掉再交。"))
    db.session.execute(
        select(TrainingClass.id).where(TrainingClass.id == training_class.id).with_for_update()
    )
    if has_answered(enrolment):
        raise EvaluationRefused(_("这个班你已经评价过了，一个人一次。"))
    row = _row(training_class, now)
    db.session.add(EvaluationDone(enrolment_id=enrolment.id))
    row.answers += 1
    counts = copy.deepcopy(row.counts)
    for code, mark in marks.items():
        counts.setdefault(code, [0] * len(SCALE))[mark - 1] += 1
    row.counts = counts
    if remark:
        row.remarks = sorted([*row.remarks, remark])
    if row.answers % rulebook.value("evaluation.least", on) == 0:
        row.shown = {"answers": row.answers, "counts": counts, "remarks": list(row.remarks)}
    audit.record("evaluation.counted", row, actor=None, now=now)


def shown(training_class: TrainingClass, people: int, on: date) -> Shown:
    """Return what may be seen of a class's evaluation."""
    ((_class, found),) = shown_of([training_class], {training_class.id: people}, on)
    return found


def shown_of(
    classes: Sequence[TrainingClass], people: Mapping[str, int], on: date
) -> list[tuple[TrainingClass, Shown]]:
    """Return it for many classes, in one query."""
    least = rulebook.value("evaluation.least", on)
    ids = [one.id for one in classes]
    rows = {
        row.class_id: row
        for row in db.session.scalars(select(Evaluation).where(Evaluation.class_id.in_(ids)))
    }
    return [(one, _shown(rows.get(one.id), people.get(one.id, 0), least)) for one in classes]


def _shown(row: Evaluation | None, people: int, least: int) -> Shown:
    kept: dict[str, Any] = row.shown if row is not None else {}
    if int(kept.get("answers", 0)) < least:  # the rule may have become stricter meanwhile
        kept = {}
    results = tuple(
        Result(code, label, tuple(kept["counts"][code]))
        for code, label in QUESTIONS.items()
        if kept
    )
    return Shown(
        answers=int(kept.get("answers", 0)),
        results=results,
        remarks=tuple(kept.get("remarks", ())),
        people=people,
        answered=row.answers if row is not None else 0,
        least=least,
    )


def _row(training_class: TrainingClass, now: datetime) -> Evaluation:
    row = db.session.scalar(select(Evaluation).where(Evaluation.class_id == training_class.id))
    if row is None:
        row = Evaluation(class_id=training_class.id, answers=0, counts={}, remarks=[], shown={})
        row.created_at = now
        db.session.add(row)
        db.session.flush()
    return row
