"""The pages of renewal, by who uses them."""

from app.renewal.pages import blueprint
from app.renewal.views import correcting, log, mine, reviewing

__all__ = ["blueprint", "correcting", "log", "mine", "reviewing"]
