"""Views of credentials: what anyone may read, and what holders take away."""

from app.credentials.views import holder, published
from app.credentials.views.blueprint import blueprint

__all__ = ["blueprint", "holder", "published"]
