"""The pages of the oversight feature."""

from app.oversight.views import machinery, rules, trail
from app.oversight.views.base import blueprint

__all__ = ["blueprint", "machinery", "rules", "trail"]
