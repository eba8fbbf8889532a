"""The pages of the exam: the candidate's, the exam manager's, the room's, the release of results."""

from flask import Blueprint, current_app

from app import clock_alarms

blueprint = Blueprint("exams", __name__, url_prefix="/exams")


@blueprint.before_request
def look_at_the_clock() -> None:
    """Notice a step of the wall clock before anything is decided by it."""
    if not current_app.testing:  # tests move the clock as they like
        clock_alarms.doubt.look()


from app.exams.views import (  # noqa: E402
    accommodations,
    answering,
    booking,
    building,
    candidate,
    cases,
    comments,
    documents,
    late,
    manager,
    media,
    mock,
    on_paper,
    preflight,
    rescue,
    results,
    room,
    roster,
    seats,
    sittings,
)

__all__ = [
    "accommodations",
    "answering",
    "blueprint",
    "booking",
    "building",
    "candidate",
    "cases",
    "comments",
    "documents",
    "late",
    "manager",
    "media",
    "mock",
    "on_paper",
    "preflight",
    "rescue",
    "results",
    "room",
    "roster",
    "seats",
    "sittings",
]
