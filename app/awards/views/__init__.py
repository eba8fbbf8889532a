"""Views of awards: staff pages and people's own."""

from app.awards.views import certificates, decisions
from app.awards.views.blueprint import blueprint

__all__ = ["blueprint", "certificates", "decisions"]
