"""Blanks, numbers and pairs as GIFT, Moodle XML and QTI give them, to the pieces of our kinds.

NotMarkableError: the file is right, but we would mark it otherwise; the question is skipped by
name. WeightsError: the file itself is wrong.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from question_bank.marking import FULL
from question_bank.pieces import Blank, NumericAnswer, Partly, Reject
from question_bank.question import Choice
from question_bank.readers.weights import WeightsError

WHOLE_ANSWER = "整题评分"  # the one head of a rubric where the file brings none
_NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})(?:[eE][+-]?[0-9]{1,2})?"
)
_WILDCARD = re.compile(r"(?<!\\)\*")
_LARGEST, _FINEST = Decimal(10) ** 15, Decimal("1e-12")


class NotMarkableError(ValueError):
    """We know what the question means and cannot mark it so; the message is for people."""


@dataclass(frozen=True, slots=True)
class Given:
    """One text answer of a file: what it earns and what is said about it."""

    text: str
    share: Fraction
    why: str = ""


def blank(
    blank_id: str, given: Sequence[Given], *, match_case: bool = False
) -> tuple[Blank, list[str]]:
    """Give the blank, and the remarks on "any other answer", which belong to no answer.

    The texts are Moodle patterns: ``*`` stands for anything, ``\\*`` for a star. A lone ``*`` that
    earns nothing says what is told about wrong answers; any other wildcard we cannot mark.
    """
    accept: list[str] = []
    partly: list[Partly] = []
    reject: list[Reject] = []
    whys: list[str] = []
    remarks: list[str] = []
    for one in given:
        if one.text == "*" and one.share <= 0:
            remarks.append(one.why)
            continue
        if _WILDCARD.search(one.text):
            raise NotMarkableError(
                f"答案“{one.text[:30]}”里有通配符 *，本系统只比对写明的答案。请逐个列出答案再导入。"
            )
        text = one.text.replace("\\*", "*")
        if one.share >= FULL:
            accept.append(text)
            whys += [one.why] if one.why and one.why not in whys else []
        elif one.share > 0:
            partly.append(Partly(text, one.share, one.why))
        else:
            reject.append(Reject(text, one.why))
    if not accept:
        raise WeightsError("没有得 100% 的答案，请写上正确答案。")
    made = Blank(
        blank_id,
        tuple(accept),
        tuple(partly),
        tuple(reject),
        match_case=match_case,
        why="\n".join(whys),
    )
    return made, [remark for remark in remarks if remark]


def decimal(text: str) -> Decimal:
    """Read a number as Moodle writes it; WeightsError when it is none or not storable exactly."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        raise WeightsError(f"“{text[:30]}”不是数，请写成 36.5 这样的数。")
    number = Decimal(text)
    if abs(number) >= _LARGEST or number != number.quantize(_FINEST):
        raise WeightsError(f"数 {text} 太大或小数太长，最多 15 位整数和 12 位小数。")
    return number


def number(text: str) -> NumericAnswer:
    """Read ``5``, ``5:0.1`` or ``4.9..5.1``."""
    low, dots, high = text.partition("..")
    if dots:
        least, most = decimal(low), decimal(high)
        if least > most:
            raise WeightsError(f"范围 {text[:30]} 前大后小，请对调。")
        return NumericAnswer(plain((least + most) / 2), plain((most - least) / 2))
    value, _, tolerance = text.partition(":")
    return NumericAnswer(plain(decimal(value)), plain(abs(decimal(tolerance or "0"))))


def plain(value: Decimal) -> Decimal:
    """Give the same number without exponent and trailing zeros, so that equal ones look alike."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if int(short.as_tuple().exponent) > 0 else short + Decimal(0)


def numeric(answers: Sequence[NumericAnswer]) -> dict[str, Any]:
    """Give a numeric question. Moodle takes the first answer that fits, we take the best."""
    kept: list[NumericAnswer] = []
    for answer in answers:
        if answer.fraction <= 0 or any(
            earlier.fraction < answer.fraction and _overlap(earlier, answer) for earlier in kept
        ):
            raise NotMarkableError(
                "答案的范围互相重叠、次序又影响得分，本系统会判得不同。请按得分从高到低写。"
            )
        kept.append(answer)
    if not any(answer.fraction == FULL for answer in kept):
        raise WeightsError("没有得 100% 的答案，请写上正确的数。")
    return {"kind": "numeric", "answers": tuple(kept)}


def _overlap(one: NumericAnswer, other: NumericAnswer) -> bool:
    return abs(one.value - other.value) <= one.tolerance + other.tolerance


def matching(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Give a matching of (left, right) texts; an empty left adds a right side that fits nowhere."""
    rights: dict[str, str] = {}
    lefts: list[Choice] = []
    told: list[tuple[str, str]] = []
    for left, right in pairs:
        right_id = rights.setdefault(right, f"r{len(rights) + 1}")
        if left:
            lefts.append(Choice(f"l{len(lefts) + 1}", left))
            told.append((lefts[-1].id, right_id))
    return {
        "kind": "matching",
        "lefts": tuple(lefts),
        "options": tuple(Choice(one, text) for text, one in rights.items()),
        "pairs": tuple(told),
    }
