"""Where the points of a small line drawing lie. Pure; the colours and words belong to the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 320, 140
LEFT, RIGHT, TOP, BOTTOM = 34, 10, 10, 24


@dataclass(frozen=True)
class Point:
    """One point of a drawing, with what it stands for."""

    x: float
    y: float
    value: int


@dataclass(frozen=True)
class Plot:
    """A line over equal steps; values are per cent."""

    points: tuple[Point, ...]

    @property
    def line(self) -> str:
        """The points as SVG wants them."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


def percent_line(values: Sequence[int]) -> Plot:
    """Return a line of percentages from left to right; one value alone stands in the middle."""
    wide = WIDTH - LEFT - RIGHT
    steps = max(len(values) - 1, 1)
    start = LEFT if len(values) > 1 else LEFT + wide / 2
    return Plot(
        tuple(
            Point(round(start + wide * n / steps, 1), height_of(value), value)
            for n, value in enumerate(values)
        )
    )


def height_of(percent: int) -> float:
    """Return how far from the top a percentage lies."""
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (100 - percent) / 100, 1)
