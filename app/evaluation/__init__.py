"""Course evaluation: what trainees thought of a class, in a way nobody can trace to one of them."""

from app.evaluation.views import blueprint

__all__ = ["blueprint"]
