"""Views of complaints: the public form, the look-up by receipt code, the case pages."""

from app.complaints.views import acts, cases, public, state
from app.complaints.views.blueprint import blueprint, public_blueprint

__all__ = ["acts", "blueprint", "cases", "public", "public_blueprint", "state"]
