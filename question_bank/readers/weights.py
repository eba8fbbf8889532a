"""Options with percentages, as GIFT and Moodle give them, to a kind and a rule that mark the same.

Moodle adds the percentages of what is chosen and never goes below nothing. That is:

* one right option at 100, nothing else: ``single_choice``;
* right options of equal shares, wrong ones at -100: ``missing_partly_wrong_zero``, exactly;
* anything else: ``plus_minus_practice`` with the weights, which certification refuses by itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from question_bank.fields import shown_decimal
from question_bank.marking import FULL, NOTHING, PLUS_MINUS
from question_bank.question import Choice, Question

_PERCENT = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,12})?(?:[eE]-?[0-9])?")
_CLOSE = Fraction(1, 2000)  # 33.3 means a third, 33 does not
_LARGEST_SHARE = 12
PARTLY = "missing_partly_wrong_zero"


class WeightsError(ValueError):
    """The percentages make no question; the message says which and how to mend it."""


@dataclass(frozen=True, slots=True)
class Weighted:
    """One option as a file gives it; ``share`` is its percentage as a fraction."""

    text: str
    why: str
    share: Fraction
    media: tuple[str, ...] = ()


def read_share(percent: str) -> Fraction:
    """Read a percentage; 33.33333 becomes a third. WeightsError when it is none."""
    text = percent.strip()
    if not _PERCENT.fullmatch(text):
        raise WeightsError(f"“{text[:20]}”不是百分数，请写成 50 或 -33.33333 这样的数。")
    share = Fraction(Decimal(text)) / 100
    if abs(share) > 1:
        raise WeightsError(f"权重 {text}% 超出了 -100 到 100，请改正。")
    simple = share.limit_denominator(_LARGEST_SHARE)
    return simple if -_CLOSE < simple - share < _CLOSE else share


def write_share(share: Fraction) -> str:
    """Write a fraction as a percentage that ``read_share`` takes back: 33.33333."""
    percent = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return shown_decimal(percent.quantize(Decimal("0.00001")))


def choice_values(
    options: Sequence[Weighted], *, single: bool, rule_tag: str = ""
) -> dict[str, Any]:
    """Give kind, options, key and rule; WeightsError when nobody could earn the full mark.

    ``rule_tag`` is the rule our own writer noted; it is followed where the weights agree with it,
    since two of our rules are written by the same weights.
    """
    shares = [option.share for option in options]
    if len(options) < 2:
        raise WeightsError("选择题至少要有两个选项，请补上。")
    if single:
        return _single(options, shares)
    right = [share for share in shares if share > 0]
    if not right:
        raise WeightsError("没有一个选项得分，请给正确选项写上权重，或用 = 标出答案。")
    if not Fraction(99, 100) <= sum(right) <= Fraction(101, 100):
        whole = write_share(sum(right, NOTHING))
        raise WeightsError(f"正确选项的权重加起来是 {whole}%，应当是 100%，请改正。")
    ids = [f"o{number}" for number in range(1, len(options) + 1)]
    key = tuple(one for one, share in zip(ids, shares, strict=True) if share > 0)
    told = {"kind": "multiple_choice", "key": key}
    even = len(set(right)) == 1
    if even and all(share > 0 or share == -1 for share in shares):
        rule = {"": PARTLY, "default": ""}.get(rule_tag, rule_tag)
        return told | {"options": _choices(options, None), "rule": rule}
    return told | _plus_minus(options, shares, len(key))


def _single(options: Sequence[Weighted], shares: Sequence[Fraction]) -> dict[str, Any]:
    if FULL not in shares:
        raise WeightsError("没有得 100% 的选项，请标出正确答案。")
    told = {"kind": "single_choice", "key": (f"o{shares.index(FULL) + 1}",)}
    if sum(1 for share in shares if share) == 1:
        return told | {"options": _choices(options, None)}
    return told | _plus_minus(options, shares, 1)


def _plus_minus(
    options: Sequence[Weighted], shares: Sequence[Fraction], right: int
) -> dict[str, Any]:
    """Leave the weights away where the rule would take the same by itself."""
    usual = list(shares) == usual_shares(len(shares), [share > 0 for share in shares], right)
    return {"options": _choices(options, None if usual else shares), "rule": PLUS_MINUS}


def usual_shares(count: int, is_right: Sequence[bool], right: int) -> list[Fraction]:
    """Give the weights ``plus_minus_practice`` takes when a question has none of its own."""
    wrong = count - right
    return [Fraction(1, right) if one else Fraction(-1, wrong or 1) for one in is_right]


def _choices(options: Sequence[Weighted], shares: Sequence[Fraction] | None) -> tuple[Choice, ...]:
    made = [
        Choice(f"o{number}", option.text, option.why, media=option.media)
        for number, option in enumerate(options, start=1)
    ]
    if shares is not None:
        made = [replace(one, weight=share) for one, share in zip(made, shares, strict=True)]
    return tuple(made)


def shares_of(question: Question) -> list[Fraction]:
    """Give the share of each option of a choice question, as its rule would mark it elsewhere."""
    is_right = [option.id in question.key for option in question.options]
    right = len(question.key)
    if question.rule == PLUS_MINUS:
        if any(option.weight is not None for option in question.options):
            return [option.weight or NOTHING for option in question.options]
        return usual_shares(len(is_right), is_right, right)
    wrong = NOTHING if question.kind == "single_choice" else -FULL
    return [Fraction(1, right) if one else wrong for one in is_right]
