"""An independent marking of what was handed in, and an independent derivation of the receipt code.

Reads the questions' files and docs/exam-protocol.md, § 5; it knows nothing of the product's marking.
It marks the kinds that the demonstration's blueprint asks: choices of three sorts, and cases of them.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

CONTENT = Path(__file__).resolve().parent.parent / "question_bank" / "content"
Line = tuple[int, int, int, str]
"""Of the journal: epoch, sequence, slot, the value as stored."""


@dataclass(frozen=True)
class Key:
    """What is right: the kind, and the ids of the right options."""

    kind: str
    right: frozenset[str]


def keys() -> dict[str, Key]:
    """Read the keys of all questions that ship, by id; of a case by the ids of its parts."""
    found: dict[str, Key] = {}
    for path in sorted(CONTENT.glob("module-*/*.yaml")):
        for question in yaml.safe_load(path.read_text("utf-8")).get("questions", ()):
            for one in question.get("questions") or [question]:
                if one.get("kind") in ("single_choice", "multiple_choice", "true_false"):
                    found[one["id"]] = Key(one["kind"], _right(one["key"]))
    return found


def _right(key: Any) -> frozenset[str]:
    return frozenset([str(key).lower()] if isinstance(key, bool) else key)


def fraction(key: Key, order: Sequence[str], value: Any, rule: str) -> Fraction:
    """Return what an answer earns, 0..1. `order`: the author's ids in the order shown."""
    if key.kind == "true_false":
        chosen = {str(value).lower()}
    else:
        labels = value if isinstance(value, list) else [value]
        chosen = {order[int(label[1:]) - 1] for label in labels}
    if key.kind != "multiple_choice":
        return Fraction(chosen <= key.right)
    if rule == "all_or_nothing":
        return Fraction(chosen == key.right)
    if rule != "missing_partly_wrong_zero":
        raise ValueError(f"this marker does not know the rule {rule}")
    return Fraction(len(chosen), len(key.right)) if chosen <= key.right else Fraction(0)


def standing(journal: Iterable[Line]) -> dict[int, Any]:
    """Return what counts by slot: the value of the highest (epoch, sequence), cleared ones left out."""
    last: Mapping[int, str] = {slot: value for _e, _s, slot, value in sorted(journal)}
    return {slot: json.loads(value) for slot, value in last.items() if value != "null"}


def stored_text(kind: str, value: Any) -> str:
    """Return the one text under which an answer is stored."""
    if kind == "true_false" and isinstance(value, str):
        value = value == "true"
    if kind == "multiple_choice" and value:
        value = sorted(value)
    return json.dumps(value, ensure_ascii=False)


def receipt_code(attempt: str, journal: Iterable[Line]) -> str:
    """Derive the receipt code from the journal of what is not late."""
    lines = "".join(f"{e} {n} {slot} {value}\n" for e, n, slot, value in sorted(journal))
    sealed = hashlib.sha256(f"{attempt}\n{lines}".encode()).hexdigest()
    signs = base64.b32encode(hashlib.sha256(f"receipt:{sealed}".encode()).digest())[:8].decode()
    return f"{signs[:4]}-{signs[4:]}"
