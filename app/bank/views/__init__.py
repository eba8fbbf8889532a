"""The bank's pages: questions, writing, reviewing, blueprints."""

from app.bank.views import blueprints, media, question, questions, reviewing, writing

__all__ = ["blueprints", "media", "question", "questions", "reviewing", "writing"]
