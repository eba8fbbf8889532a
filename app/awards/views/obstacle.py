"""Saying on the page why somebody may not act, before they fill in a form for nothing."""

from __future__ import annotations

from collections.abc import Callable

from app.awards.refusals import AwardRefused
from app.eligibility.impartiality import Impartial


def obstacle(check: Callable[[], None]) -> str:
    """Return the sentence with which a check refuses; empty when it does not."""
    try:
        check()
    except (AwardRefused, Impartial) as refusal:
        return refusal.sentence
    return ""
