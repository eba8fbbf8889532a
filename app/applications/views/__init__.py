"""Views of applications, their review, objections and public notices."""

from app.applications.views import objections, own, public, reviewing
from app.applications.views.blueprint import blueprint, public_blueprint

__all__ = ["blueprint", "objections", "own", "public", "public_blueprint", "reviewing"]
