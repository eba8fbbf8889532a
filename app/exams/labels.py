"""What options, items, sides and blanks are called on one paper: by their place, never by the name
their author gave them.

An author's names are the same on every paper and often in the order of writing, right one first;
a page that carried them would give hints. So the browser and the journal know only places (`o1` is
the first option, item or right side on this paper, `l1` the first left side, `b1` the first blank),
and marking translates back through the slot's order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from question_bank import Question

FIXED = frozenset({"true_false"})
"""Kinds whose options have one meaning and one order everywhere."""
OPTION, LEFT, BLANK = "o", "l", "b"


def labels(kind: str, order: Sequence[str]) -> list[str]:
    """Return the labels of a slot's options, in the order shown."""
    return list(order) if kind in FIXED else places(OPTION, order)


def places(letter: str, names: Sequence[str]) -> list[str]:
    """Return a label for each place of a list: o1, o2 …"""
    return [f"{letter}{place}" for place in range(1, len(names) + 1)]


def authored(question: Question, order: Sequence[str], value: Any) -> Any:
    """Return an answer in the author's names; what is no label becomes a name nobody has."""
    keys, values = _names(question, order)
    return _renamed(value, _turned(keys), _turned(values), strict=False)


def labelled(question: Question, order: Sequence[str], value: Any) -> Any:
    """Return an answer in the author's names as a page of this paper would send it."""
    keys, values = _names(question, order)
    return _renamed(value, keys, values, strict=True)


def _names(
    question: Question, order: Sequence[str]
) -> tuple[dict[str, str] | None, dict[str, str] | None]:
    """Return author's name -> label, of what an answer has as keys and of what it has as values.

    None where an answer has what the candidate typed, or one meaning everywhere.
    """
    if question.kind == "matching":
        return _by_place(LEFT, (left.id for left in question.lefts)), _by_place(OPTION, order)
    if question.kind == "fill_in":
        return _by_place(BLANK, (blank.id for blank in question.blanks)), None
    if question.options and question.kind not in FIXED:
        return None, _by_place(OPTION, order)
    return None, None


def _by_place(letter: str, names: Iterable[str]) -> dict[str, str]:
    listed = list(names)
    return dict(zip(listed, places(letter, listed), strict=True))


def _turned(names: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if names is None else {label: name for name, label in names.items()}


def _renamed(
    value: Any,
    keys: Mapping[str, str] | None,
    values: Mapping[str, str] | None,
    *,
    strict: bool,
) -> Any:
    def rename(one: Any, names: Mapping[str, str] | None) -> Any:
        if names is None or not isinstance(one, str) or one == "":
            return one
        return names[one] if strict else names.get(one, f"?{one}")

    if isinstance(value, Mapping):
        return {rename(key, keys): rename(one, values) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [rename(one, values) for one in value]
    return rename(value, values)
