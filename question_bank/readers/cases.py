"""Put case sets together in formats that have none: a scene, and questions that name it.

Our writers write a case set as a description and its parts, tied by tags (``kind:case_set``,
``case:<id>#<number>``); pasted text says 所属案例. Other systems may sort them apart, so parts are
held until the end of the file. A scene without its parts, or the other way round, is never guessed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CASE_TAG = "case:"
OPENING_TAG = "kind:case_set"
_PART = re.compile(r"case:(.{1,120})#([0-9]{1,3})", re.S)


@dataclass(slots=True)
class Case:
    """A case being put together: where it stands among the questions, and what was found of it."""

    at: int
    line: int
    source_kind: str
    place: str
    values: dict[str, Any]
    parts: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)  # number, line

    @property
    def in_order(self) -> list[tuple[int, int, dict[str, Any]]]:
        """Give the parts as numbered; those without a number as they came."""
        return sorted(self.parts, key=lambda part: part[0])


@dataclass(slots=True)
class Cases:
    """The cases of one file by id, and the parts whose case was not met yet."""

    found: dict[str, Case] = field(default_factory=dict)
    waiting: list[tuple[str, int, int, dict[str, Any]]] = field(default_factory=list)

    def put_parts(self) -> list[tuple[str, int, dict[str, Any]]]:
        """Give each part to its case; those whose case is missing come back: case, line, values."""
        missing = []
        for name, number, line, values in self.waiting:
            case = self.found.get(name)
            if case is None:
                missing.append((name, line, values))
            else:
                case.parts.append((number or len(case.parts) + 1, line, values))
        self.waiting.clear()
        return missing


def case_of(tags: list[str]) -> tuple[str, int, list[str]]:
    """Take the tag that names a question's case out of its tags: case id, number, other tags."""
    for tag in tags:
        if found := _PART.fullmatch(tag):
            return found[1], int(found[2]), [one for one in tags if one != tag]
    return "", 0, tags


def part_of(values: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
    """Give a part what it takes over from its case and has no form for in a foreign format."""
    part = dict(values)
    extra = {name: one for name, one in part.get("extra", {}).items() if name != "x_category"}
    part["extra"] = extra
    if not part.get("media"):
        part["media"] = case.get("media", ())
    return part
