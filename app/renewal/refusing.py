"""The one refusal of renewals and corrections."""

from __future__ import annotations

from app.errors import Refusal


class RenewalRefused(Refusal):
    """It cannot be done like this; nothing was changed. `field` names the form's field, or is empty."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field
