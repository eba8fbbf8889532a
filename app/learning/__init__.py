"""Learning: editions and lessons from files, reading, progress, practice with its notebook."""

from app.learning.views import blueprint

__all__ = ["blueprint"]
