"""Views of the public check."""

from app.checking.views import looking_up
from app.checking.views.blueprint import blueprint

__all__ = ["blueprint", "looking_up"]
