"""The timed exam: build, sit, invigilate, mark, release. Its arithmetic is in `rules.py`."""

from app.exams.views import blueprint

__all__ = ["blueprint"]
