"""Awards: the decision on a certificate, its issue and its standing.

A certificate is drawn once and never again; what happens to it later is a dated line beside it.
"""

from app.awards.views.blueprint import blueprint

__all__ = ["blueprint"]
