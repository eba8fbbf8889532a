"""The refusal of bringing in and changing earlier certificates."""

from __future__ import annotations

from app.errors import Refusal


class EarlierRefused(Refusal):
    """It cannot be done like this; nothing was changed."""

    status = 400
