"""How a question did: how many got it right, and whether those were the people who know more.

Pure arithmetic on (fraction, rest) pairs: what somebody earned on the question, 0..1, and the share
earned on the rest of that paper, 0..1. The question itself is left out of the rest, or a short paper
would agree with it by construction. Models of item response are not fitted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

POOR = 0.2  # Ebel: under it a question hardly tells who knows more
LEAST_THIRD = 3  # people in each third; with fewer no thirds are told
TOO_EASY, TOO_HARD = 0.95, 0.25
SELDOM = 0.05  # a wrong option that fewer choose tempts nobody

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """What answers say of one question."""

    people: int
    ease: float
    """Mean fraction, 0..1."""
    discrimination: float | None
    """Correlation with the rest of the paper, −1..1; None where all did the same."""
    thirds: tuple[float, ...] = ()
    """Mean fraction in the third that did worst on the rest, the middle, and the best."""

    @property
    def is_poor(self) -> bool:
        """Tell whether somebody should look at the question."""
        low = self.discrimination is not None and self.discrimination < POOR
        return low or not TOO_HARD <= self.ease <= TOO_EASY


def item_figures(pairs: Sequence[Pair]) -> ItemFigures | None:
    """Give the figures of one question; None without an answer."""
    if not pairs:
        return None
    ranked = sorted(pairs, key=lambda pair: pair[1])
    third = len(pairs) // 3
    parts = (ranked[:third], ranked[third : len(ranked) - third], ranked[len(ranked) - third :])
    return ItemFigures(
        people=len(pairs),
        ease=_mean([fraction for fraction, _rest in pairs]),
        discrimination=correlation(pairs),
        thirds=tuple(_mean([fraction for fraction, _rest in part]) for part in parts)
        if third >= LEAST_THIRD
        else (),
    )


def correlation(pairs: Sequence[Pair]) -> float | None:
    """Give Pearson's correlation: of right and wrong with a score, the point-biserial one."""
    if len(pairs) < 2:
        return None
    a, b = _mean([one for one, _other in pairs]), _mean([other for _one, other in pairs])
    both = sum((one - a) * (other - b) for one, other in pairs)
    own = sqrt(sum((one - a) ** 2 for one, _other in pairs))
    rest = sqrt(sum((other - b) ** 2 for _one, other in pairs))
    if own < 1e-9 or rest < 1e-9:
        return None
    return max(-1.0, min(1.0, both / (own * rest)))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
