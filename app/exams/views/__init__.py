"""The pages of the exam: the candidate's, the exam manager's, the room's, the release of results."""

from flask import Blueprint

blueprint = Blueprint("exams", __name__, url_prefix="/exams")

from app.exams.views import answering, candidate, manager, media, results, room, roster, sittings  # noqa: E402

__all__ = [
    "answering",
    "blueprint",
    "candidate",
    "manager",
    "media",
    "results",
    "room",
    "roster",
    "sittings",
]
