"""What options are called on one paper: by their place, never by the name their author gave them.

An author's option names are the same on every paper and often in the order of writing, right one
first; a page that carried them would give hints. So the browser and the journal know only places
(`o1` is the first option on this paper), and marking translates back through the slot's order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

FIXED = frozenset({"true_false"})
"""Kinds whose options have one meaning and one order everywhere."""


def labels(kind: str, order: Sequence[str]) -> list[str]:
    """Return the labels of a slot's options, in the order shown."""
    return list(order) if kind in FIXED else [f"o{place}" for place in range(1, len(order) + 1)]


def authored(kind: str, order: Sequence[str], value: Any) -> Any:
    """Return an answer in the author's names; what is no label becomes a name nobody has."""
    if kind in FIXED:
        return value
    names = dict(zip(labels(kind, order), order, strict=True))
    if isinstance(value, str):
        return names.get(value, f"?{value}") if value else value
    if isinstance(value, list):
        return [names.get(one, "?") if isinstance(one, str) else one for one in value]
    return value


def labelled(kind: str, order: Sequence[str], value: Any) -> Any:
    """Return an answer in the author's names as a page of this paper would send it."""
    if kind in FIXED:
        return value
    places = dict(zip(order, labels(kind, order), strict=True))
    return [places[one] for one in value] if isinstance(value, list) else places[value]
