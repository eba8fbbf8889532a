"""Completion lists: a training body says who of a class completed; the association accepts it.

Who may sit the exam is eligibility's to say; where the rules ask for it, that reads accepted lists.
"""

from app.completion.views import blueprint

__all__ = ["blueprint"]
