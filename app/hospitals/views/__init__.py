"""The page of lists, the page of keys, and the endpoint."""

from app.hospitals.views import checking, keys
from app.hospitals.views.api import blueprint as api_blueprint
from app.hospitals.views.blueprint import blueprint

__all__ = ["api_blueprint", "blueprint", "checking", "keys"]
