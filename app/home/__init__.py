"""What each person sees first, how pages are shown, and whether the server is well."""

from app.home.views import blueprint

__all__ = ["blueprint"]
