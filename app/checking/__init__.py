"""The public check: what a stranger who stands before a certificate may know about it.

Reads the register and changes nothing in it. No account, no cookie; who asks is not recorded.
"""

from app.checking.views import blueprint

__all__ = ["blueprint"]
