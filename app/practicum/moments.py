"""The eight key moments of a visit, in their order, and which comes next. Pure.

The list is the course's own (lesson 5.3, 院内关键节点): 接到老人、到院、取号、进诊室、检查、取药、离院、
送达交接; a test is two entries, going in and coming out. No list has been published with authority.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

TEST = "test"
KINDS = ("met", "arrived", "ticket", "consult", TEST, "pharmacy", "left", "handover")
LAST = KINDS[-1]
IN, OUT = "in", "out"


@dataclass(frozen=True, order=True)
class Step:
    """One press: a moment, and for a test whether one goes in or comes out."""

    kind: str
    mark: str = ""

    @property
    def code(self) -> str:
        """Return it as one word: `test.in`, `ticket`."""
        return f"{self.kind}.{self.mark}" if self.mark else self.kind


def step(code: str) -> Step | None:
    """Return the step that a word names, or None."""
    kind, _, mark = code.partition(".")
    known = kind in KINDS and (mark in {IN, OUT} if kind == TEST else mark == "")
    return Step(kind, mark) if known else None


def following(done: Sequence[Step]) -> list[Step]:
    """Return what may come next, the likeliest first.

    A test that was begun comes out first; a test may be followed by another. Each of the others
    comes once; what was left out may still come, at the end of the list.
    """
    marks = [one.mark for one in done if one.kind == TEST]
    if marks and marks[-1] == IN:
        return [Step(TEST, OUT)]
    reached = max((KINDS.index(one.kind) for one in done), default=-1)
    if reached == len(KINDS) - 1:
        return []
    had = {one.kind for one in done}
    ahead = [_first(kind) for kind in KINDS[reached + 1 :]]
    again = [Step(TEST, IN)] if TEST in had else []
    missed = [_first(kind) for kind in KINDS[: reached + 1] if kind not in had]
    return [*ahead, *again, *missed]


def left_out(done: Sequence[Step]) -> list[str]:
    """Return the kinds that have no entry, in order."""
    had = {one.kind for one in done}
    return [kind for kind in KINDS if kind not in had]


def unpaired(done: Sequence[Step]) -> bool:
    """Tell whether somebody went into a test and did not come out."""
    marks = [one.mark for one in done if one.kind == TEST]
    return marks.count(IN) != marks.count(OUT)


def _first(kind: str) -> Step:
    return Step(kind, IN if kind == TEST else "")
