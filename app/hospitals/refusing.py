"""The refusals of list checks and keys."""

from __future__ import annotations

from app.errors import Refusal


class ListRefused(Refusal):
    """The list cannot be looked up, or the key not be issued or withdrawn; nothing was changed."""

    status = 400


class UsedUp(Refusal):
    """A key or a person has asked for as much as the rules let them."""

    status = 429

    def __init__(self, sentence: str, seconds: int) -> None:
        super().__init__(sentence)
        self.retry_after = seconds
