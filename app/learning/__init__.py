"""Learning: editions and lessons from files, reading, time counted, practice with its notebook."""

from app.learning import views  # the pages register themselves on the blueprint
from app.learning.pages import blueprint

__all__ = ["blueprint", "views"]
