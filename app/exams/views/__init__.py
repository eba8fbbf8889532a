"""The pages of the exam: the candidate's, the exam manager's, the room's, the release of results."""

from flask import Blueprint

blueprint = Blueprint("exams", __name__, url_prefix="/exams")

from app.exams.views import (  # noqa: E402
    accommodations,
    answering,
    booking,
    building,
    candidate,
    cases,
    comments,
    documents,
    manager,
    media,
    mock,
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
    "manager",
    "media",
    "mock",
    "preflight",
    "rescue",
    "results",
    "room",
    "roster",
    "seats",
    "sittings",
]
