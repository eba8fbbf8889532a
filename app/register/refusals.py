"""The refusals of the register, each a whole sentence for the person who acts."""

from __future__ import annotations

from app.errors import Refusal


class RegisterRefused(Refusal):
    """The change cannot be made like this; nothing was changed."""
