"""The tables, one file per family. They hold facts and constraints; acts live in the features."""

from app.models import (
    awards,
    bank,
    classes,
    exams,
    finishing,
    journal,
    learning,
    notices,
    people,
    practicum,
    room,
    scheme,
    studying,
    training,
)
from app.models.base import Base, new_id

__all__ = [
    "Base",
    "awards",
    "bank",
    "classes",
    "exams",
    "finishing",
    "journal",
    "learning",
    "new_id",
    "notices",
    "people",
    "practicum",
    "room",
    "scheme",
    "studying",
    "training",
]
