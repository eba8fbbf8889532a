"""The public check: what a stranger who stands before a certificate may know about it.

By the printed address (80 random bits) the whole printed name and, with consent, the photo; by
number and surname the name with one character hidden and no photo; by the code on the holder's phone
that this is the holder. Never an identity number. The verdict is worked out anew at each request. No
account, no cookie; who asks is not recorded. It reads the register and changes nothing in it.
"""

from app.checking.views import blueprint, signed_in_blueprint

__all__ = ["blueprint", "signed_in_blueprint"]
