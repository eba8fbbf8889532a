"""The pages of renewal, by who uses them."""

from app.renewal.pages import blueprint
from app.renewal.views import log, mine, reviewing

__all__ = ["blueprint", "log", "mine", "reviewing"]
