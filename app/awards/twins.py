"""One person under two spellings: found before a second certificate is issued.

A document number belongs to one account, so the same person comes twice only with two documents (an
identity card and a passport, an old passport and a new one), the name spelt another way. Suspected
are two accounts whose names are equal without spaces, dots, width and capitals, in Chinese or in
Latin letters in any order, unless both have an identity card, whose number never changes. Whoever
compares them says so once (`clear`), and it is not asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import lazyload, selectinload

from app import audit
from app.awards.refusals import AwardRefused
from app.extensions import db
from app.models.awards import Certificate
from app.models.conflicts import DistinctPeople
from app.models.people import User
from app.training.declared import plain

ENDED = ("withdrawn", "cancelled", "replaced")
NOTE_LEAST = 4


@dataclass(frozen=True)
class Twin:
    """Somebody who may be the same person: who already holds a certificate, or is in the same list."""

    user_id: str
    name: str
    document: str
    number: str
    """The certificate they hold; empty for one in the same list."""

    @property
    def sentence(self) -> str:
        """Say whom the person looks like and what to do."""
        words = {"name": self.name, "document": self.document, "number": self.number}
        if self.number:
            said = _(
                "可能和已持证的“%(name)s”（证件 %(document)s，证书 %(number)s）是同一个人："
                "姓名或拼音相同。请先核对。",
                **words,
            )
        else:
            said = _(
                "可能和名单里的“%(name)s”（证件 %(document)s）是同一个人：姓名或拼音相同。请先核对。",
                **words,
            )
        return str(said)


def find(people: Sequence[User]) -> dict[str, Twin]:
    """Return of each person the first other one who may be them, by the person's id."""
    others = [*_holders(people), *((one, "") for one in people)]
    by_name: dict[str, list[tuple[User, str]]] = {}
    for user, number in others:
        for key in _keys(user):
            by_name.setdefault(key, []).append((user, number))
    cleared = _cleared([one.id for one in people])
    found: dict[str, Twin] = {}
    for person in people:
        for user, number in (one for key in sorted(_keys(person)) for one in by_name[key]):
            pair = (min(person.id, user.id), max(person.id, user.id))
            if pair[0] != pair[1] and pair not in cleared and _may_be_one(person, user):
                shown = user.identity.shown if user.identity else "—"
                found.setdefault(person.id, Twin(user.id, user.name, shown, number))
    return found


def clear(one: User, other: User, note: str, *, actor: User, now: datetime) -> DistinctPeople:
    """Record that two accounts are two people. Raises AwardRefused without saying what was compared."""
    if len(note.strip()) < NOTE_LEAST:
        raise AwardRefused(_("请写明核对了什么，例如：两本证件原件、照片、出生日期。"))
    first, second = sorted((one.id, other.id))
    found = db.session.scalars(
        select(DistinctPeople).where(
            DistinctPeople.one_id == first, DistinctPeople.other_id == second
        )
    ).first()
    if found is not None:
        return found
    row = DistinctPeople(
        one_id=first, other_id=second, note=note.strip()[:200], by_id=actor.id, at=now
    )
    db.session.add(row)
    audit.record("people.distinct", row, actor=actor, now=now, one=first, other=second)
    return row


def _keys(user: User) -> set[str]:
    latin = [plain(part) for part in user.name_latin.split() if plain(part)]
    keys = {f"name:{plain(user.name)}", f"name:{_sorted(user.name)}"}
    if latin:
        keys.add("latin:" + "".join(sorted(latin)))
        keys.add("latin:" + "".join(sorted("".join(latin))))
    return {key for key in keys if not key.endswith(":")}


def _sorted(name: str) -> str:
    return "".join(sorted(plain(part) for part in name.split()))


def _may_be_one(one: User, other: User) -> bool:
    """Tell whether the documents leave it open; whoever has an identity card has just one number."""
    kinds = {row.identity.kind if row.identity else "" for row in (one, other)}
    return kinds != {"resident_id"}


def _holders(people: Sequence[User]) -> list[tuple[User, str]]:
    """Return the holders of certificates not ended whose names are near, with their numbers."""
    names = {variant for one in people for variant in _written(one.name)}
    latin = {variant for one in people for variant in _latin(one.name_latin)}
    bare = func.replace(func.replace(func.replace(User.name, " ", ""), "·", ""), "\u3000", "")
    bare_latin = func.lower(func.replace(func.replace(User.name_latin, " ", ""), "-", ""))
    near = or_(bare.in_(names), bare_latin.in_(latin)) if latin else bare.in_(names)
    rows = db.session.execute(
        select(User, Certificate.number)
        .join(Certificate, and_(Certificate.user_id == User.id))
        .where(near, Certificate.status.not_in(ENDED))
        .options(selectinload(User.identity), lazyload(User.grants))
        .order_by(Certificate.issued_at)
    )
    return [(row.User, row.number) for row in rows]


def _written(name: str) -> Iterable[str]:
    yield "".join(sign for sign in name if sign not in " ·\u3000")


def _latin(name: str) -> Iterable[str]:
    parts = [plain(part) for part in name.split() if plain(part)]
    if parts:
        yield "".join(parts)
        yield "".join(reversed(parts))
        yield "".join([*parts[1:], parts[0]])


def _cleared(ids: Sequence[str]) -> set[tuple[str, str]]:
    rows = db.session.execute(
        select(DistinctPeople.one_id, DistinctPeople.other_id).where(
            or_(DistinctPeople.one_id.in_(ids), DistinctPeople.other_id.in_(ids))
        )
    )
    return {(one, other) for one, other in rows}
