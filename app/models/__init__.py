"""The tables, one file per family. They hold facts and constraints; acts live in the features."""

from app.models import awards, bank, exams, journal, learning, people, room, scheme, training
from app.models.base import Base, new_id

__all__ = [
    "Base",
    "awards",
    "bank",
    "exams",
    "journal",
    "learning",
    "new_id",
    "people",
    "room",
    "scheme",
    "training",
]
