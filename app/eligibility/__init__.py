"""One question, asked everywhere: may this person take the next step, and what is missing."""

from app.eligibility.views import blueprint

__all__ = ["blueprint"]
