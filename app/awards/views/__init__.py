"""Views of awards: staff and own pages under one blueprint, the public check under its own."""

from app.awards.views import certificates, check, decisions
from app.awards.views.blueprint import blueprint, check_blueprint

__all__ = ["blueprint", "certificates", "check", "check_blueprint", "decisions"]
