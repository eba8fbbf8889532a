"""From a fraction to a mark, a total, a grade and a pass. Everything is exact until it is shown.

*fraction* 0..1 for one question; *mark* = fraction × maximum; *grade* = the result on the exam's
scale. Marking one response is in ``kinds/``; this module knows no question. It never gives
negative marks, and it never rounds anybody into a pass.
"""

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction

NOTHING = Fraction(0)
FULL = Fraction(1)


def all_or_nothing(chosen: Set[str], right: Set[str]) -> Fraction:
    """Give 1 for exactly the key, else 0.

    ======= ==================== ========
    key     chosen               fraction
    ======= ==================== ========
    o2 o3 o5 o2 o3 o5            1
    o2 o3 o5 o2 o3               0
    o2 o3 o5 o2 o3 o5 o1         0
    o2 o3 o5 nothing             0
    ======= ==================== ========
    """
    return FULL if chosen and chosen == right else NOTHING


def missing_partly_wrong_zero(chosen: Set[str], right: Set[str]) -> Fraction:
    """Give the share of the key that was chosen, and 0 as soon as one wrong option is chosen.

    The Chinese 少选给分，错选不得分 (domain guide 4.2). Worked for a key of three among five:

    ======== ============= ========
    key      chosen        fraction
    ======== ============= ========
    o1 o3 o4 o1 o3 o4      1
    o1 o3 o4 o1 o3         2/3
    o1 o3 o4 o4            1/3
    o1 o3 o4 o1 o3 o2      0
    o1 o3 o4 all five      0
    o1 o3 o4 nothing       0
    ======== ============= ========
    """
    if not chosen or not right or chosen - right:
        return NOTHING
    return Fraction(len(chosen), len(right))


RULES: dict[str, Callable[[Set[str], Set[str]], Fraction]] = {
    "all_or_nothing": all_or_nothing,
    "missing_partly_wrong_zero": missing_partly_wrong_zero,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """What one marked question earned: its fraction of its maximum (marks, exact)."""

    fraction: Fraction
    maximum: Fraction

    def __post_init__(self) -> None:
        if not NOTHING <= self.fraction <= FULL or self.maximum < 0:
            raise ValueError(f"no mark: {self.fraction} of {self.maximum}")

    @property
    def earned(self) -> Fraction:
        """Fraction × maximum, exact."""
        return self.fraction * self.maximum


def total(marks: Iterable[Mark]) -> Mark:
    """Add marks up exactly: the fraction and the maximum of the whole paper (0 of 0 is 0)."""
    earned = maximum = NOTHING
    for mark in marks:
        earned += mark.earned
        maximum += mark.maximum
    return Mark(earned / maximum if maximum else NOTHING, maximum)


def grade(mark: Mark, scale: Fraction | int = 100) -> Fraction:
    """Put a total on the exam's scale, exact: 57 of 95 on a scale of 100 is 60."""
    return mark.fraction * scale


def passes(result: Fraction, pass_mark: Fraction | int) -> bool:
    """Tell whether a grade reaches the pass mark. Compares exact numbers, never shown ones."""
    return result >= pass_mark


def shown_number(value: Fraction, places: int = 1) -> str:
    """Write a mark or grade for people: cut down to ``places`` decimals, trailing zeros dropped.

    Down, not to the nearest: 59.96 shows as 59.9, because a sheet that says 60 and 不合格 is a
    complaint. So with a pass mark of at most ``places`` decimals, what is shown reaches it exactly
    when the exact grade does.
    """
    with localcontext() as context:
        context.prec = 60
        step = 10**places
        cut = Decimal((value.numerator * step) // value.denominator) / step
        text = str(cut.quantize(Decimal(1).scaleb(-places), rounding=ROUND_FLOOR))
    return text.rstrip("0").rstrip(".") if "." in text else text
