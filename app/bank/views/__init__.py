"""The bank's pages: questions, writing, reviewing, blueprints."""

from app.bank.views import (
    blueprints,
    exporting,
    importing,
    keeping,
    media,
    question,
    questions,
    reviewing,
    typing,
    writing,
    writing_file,
)

__all__ = [
    "blueprints",
    "exporting",
    "importing",
    "keeping",
    "media",
    "question",
    "questions",
    "reviewing",
    "typing",
    "writing",
    "writing_file",
]
