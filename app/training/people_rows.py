"""One row of a sheet as a person: what was meant, and every fault with its row and column.

No database; accounts are compared in `people_judging`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _

from app.accounts.identity_numbers import IdentityNumberError, check, mask, normal
from app.accounts.phones import normal_phone
from app.models.people import Organisation, User
from app.training.people_sheet import Row

NEW, ACCOUNT, DOUBLE, DONE, FAULT = "new", "account", "double", "done", "fault"
CATEGORIES: dict[str, tuple[str, ...]] = {
    "platform": ("平台", "平台陪诊师", "互联网平台", "陪诊平台", "platform"),
    "care_institution": (
        *("养老机构", "养老机构陪诊师", "机构", "机构人员", "护理院", "养老院", "养老机构人员"),
        "care_institution",
    ),
    "independent": ("独立", "独立陪诊师", "个人", "个体", "自由职业", "independent"),
    "volunteer": ("志愿者", "志愿", "义工", "志愿服务", "volunteer"),
}
_CATEGORY = {word: code for code, words in CATEGORIES.items() for word in words}
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·•・\s]+")
_LOST = re.compile(r"\d{15}000|\d(\.\d+)?[Ee]\+1\d")
LONGEST_NAME, LONGEST_UNIT, LONGEST_STREET = 60, 100, 40


@dataclass
class Person:
    """One row, judged."""

    number: int
    place: str
    name: str = ""
    phone: str = ""
    identity_kind: str = ""
    identity: str = ""
    category: str = ""
    unit: str = ""
    street: str = ""
    standing: str = NEW
    faults: list[str] = field(default_factory=list)
    note: str = ""
    """What a merge is about, or why nothing is to be done."""
    user: User | None = None
    into: int = 0
    """The row whose person this is as well."""
    sure: bool = True
    """Whether a merge is proposed, or only offered."""
    organisation: Organisation | None = None

    @property
    def shown_identity(self) -> str:
        """Return the number as pages show it."""
        return mask(self.identity) if self.identity else ""


def read_row(number: int, row: Row, default: str, today: date, *, invented: bool) -> Person:
    """Return the person of a row; `default` is the category of who states none."""
    values = row.values
    one = Person(number, row.place, name=_name(values.get("name", "")))
    one.unit = " ".join(values.get("unit", "").split())[:LONGEST_UNIT]
    one.street = "".join(values.get("street", "").split())[:LONGEST_STREET]
    if not one.name:
        one.faults.append(_at(row, "name", _("没有姓名。")))
    elif len(one.name) > LONGEST_NAME or any(sign.isdigit() for sign in one.name):
        one.faults.append(_at(row, "name", _("“%(name)s”不像姓名，请核对。", name=one.name[:20])))
    _take_phone(one, row)
    _take_identity(one, row, today, invented=invented)
    said = unicodedata.normalize("NFKC", values.get("category", "")).strip()
    one.category = _CATEGORY.get(re.sub(r"\s", "", said), "") if said else default
    if said and not one.category:
        one.faults.append(
            _at(
                row,
                "category",
                _("类别“%(said)s”认不出，请写平台、养老机构、独立或志愿者。", said=said[:20]),
            )
        )
    return one


def _take_phone(one: Person, row: Row) -> None:
    typed = row.values.get("phone", "")
    found = normal_phone(typed)
    if found:
        one.phone = found
    elif not typed:
        one.faults.append(_at(row, "phone", _("没有手机号。")))
    else:
        one.faults.append(_at(row, "phone", _("手机号应是 11 位数字，请核对。")))


def _take_identity(one: Person, row: Row, today: date, *, invented: bool) -> None:
    typed = row.values.get("identity", "")
    if not typed:
        return
    number = normal(typed)
    kind = _kind(number, invented=invented)
    try:
        one.identity = check(kind, number, today=today, invented=invented)
        one.identity_kind = kind
    except IdentityNumberError as error:
        sentence = error.sentence
        if _LOST.fullmatch(number) or row.odd.get("identity") == "number":
            sentence = _("这一格被 Excel 当成数字，后几位已经丢失。请把这一列设成文本，再重新填。")
        one.faults.append(_at(row, "identity", sentence))


def _kind(number: str, *, invented: bool) -> str:
    """Return which document a number is of, by its beginning."""
    if number[:2] in {"81", "82", "83"} and number[2:6] == "0000":
        return "residence_permit"
    if re.fullmatch(r"[A-Z]{3}\d{12}", number) or (
        number.startswith("9") and not (invented and number.startswith("99"))
    ):
        return "foreign_permanent"
    return "passport" if re.match(r"[A-Z]", number) else "resident_id"


def _name(text: str) -> str:
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    return plain.replace(" ", "") if _HAN.fullmatch(plain) else plain


def _at(row: Row, name: str, sentence: str) -> str:
    """Say where a fault is: row and column."""
    return str(
        _(
            "%(place)s %(column)s 列：%(fault)s",
            place=row.place,
            column=row.columns[name],
            fault=sentence,
        )
        if name in row.columns
        else _("%(place)s：%(fault)s", place=row.place, fault=sentence)
    )
