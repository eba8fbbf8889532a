"""Who may be put on the roster of a sitting, and what stands in the way of the others, in a sentence.

The same answers for a class, a list of people and somebody who books alone. Asks; changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import clock, rulebook
from app.eligibility.panel import Panel, exam_panels
from app.exams.retakes import RetakeRules, Tries, obstacle, rules_by_day
from app.extensions import db
from app.models.exams import Attempt, Booking, ExamRevision, Result, Sitting
from app.models.training import Enrolment

Pair = tuple[str, str]
"""A person and an exam, by id."""


@dataclass(frozen=True)
class Records:
    """What is known of some people about some exams, read once for any number of sittings."""

    panels: dict[str, Panel]
    """By enrolment id."""
    waiting: dict[Pair, set[str]]
    """Sittings for which somebody is booked and has not begun."""
    passes: dict[Pair, list[date]]
    tries: dict[Pair, Tries]
    retakes: Callable[[date], RetakeRules]
    kept_months: Callable[[date], int]

    def obstacle(self, sitting: Sitting, enrolment: Enrolment) -> str:
        """Say why somebody cannot be booked into a sitting; empty when they can."""
        pair = (enrolment.user_id, sitting.revision.exam_id)
        panel = self.panels[enrolment.id]
        day = clock.shanghai_date(sitting.opens_at)
        mock = sitting.revision.exam.purpose != "certification"
        if enrolment.state != "enrolled":
            return str(_("已离开这个班"))
        if not mock and not panel.ready:
            return panel.gaps
        since = clock.months_before(day, self.kept_months(day))
        if not mock and any(passed >= since for passed in self.passes.get(pair, [])):
            return str(_("这门考试已经合格"))
        if self.waiting.get(pair, set()) - {sitting.id}:
            return str(_("已经排在另一场，还没有考"))
        if mock or pair not in self.tries:
            return ""
        return obstacle(self.tries[pair], day, self.retakes(day))


def read(
    enrolments: Sequence[Enrolment],
    exams: Iterable[str],
    now: datetime,
    *,
    but: str | None = None,
) -> Records:
    """Read what is known of people about exams, at a constant number of queries.

    `but` is a booking that is about to be given up: who changes to another sitting is not held up by
    the one they leave.
    """
    people, exams = [enrolment.user_id for enrolment in enrolments], list(exams)
    passes, tries = _attempts(people, exams)
    return Records(
        panels=exam_panels(enrolments, clock.shanghai_date(now)),
        waiting=_waiting(people, exams, now, but),
        passes=passes,
        tries=tries,
        retakes=rules_by_day(),
        kept_months=rulebook.timeline("result.kept_months"),
    )


def obstacles(sitting: Sitting, enrolments: Sequence[Enrolment], now: datetime) -> dict[str, str]:
    """Return, by enrolment id, why it cannot be booked into a sitting; only those that cannot."""
    known = read(enrolments, [sitting.revision.exam_id], now)
    said = {enrolment.id: known.obstacle(sitting, enrolment) for enrolment in enrolments}
    return {key: why for key, why in said.items() if why}


def chosen(
    sitting: Sitting, enrolments: Sequence[Enrolment], known: Records
) -> tuple[Enrolment | None, str]:
    """Return by which of one person's enrolments they can be booked, or None and why by none.

    Somebody who changed class has two; one that is ready is enough, the newest is asked first.
    """
    newest = sorted(enrolments, key=lambda one: one.enrolled_at, reverse=True)
    said = [(enrolment, known.obstacle(sitting, enrolment)) for enrolment in newest]
    ready = next((enrolment for enrolment, why in said if not why), None)
    if ready is not None:
        return ready, ""
    return None, said[0][1] if said else str(_("还没有加入班级"))


def enrolments_of(people: Iterable[str]) -> list[Enrolment]:
    """Return the enrolments of people that stand."""
    return list(
        db.session.scalars(
            select(Enrolment).where(
                Enrolment.user_id.in_(list(people)), Enrolment.state == "enrolled"
            )
        )
    )


def _waiting(
    people: Sequence[str], exams: Sequence[str], now: datetime, but: str | None
) -> dict[Pair, set[str]]:
    rows = db.session.execute(
        select(Booking.id, Booking.user_id, ExamRevision.exam_id, Sitting.id)
        .join(Sitting, Sitting.id == Booking.sitting_id)
        .join(ExamRevision, ExamRevision.id == Sitting.revision_id)
        .outerjoin(Attempt, Attempt.booking_id == Booking.id)
        .where(
            Booking.user_id.in_(people),
            Sitting.mock.is_(False),
            ExamRevision.exam_id.in_(exams),
            Sitting.closed_at.is_(None),
            Sitting.closes_at > now,
            Attempt.id.is_(None),
        )
    )
    found: dict[Pair, set[str]] = defaultdict(set)
    for booking_id, user_id, exam_id, sitting_id in rows:
        if booking_id != but:
            found[user_id, exam_id].add(sitting_id)
    return found


def _attempts(
    people: Sequence[str], exams: Sequence[str]
) -> tuple[dict[Pair, list[date]], dict[Pair, Tries]]:
    """Return the days of released passes, and all tries, by person and exam."""
    rows = db.session.execute(
        select(
            Attempt.user_id,
            ExamRevision.exam_id,
            Attempt.started_at,
            Result.released_at,
            Result.passed,
        )
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(ExamRevision, ExamRevision.id == Sitting.revision_id)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(
            Attempt.user_id.in_(people),
            ExamRevision.exam_id.in_(exams),
            Sitting.mock.is_(False),
            Attempt.state != "void",
        )
        .order_by(Attempt.started_at)
    )
    passes: dict[Pair, list[date]] = defaultdict(list)
    tries: dict[Pair, Tries] = {}
    for user_id, exam_id, started_at, released_at, passed in rows:
        pair, day = (user_id, exam_id), clock.shanghai_date(started_at)
        before = tries.get(pair, Tries())
        tries[pair] = Tries((*before.days, day), released_at is None)
        if released_at is not None and passed:
            passes[pair].append(day)
    return passes, tries
