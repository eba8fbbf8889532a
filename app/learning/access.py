"""Who may read which edition: the people of its classes, and instructors looking ahead.

A person enrolled in a class on an edition always reads it as a trainee, without teaching notes,
whatever other roles they hold.
"""

from __future__ import annotations

from flask import abort
from sqlalchemy import select

from app.extensions import db
from app.learning import progress
from app.learning.progress import CourseProgress
from app.models.learning import CourseEdition
from app.models.people import User
from app.permissions import allows

PREVIEW = "class.record"


def may_preview(user: User) -> bool:
    """Tell whether a person may look at courses with their teaching notes."""
    return allows(user, PREVIEW)


def editions() -> list[CourseEdition]:
    """Return all editions, newest first."""
    query = select(CourseEdition).order_by(CourseEdition.code, CourseEdition.edition.desc())
    return list(db.session.scalars(query))


def find_course(user: User, edition_id: str) -> CourseProgress:
    """Return an edition as this person may read it; answers 404 for every other id."""
    for enrolment in progress.enrolments(user):
        if enrolment.training_class.edition_id == edition_id:
            return progress.in_class(user, enrolment.training_class)
    edition = db.session.get(CourseEdition, edition_id)
    if edition is None or not may_preview(user):
        abort(404)
    return progress.preview(edition)
