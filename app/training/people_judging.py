"""Judge the people of a sheet: what is wrong, who comes twice, who is known here already.

Nothing is written. What an existing account is called is never shown, only whether the name fits:
whoever can type numbers into a sheet must not read out names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from app.accounts import identity
from app.errors import Refusal
from app.extensions import db
from app.models.classes import ClassInvitation
from app.models.people import Identity, Organisation, User
from app.models.training import ClassInstructor, Enrolment, TrainingClass
from app.secrecy import match_hash
from app.training.people_rows import ACCOUNT, DONE, DOUBLE, FAULT, NEW, Person, read_row
from app.training.people_sheet import Row


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
        read_row(number, row, default_category, today, invented=invented)
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
