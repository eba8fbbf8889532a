"""Open a question from a view: found, allowed by the wall, and written down where it is live."""

from __future__ import annotations

from datetime import date

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import clock
from app.bank import wall
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion
from app.permissions import the_user


def today() -> date:
    """Return the calendar day in Shanghai."""
    return clock.shanghai_date(clock.now())


def entry_or_404(entry_id: str) -> QuestionEntry:
    """Return an entry this person may open now, with versions and approvals; writes nothing."""
    entry = db.session.scalar(
        select(QuestionEntry)
        .where(QuestionEntry.id == entry_id)
        .options(selectinload(QuestionEntry.versions).selectinload(QuestionVersion.approvals))
    )
    if entry is None:
        abort(404)
    wall.refuse_unfit(the_user(), entry, today())
    return entry


def version_or_404(entry: QuestionEntry, number: int | None) -> QuestionVersion:
    """Return a version by number, the current one without a number."""
    wanted = entry.current_number if number is None else number
    found = next((version for version in entry.versions if version.number == wanted), None)
    if found is None:
        abort(404)
    return found


def opened(entry_id: str, number: int | None = None) -> QuestionVersion:
    """Return a version to be shown, after its opening was committed to the trail.

    The line is durable before the page leaves: nobody sees a live question unrecorded.
    """
    entry = entry_or_404(entry_id)
    version = version_or_404(entry, number)
    wall.note_opening(version, entry.pool, user=the_user(), now=clock.now())
    db.session.commit()
    return version_or_404(entry_or_404(entry_id), number)
