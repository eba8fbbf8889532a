"""A measured figure beside its target, and how a bench says them: as a table or as one JSON object."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One figure. Without a target it is only told."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool:
        """Tell whether the target is met; a figure without one always is."""
        if self.at_most is not None and self.value > self.at_most:
            return False
        return self.at_least is None or self.value >= self.at_least

    @property
    def target(self) -> str:
        """Say the target: `≤ 2`, `≥ 570`, or nothing."""
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        return "" if self.at_least is None else f"≥ {self.at_least:g}"


def report(
    figures: Sequence[Figure], *, as_json: bool = False, about: Mapping[str, Any] | None = None
) -> int:
    """Print figures beside their targets; return the exit code: 1 when a target is missed."""
    missed = [figure for figure in figures if not figure.met]
    if as_json:
        rows = [
            {
                "name": one.name,
                "value": round(one.value, 6),
                "unit": one.unit,
                "at_most": one.at_most,
                "at_least": one.at_least,
                "met": one.met,
            }
            for one in figures
        ]
        body = {**(about or {}), "figures": rows, "missed": [one.name for one in missed]}
        sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=1) + "\n")
        return 1 if missed else 0
    for name, value in (about or {}).items():
        sys.stdout.write(f"{name}: {value}\n")
    width = max((len(one.name) for one in figures), default=0)
    for one in figures:
        sign = "" if not one.target else "   met" if one.met else "   MISSED"
        value = f"{one.value:12.3f} {one.unit:<22}"
        sys.stdout.write(f"{one.name:<{width}} {value} {one.target:>10}{sign}\n")
    return 1 if missed else 0
