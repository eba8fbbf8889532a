"""Numbers of identity documents: what each kind looks like, and what is wrong with a given one.

No database here, and no look-up elsewhere: a number that passes is well-formed, not proven.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from flask_babel import gettext as _
from stdnum import numdb
from stdnum.cn import ric

from app.errors import Refusal

OLDEST = 120
REGIONS_OF_PERMITS = {"81": "香港", "82": "澳门", "83": "台湾"}


class IdentityNumberError(Refusal):
    """The number cannot be right; the sentence says which part."""

    status = 400


def normal(typed: str) -> str:
    """Return a number as it is stored: half-width, capital letters, no spaces or dashes."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", typed)).upper()


def mask(number: str) -> str:
    """Return what pages show: the first three signs, asterisks, the last four."""
    if len(number) < 10:  # seven open signs of nine would be the number itself
        return number[:1] + "*" * (len(number) - 3) + number[-2:]
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def check(kind: str, typed: str, *, today: date, invented: bool = False) -> str:
    """Return the number of a document in its stored form.

    `invented` also takes area codes 99…, which no place in GB/T 2260 has: for a demonstration.
    Raises IdentityNumberError.
    """
    number = normal(typed)
    if kind == "resident_id":
        _check_eighteen(number, today)
        _check_area(number, invented=invented)
    elif kind == "residence_permit":
        _check_eighteen(number, today)
        if number[:2] not in REGIONS_OF_PERMITS or number[2:6] != "0000":
            raise IdentityNumberError(_("港澳台居民居住证号以 810000、820000 或 830000 开头。"))
    elif kind == "foreign_permanent":
        _check_foreign(number, today)
    elif kind == "passport":
        if not re.fullmatch(r"[A-Z0-9]{5,15}", number) or not re.search(r"\d", number):
            raise IdentityNumberError(_("护照号是 5 到 15 位字母和数字，请照护照首页填写。"))
    else:
        raise IdentityNumberError(_("请先选证件种类。"))
    return number


def _check_eighteen(number: str, today: date) -> None:
    """Check length, signs, birth date and check character (GB 11643, ISO 7064 MOD 11-2)."""
    short = 18 - len(number)
    if short > 0:
        raise IdentityNumberError(_("少了 %(n)d 位，证件号应是 18 位。", n=short))
    if short < 0:
        raise IdentityNumberError(_("多了 %(n)d 位，证件号应是 18 位。", n=-short))
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise IdentityNumberError(_("前 17 位应是数字，最后一位是数字或 X。"))
    _check_birth(number[6:14], today)
    if number[-1] != ric.calc_check_digit(number):
        raise IdentityNumberError(
            _("校验位对不上，有一位写错了，或两位写反了。请照证件再核对一遍。")
        )


def _check_birth(digits: str, today: date) -> None:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise IdentityNumberError(_("第 7 到 14 位应是出生日期，现在不是一个日期。")) from None
    if born > today or born.year < today.year - OLDEST:
        raise IdentityNumberError(_("第 7 到 14 位的出生日期不合理，请照证件再核对。"))


def _check_area(number: str, *, invented: bool) -> None:
    if number.startswith("99"):
        if invented:
            return
        raise IdentityNumberError(_("前 6 位不是行政区划代码，请照证件再核对。"))
    # Codes of past decades count too: people keep the number of the place of their birth. A
    # county of a known province that the list lacks is let through.
    known = numdb.get("cn/loc").info(number[:6])
    if not known or "province" not in known[0][1]:
        raise IdentityNumberError(_("前 6 位不是行政区划代码，请照证件再核对。"))


def _check_foreign(number: str, today: date) -> None:
    """Check the card of 2023 (18 digits, the first a 9) or that of 2017 (three letters, 12 digits)."""
    if re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        return
    if not number.startswith("9"):
        raise IdentityNumberError(
            _("外国人永久居留身份证号以 9 开头、共 18 位；旧证是 3 个字母加 12 位数字。")
        )
    _check_eighteen(number, today)
