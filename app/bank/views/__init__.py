"""The bank's pages: questions, writing, reviewing, blueprints."""

from app.bank.views import (
    blueprints,
    changes,
    commenting,
    comparing,
    exporting,
    importing,
    keeping,
    media,
    question,
    questions,
    reviewing,
    typing,
    worklist,
    writing,
    writing_file,
)

__all__ = [
    "blueprints",
    "changes",
    "commenting",
    "comparing",
    "exporting",
    "importing",
    "keeping",
    "media",
    "question",
    "questions",
    "reviewing",
    "typing",
    "worklist",
    "writing",
    "writing_file",
]
