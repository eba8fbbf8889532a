"""Layouts: what the association's documents look like, and which of them a scheme issues with.

A layout is an arrangement of a version that ships (`certificates/layouts`). It is tried with the
names that make trouble, and frozen when published. Documents that were issued keep theirs: they
are stored as they were drawn. Deliberately issues nothing.
"""

from app.layouts.views import blueprint

__all__ = ["blueprint"]
