"""The bank's pages: questions, writing, reviewing, blueprints."""

from app.bank.views import blueprints, questions, reviewing, writing

__all__ = ["blueprints", "questions", "reviewing", "writing"]
