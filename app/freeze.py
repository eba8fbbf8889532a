"""The exam freeze (D9, O1): around a sitting nothing it uses changes, and no heavy work runs.

From `exam.freeze_hours` before its opening until it is over, and while anybody still writes:

| what | asked in |
|---|---|
| its exam: editing it, publishing a next revision | exams/publishing.py |
| the blueprint of its exam | bank/tables.py |
| tables (`flask prepare`), unless `--urgent` | operations/preparing.py |
| putting a backup back, unless `--urgent` | operations/backups.py |
| heavy jobs wait: question imports, exports, bulk changes | jobs.py |

Its questions cannot be retired at all while it is not closed (bank/retiring.py); its revision, its
papers and the keys they are marked by are never changed, at any time. Urgent acts ask nobody here:
adding time, pausing, handing in, voiding, admitting, naming invigilators, withdrawing certificates.
A demonstration is never frozen: its sitting stays open for weeks and nobody's exam is at stake.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, func, inspect, or_, select

from app import clock, jobs, rulebook
from app.config import Settings
from app.errors import Refusal
from app.extensions import db, reading_only
from app.formatting import show_moment
from app.models.exams import Attempt, Exam, ExamRevision, Sitting

HOURS = "exam.freeze_hours"


class Frozen(Refusal):
    """A sitting is near, and what was asked would change what it uses."""


def condition(now: datetime, before: timedelta) -> ColumnElement[bool]:
    """Return which sittings freeze something now. Uses no column newer than the first release."""
    writing = exists().where(Attempt.sitting_id == Sitting.id, Attempt.state == "open")
    return and_(
        Sitting.opens_at <= now + before,
        Sitting.closed_at.is_(None),
        or_(Sitting.closes_at > now, writing),
    )


def lead(now: datetime) -> timedelta:
    """Return how long before its opening a sitting freezes what it uses."""
    return timedelta(hours=rulebook.value(HOURS, clock.shanghai_date(now)))


def count(now: datetime) -> int:
    """Return how many sittings freeze the tables now; 0 while there are no tables yet.

    For commands: reads only what the tables of an older release have too.
    """
    with reading_only():
        tables = inspect(db.engine)
        if _is_demonstration() or not tables.has_table(Sitting.__tablename__):
            return 0
        columns = {column["name"] for column in tables.get_columns(Sitting.__tablename__)}
        query = select(func.count(Sitting.id)).where(condition(now, lead(now)))
        if "mock" in columns:
            query = query.where(Sitting.mock.is_(False))
        found = db.session.scalar(query)
        db.session.rollback()
    return found or 0


def near(now: datetime, *more: ColumnElement[bool]) -> Sitting | None:
    """Return the first sitting that freezes what it uses now, of those that `more` names."""
    if _is_demonstration():
        return None
    return db.session.scalars(
        select(Sitting)
        .join(ExamRevision, ExamRevision.id == Sitting.revision_id)
        .join(Exam, Exam.id == ExamRevision.exam_id)
        .where(condition(now, lead(now)), Sitting.mock.is_(False), *more)
        .order_by(Sitting.opens_at)
        .limit(1)
    ).first()


@jobs.holds_heavy
def is_on(now: datetime) -> bool:
    """Tell whether any sitting is near: heavy jobs then wait."""
    return near(now) is not None


def refuse_exam(exam_id: str, now: datetime) -> None:
    """Raise Frozen while a sitting of this exam is near."""
    _refuse(near(now, Exam.id == exam_id))


def refuse_blueprint(blueprint_id: str, now: datetime) -> None:
    """Raise Frozen while a sitting of an exam on this blueprint is near."""
    _refuse(near(now, Exam.blueprint_id == blueprint_id))


def _refuse(sitting: Sitting | None) -> None:
    if sitting is None:
        return
    raise Frozen(
        _(
            "“%(exam)s”在 %(place)s 的场次 %(at)s 开考，前后这段时间它用到的都不能改。没有改动，请等那一场考完。",
            exam=sitting.revision.exam.title,
            place=sitting.place,
            at=show_moment(sitting.opens_at),
        )
    )


def _is_demonstration() -> bool:
    settings: Settings = current_app.config["PEIZHEN"]
    return settings.demo
