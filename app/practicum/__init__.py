"""Practicum: accompanied visits, logged by their key moments and signed by a supervisor.

The log knows the visit and never the person accompanied.
"""

from app.practicum import views
from app.practicum.pages import blueprint

__all__ = ["blueprint", "views"]
