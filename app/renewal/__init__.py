"""Renewal: continuing education and practice, handed in by phone, checked, and a new certificate.

Corrections and replacements lead to a new certificate by the same way and stand here too. Dates and
counts are `certificates.renewal`'s; drawing and numbering are `app/awards`'; the mark on the old
certificate is the ledger's (`app/register`).
"""

from app.renewal.views import blueprint

__all__ = ["blueprint"]
