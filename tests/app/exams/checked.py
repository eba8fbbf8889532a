"""What the checks before an exam say of it and of its sitting."""

from __future__ import annotations

from sqlalchemy import select

from app.exams import readiness
from app.extensions import db
from app.models.exams import Exam
from tests.app.exams.hall import Hall


def exam() -> Exam:
    return db.session.scalars(select(Exam)).one()


def red_of(hall: Hall) -> set[str]:
    return {check.name for check in readiness.of_sitting(hall.sitting) if not check.right}
