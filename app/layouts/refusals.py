"""The refusals of this feature."""

from __future__ import annotations

from app.errors import Refusal
from app.formatting import in_english
from certificates.sentences import CertificateError


class LayoutRefused(Refusal):
    """The layout cannot be changed, published or chosen like this; nothing was changed."""

    @classmethod
    def because(cls, error: CertificateError) -> LayoutRefused:
        """Say in the reader's language what the certificates package refused."""
        return cls(error.en if in_english() else error.zh)
