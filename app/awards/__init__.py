"""Awards: the decision on a certificate, its issue, its standing, and the public check of it.

A certificate is drawn once and never again; what happens to it later is a dated line beside it.
"""

from app.awards.views import blueprint, check_blueprint

__all__ = ["blueprint", "check_blueprint"]
