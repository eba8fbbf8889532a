"""The key of a numeric question in a table's row: one number or range, its tolerance and its unit.

What stands behind the number is a unit only where it can be nothing else: 120/80, 3或4 and 10多天
are named, never cut.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from question_bank.pieces import NumericAnswer
from question_bank.readers.headers import narrow
from question_bank.readers.table_row import Row

_NUMBER = r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?"
_NUMERIC = re.compile(
    rf"({_NUMBER})\s*(?:(?:±|\+/-|\+-)\s*({_NUMBER})|(?:~|-|—|–|至|到|\.\.)\s*({_NUMBER}))?\s*(\S.*)?",
    re.S,
)
_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3}(?:([, ])\d{3})(?:\1\d{3})*(?![\d,])")
_UNIT = re.compile(
    r"(?:[×xX*]\s?10(?:\^?\d{1,2}|[⁰¹²³⁴-⁹]{1,2})\s?/\s?[^\W\d_]{1,5}"
    r"|(?:[^\W\d_]|[%‰°℃℉/])(?:[^\W\d_]|[%‰°℃℉/·⁻¹²³ '\"]|(?<=[A-Za-z])-?[1-3](?!\d)){0,19})"
)
_NO_UNIT = re.compile(
    r"[½⅓⅔¼¾⅛]|[或约多余几半不到至一二三四五六七八九十]|以上|以下|左右|上下|[内前后]$|^[xX]\s?\d"
)
_TAIL = (
    "数值题的答案“{answer}”在数的后面还有“{tail}”，看不出是不是单位。"
    "请只写一个数和单位，例如 36.5℃；分数写成小数，几个数写成范围，例如 36~37。"
)


def read_number(row: Row) -> dict[str, Any]:
    """Give the fields of a numeric question that one row says, with faults left in the row."""
    answer = narrow(row.text("key")).removesuffix(".")
    answer = _THOUSANDS.sub(lambda whole: re.sub("[, ]", "", whole[0]), answer)
    found = _NUMERIC.fullmatch(answer)
    tolerance_text, unit = row.text("tolerance"), row.text("unit")
    if found is None:
        row.fault("key", f"数值题的答案“{answer[:40]}”不是数，请写成 36.5、36.5±0.2 或 36~37。")
        return {"unit": unit}
    number, around, end, tail = found.groups()
    tail = (tail or "").strip()
    if tail and tail != unit and not _is_unit(tail):
        row.fault("key", _TAIL.format(answer=answer[:40], tail=tail[:20]))
        return {"unit": unit}
    if tail and unit and tail != unit:
        row.fault("key", f"答案里的单位“{tail[:20]}”和单位一栏的“{unit[:20]}”不同，请改成一致。")
    try:
        value = Decimal(number)
        tolerance = Decimal(around) if around else Decimal(0)
        if end:
            value, tolerance = (value + Decimal(end)) / 2, (Decimal(end) - value) / 2
        elif tolerance_text:
            tolerance = Decimal(narrow(tolerance_text).lstrip("±+-/ "))
    except InvalidOperation:
        row.fault("tolerance", f"允许误差“{tolerance_text[:20]}”不是数，请写成 0.2。")
        return {"unit": unit}
    if tolerance < 0:
        row.fault("key", "范围的后一个数比前一个小，请把小的写在前面。")
        return {"unit": unit}
    return {"answers": (NumericAnswer(value, tolerance),), "unit": unit or tail}


def _is_unit(tail: str) -> bool:
    """Tell a unit behind a number from a second number, a fraction or a word that changes it."""
    return _UNIT.fullmatch(tail) is not None and not _NO_UNIT.search(tail)
