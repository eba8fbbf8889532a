"""The public pages, an institution's entry, and the holder's own page."""

from app.directory.views import keeping, own_page, public
from app.directory.views.blueprints import blueprint, public_blueprint

__all__ = ["blueprint", "keeping", "own_page", "public", "public_blueprint"]
