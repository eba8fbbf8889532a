"""Judge the people of a sheet: what is wrong, who comes twice, who is known here already.

Nothing is written. What an existing account is called is never shown, only whether the name fits:
whoever can type numbers into a sheet must not read out names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from app.accounts import identity
from app.accounts.identity_numbers import IdentityNumberError, check, mask, normal
from app.accounts.phones import normal_phone
from app.errors import Refusal
from app.extensions import db
from app.models.classes import ClassInvitation
from app.models.people import Identity, Organisation, User
from app.models.training import ClassInstructor, Enrolment, TrainingClass
from app.secrecy import match_hash
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


def judge(
    rows: Sequence[Row],
    training_class: TrainingClass,
    *,
    default_category: str,
    employer: Organisation | None,
    today: date,
    invented: bool,
) -> list[Person]:
    """Judge all rows, in their order, at a constant number of queries."""
    people = [
        _person(number, row, default_category, today, invented=invented)
        for number, row in enumerate(rows, 1)
    ]
    _find_doubles(people)
    _find_known(people, training_class)
    units = _organisations({one.unit for one in people if one.unit})
    for one in people:
        if employer is not None:
            one.organisation, one.unit = employer, employer.name
        else:
            one.organisation = units.get(one.unit)
        if one.faults:
            one.standing = FAULT
    return people


def phone_hash(phone: str) -> str:
    """Return what an invitation's phone number is found by."""
    return match_hash(f"phone:{phone}")


def _person(number: int, row: Row, default: str, today: date, *, invented: bool) -> Person:
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


def _find_doubles(people: Iterable[Person]) -> None:
    """Offer rows of one person for merge; one phone for two people is a fault of the later row."""
    phones: dict[str, Person] = {}
    numbers: dict[str, Person] = {}
    for one in people:
        if one.faults:
            continue
        same = numbers.get(one.identity) if one.identity else None
        beside = phones.get(one.phone)
        if same is not None and same.name != one.name:
            one.faults.append(
                _(
                    "%(place)s：身份证号和%(other)s相同，姓名却不同，请核对。",
                    place=one.place,
                    other=same.place,
                )
            )
        elif same is None and beside is not None and not _may_be_same(beside, one):
            one.faults.append(
                _(
                    "%(place)s：手机号和%(other)s相同，却不是同一个人，请核对。",
                    place=one.place,
                    other=beside.place,
                )
            )
        elif same is not None or beside is not None:
            first = same or beside
            assert first is not None  # noqa: S101 — one of them is
            _merge(first, one)
        else:
            phones[one.phone] = one
        if not one.faults and one.identity and one.standing != DOUBLE:
            numbers[one.identity] = one


def _may_be_same(first: Person, one: Person) -> bool:
    different = first.identity and one.identity and first.identity != one.identity
    return first.name == one.name and not different


def _merge(first: Person, one: Person) -> None:
    one.standing, one.into = DOUBLE, first.number
    one.note = _("和%(other)s是同一个人", other=first.place)
    if one.phone != first.phone:
        one.note += _("，手机号不同，用前面那一个")
    for name in ("identity", "identity_kind", "unit", "street"):
        if not getattr(first, name):
            setattr(first, name, getattr(one, name))


def _find_known(people: Sequence[Person], training_class: TrainingClass) -> None:
    asked = [one for one in people if not one.faults and one.standing == NEW]
    by_phone, by_number = _accounts(asked)
    inside = set(_of_class(Enrolment, training_class))
    teachers = set(_of_class(ClassInstructor, training_class))
    invited = set(
        db.session.scalars(
            select(ClassInvitation.phone_hash).where(
                ClassInvitation.class_id == training_class.id,
                ClassInvitation.used_at.is_(None),
                ClassInvitation.revoked_at.is_(None),
            )
        )
    )
    for one in asked:
        phoned, numbered = by_phone.get(one.phone), by_number.get(one.identity)
        user = numbered or phoned
        if phoned is not None and numbered is not None and phoned.id != numbered.id:
            one.faults.append(
                _("%(place)s：手机号和证件号属于两个不同的账户，请核对。", place=one.place)
            )
        elif user is not None and user.id in teachers:
            one.faults.append(_("%(place)s：这个人是本班的任课教师，不能做学员。", place=one.place))
        elif user is not None and user.id in inside:
            one.standing, one.note = DONE, _("已经在班里")
        elif user is not None:
            one.standing, one.user = ACCOUNT, user
            one.sure = user.name == one.name
            one.note = _("已有账户，姓名一致") if one.sure else _("已有账户，姓名不同，请核对")
        elif phone_hash(one.phone) in invited:
            one.standing, one.note = DONE, _("已经邀请过，还没有打开链接")


def _accounts(asked: Sequence[Person]) -> tuple[dict[str, User], dict[str, User]]:
    phones = {one.phone for one in asked}
    hashes = {
        hashed: one.identity
        for one in asked
        if one.identity
        for hashed in identity.hashes(one.identity)
    }
    rows = db.session.scalars(
        select(User)
        .outerjoin(Identity, Identity.user_id == User.id)
        .where(User.active.is_(True), or_(User.phone.in_(phones), Identity.match_hash.in_(hashes)))
        .options(selectinload(User.identity))
    ).unique()
    by_phone: dict[str, User] = {}
    by_number: dict[str, User] = {}
    for user in rows:
        if user.phone:
            by_phone[user.phone] = user
        if user.identity is not None and user.identity.match_hash in hashes:
            by_number[hashes[user.identity.match_hash]] = user
    return by_phone, by_number


def _of_class(
    model: type[Enrolment] | type[ClassInstructor], found: TrainingClass
) -> Iterable[str]:
    query = select(model.user_id).where(model.class_id == found.id)
    if model is Enrolment:
        query = query.where(Enrolment.state == "enrolled")
    return db.session.scalars(query)


def _organisations(names: set[str]) -> Mapping[str, Organisation]:
    rows = db.session.scalars(select(Organisation).where(Organisation.name.in_(names)))
    return {row.name: row for row in rows}


class ImportRefused(Refusal):
    """A sheet of people cannot be read or taken like this; nothing was changed."""
