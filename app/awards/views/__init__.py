"""Views of awards: staff pages and people's own."""

from app.awards.views import (
    batches,
    certificates,
    classes,
    comparing,
    decisions,
    ending,
    numbers,
    papers,
)
from app.awards.views.blueprint import blueprint

__all__ = [
    "batches",
    "blueprint",
    "certificates",
    "classes",
    "comparing",
    "decisions",
    "ending",
    "numbers",
    "papers",
]
