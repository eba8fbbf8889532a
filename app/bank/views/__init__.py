"""The bank's pages: questions, writing, reviewing, blueprints."""

from app.bank.views import blueprints, importing, media, question, questions, reviewing, writing

__all__ = ["blueprints", "importing", "media", "question", "questions", "reviewing", "writing"]
