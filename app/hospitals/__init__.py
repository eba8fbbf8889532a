"""Many certificates at once: a list of numbers in a page, and an endpoint for hospitals' own systems.

Answers with the status alone, and whether a name that was sent along is the printed one. Nobody's
name, photo or employer is given out here.
"""

from app.hospitals.views import api_blueprint, blueprint

__all__ = ["api_blueprint", "blueprint"]
