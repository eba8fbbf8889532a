"""From a fraction to a mark, a total, a grade and a pass. Everything is exact until it is shown.

*fraction* 0..1 for one question; *mark* = fraction × maximum; *grade* = the result on the exam's
scale. Which rule marks which response is said in ``kinds/``; this module knows no question. It
never gives negative marks, and it never rounds anybody into a pass.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

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


def plus_minus_practice(
    chosen: Set[str], right: Set[str], options: Sequence[str], weights: Mapping[str, Fraction]
) -> Fraction:
    """Add up the weights of the chosen options, never below 0 nor above 1.

    Only for imported questions and practice: in certification a wrong tick costs nothing that was
    earned elsewhere, and nobody is marked by a rule that punishes a guess. Without own weights a
    right option is worth +1/(number right) and a wrong one −1/(number wrong). Worked for the key
    o1 o2 among four, once for all four, and in the last rows with the weights o1 1/2, o2 1/2, o3 −1/3, o4 −1:

    ===== =========== ======================== ========
    key   chosen      sum                      fraction
    ===== =========== ======================== ========
    o1 o2 o1 o2       1/2 + 1/2                1
    o1 o2 o1          1/2                      1/2
    o1 o2 o1 o3       1/2 − 1/2                0
    o1 o2 o1 o2 o3    1/2 + 1/2 − 1/2          1/2
    o1 o2 all four    1 − 1                    0
    o1 o2 o3          −1/2                     0
    o1 o2 nothing     nothing                  0
    all 4 o1 o2 o3    1/4 + 1/4 + 1/4          3/4
    own   o1 o2 o3    1/2 + 1/2 − 1/3          2/3
    own   o1 o4       1/2 − 1                  0
    ===== =========== ======================== ========
    """
    if not weights:
        wrong = len(options) - len(right)
        weights = {
            one: Fraction(1, len(right)) if one in right else Fraction(-1, wrong) for one in options
        }
    earned = sum((weights.get(one, NOTHING) for one in chosen), NOTHING)
    return min(FULL, max(NOTHING, earned))


def exact(order: Sequence[str], right: Sequence[str]) -> Fraction:
    """Give 1 for exactly the right order, else 0.

    ========= ========= ========
    key       answer    fraction
    ========= ========= ========
    1 2 3 4 5 1 2 3 4 5 1
    1 2 3 4 5 2 1 3 4 5 0
    ========= ========= ========
    """
    return FULL if order and list(order) == list(right) else NOTHING


def adjacent_pairs(order: Sequence[str], right: Sequence[str]) -> Fraction:
    """Give the share of neighbours of the key that are neighbours, in this order, in the answer.

    ========= ========= ======================= ========
    key       answer    neighbours kept         fraction
    ========= ========= ======================= ========
    1 2 3 4 5 1 2 3 4 5 1-2 2-3 3-4 4-5         1
    1 2 3 4 5 2 3 4 5 1 2-3 3-4 4-5             3/4
    1 2 3 4 5 2 1 3 4 5 3-4 4-5                 1/2
    1 2 3 4 5 5 4 3 2 1 none                    0
    ========= ========= ======================= ========
    """
    if len(right) < 2:
        return exact(order, right)
    kept = set(pairwise(right)) & set(pairwise(order))
    return Fraction(len(kept), len(right) - 1)


def position(order: Sequence[str], right: Sequence[str]) -> Fraction:
    """Give the share of items that stand at their right place.

    ========= ========= ======================= ========
    key       answer    at their place          fraction
    ========= ========= ======================= ========
    1 2 3 4 5 1 2 3 4 5 all                     1
    1 2 3 4 5 2 1 3 4 5 3 4 5                   3/5
    1 2 3 4 5 5 4 3 2 1 3                       1/5
    1 2 3 4 5 2 3 4 5 1 none                    0
    ========= ========= ======================= ========
    """
    at_place = sum(1 for one, other in zip(order, right, strict=False) if one == other)
    return Fraction(at_place, len(right)) if right else NOTHING


def each_alone(fractions: Iterable[Fraction]) -> Fraction:
    """Give the mean: ``per_pair`` of a matching, ``per_blank`` of a fill_in.

    ============================ ========
    pairs or blanks              fraction
    ============================ ========
    1, 1, 1, 1                   1
    1, 1, 0, 1                   3/4
    1, 1/2 (partly right), 0     1/2
    nothing filled in            0
    ============================ ========
    """
    each = list(fractions)
    return sum(each, NOTHING) / len(each) if each else NOTHING


def all_together(fractions: Iterable[Fraction]) -> Fraction:
    """Give 1 when every pair or blank is wholly right, else 0: ``all_or_nothing`` for several.

    ============================ ========
    pairs or blanks              fraction
    ============================ ========
    1, 1, 1, 1                   1
    1, 1, 0, 1                   0
    1, 1/2 (partly right), 1     0
    ============================ ========
    """
    each = list(fractions)
    return FULL if each and all(one == FULL for one in each) else NOTHING


RULES: dict[str, Callable[[Set[str], Set[str]], Fraction]] = {
    "all_or_nothing": all_or_nothing,
    "missing_partly_wrong_zero": missing_partly_wrong_zero,
}
ORDER_RULES: dict[str, Callable[[Sequence[str], Sequence[str]], Fraction]] = {
    "exact": exact,
    "adjacent_pairs": adjacent_pairs,
    "position": position,
}
PAIR_RULES: dict[str, Callable[[Iterable[Fraction]], Fraction]] = {
    "per_pair": each_alone,
    "all_or_nothing": all_together,
}
BLANK_RULES: dict[str, Callable[[Iterable[Fraction]], Fraction]] = {
    "per_blank": each_alone,
    "all_or_nothing": all_together,
}
PLUS_MINUS = "plus_minus_practice"
# Rules by which nobody may be certified.
PRACTICE_RULES = (PLUS_MINUS,)


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
