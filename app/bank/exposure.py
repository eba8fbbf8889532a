"""How often each question was shown: counted from started attempts by the worker, never by a page.

A question counts once for each attempt whose paper holds it, whatever version, if the attempt was
started inside the window (`bank.exposure_months`). The count is a copy of what the papers say, so
that a draw reads one number; it may lag by some minutes, and may be counted again at any time.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select, update

from app import clock, jobs, rulebook
from app.clock import SHANGHAI
from app.extensions import db, reading_only
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.exams import Attempt, PaperSlot, Sitting
from app.models.journal import Job

KIND = "bank.exposure"
AT_ONCE = 500
"""Entries written in one transaction: a few milliseconds."""
STILL_COMING = timedelta(minutes=1)
"""A start that was not yet committed when the last count ran is younger than this."""


def window_start(now: datetime) -> datetime:
    """Return the moment from which attempts count: a midnight in Shanghai."""
    today = clock.shanghai_date(now)
    first = clock.months_before(today, rulebook.value("bank.exposure_months", today))
    return datetime.combine(first, time(), SHANGHAI).astimezone(UTC)


def recount(now: datetime) -> int:
    """Bring the counts of all entries up to date; commits in small parts. Returns how many changed.

    Counting is one query that writes nothing and so holds up nobody's answers; only entries whose
    count differs are written.
    """
    with reading_only():
        counted = _counted(window_start(now))
        rows = db.session.execute(select(QuestionEntry.id, QuestionEntry.times_shown)).all()
        stored: dict[str, int] = dict(rows)
        db.session.rollback()
    wrong = [
        {"id": entry_id, "times_shown": counted.get(entry_id, 0)}
        for entry_id, times in stored.items()
        if times != counted.get(entry_id, 0)
    ]
    for start in range(0, len(wrong), AT_ONCE):
        db.session.execute(update(QuestionEntry), wrong[start : start + AT_ONCE])
        db.session.commit()
    return len(wrong)


def _counted(since: datetime) -> dict[str, int]:
    """Return how many attempts since a moment held each entry; a case counts once, not by part."""
    rows = db.session.execute(
        select(QuestionVersion.entry_id, func.count(Attempt.id.distinct()))
        .join(PaperSlot, PaperSlot.version_id == QuestionVersion.id)
        .join(Attempt, Attempt.paper_id == PaperSlot.paper_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(Attempt.started_at >= since, Sitting.mock.is_(False))
        .group_by(QuestionVersion.entry_id)
    )
    return dict(rows.all())


@jobs.every(300, KIND)
def recount_when_due(now: datetime) -> Job | None:
    """Ask for a recount when an attempt was started since the last one, or a day has begun.

    The counting itself is a job: a duty that took seconds would keep exams from being handed in.
    """
    with reading_only():
        due = not jobs.is_under_way(KIND) and _is_due(now)
        db.session.rollback()
    if not due:
        return None
    job = jobs.enqueue(KIND, {}, owner=None, now=now)
    db.session.commit()
    return job


def _is_due(now: datetime) -> bool:
    newest = db.session.scalar(
        select(func.max(Attempt.started_at))
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(Sitting.mock.is_(False))
    )
    if newest is None:
        return False
    last = db.session.scalar(select(func.max(Job.created_at)).where(Job.kind == KIND))
    if last is None:
        return True
    return newest >= last - STILL_COMING or clock.shanghai_date(now) > clock.shanghai_date(last)


@jobs.handles(KIND)
def _recount(_job: Job) -> dict[str, Any]:
    return {"changed": recount(clock.now())}
