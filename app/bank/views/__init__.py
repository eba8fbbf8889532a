"""The bank's pages: questions, writing, reviewing, blueprints."""

from app.bank.views import blueprints, question, questions, reviewing, writing

__all__ = ["blueprints", "question", "questions", "reviewing", "writing"]
