"""A roster from a list of people: one a line, by phone, identity number or sign-in name.

A line may name the person as well; then name and number must belong together. Whoever cannot be put
on the roster is named by line, with the reason. Numbers are shown back masked only, and people
outside the office's reach are as unknown as those who do not exist.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from app.accounts import identity, identity_numbers
from app.exams import rostering, seating
from app.exams.admission import chosen, enrolments_of, read
from app.exams.rostering import Booked, CannotBook
from app.extensions import db
from app.formatting import mask_phone
from app.models.exams import Sitting
from app.models.people import Identity, User
from app.models.training import Enrolment

MOST_LINES = 1000
LONGEST_COUNT = 5
_BETWEEN = re.compile(r"[\s,，;；|、]+")
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff].*")
_PHONE = re.compile(r"1\d{10}")
_LEAST_OF_A_DOCUMENT = 8


@dataclass(frozen=True)
class Line:
    """One line of a list: a name, perhaps, and what should find the person."""

    number: int
    name: str
    key: str

    @property
    def said(self) -> str:
        """Return the line as it is shown back: numbers masked."""
        return " ".join(part for part in (self.name, _masked(self.key)) if part)


def read_lines(text: str) -> list[Line]:
    """Take a pasted list apart; spaces, tabs, commas may stand between name and number.

    Raises CannotBook for an empty list and for one that is too long.
    """
    lines = []
    for number, raw in enumerate(text.splitlines(), 1):
        words = [w for w in _BETWEEN.split(unicodedata.normalize("NFKC", raw).strip()) if w]
        if words:
            name = "".join(word for word in words if _NAME.fullmatch(word))
            lines.append(Line(number, name, _key([w for w in words if not _NAME.fullmatch(w)])))
    if not lines:
        raise CannotBook(_("名单是空的。每行写一个人：手机号、证件号或用户名，前面可以写姓名。"))
    if len(lines) > MOST_LINES:
        raise CannotBook(_("一次最多 %(n)d 行，请分几次加。", n=MOST_LINES))
    return lines


def _key(words: list[str]) -> str:
    """Return what finds the person; a running number at the start of the line is dropped."""
    longer = [w for w in words if not (w.rstrip(".").isdigit() and len(w) <= LONGEST_COUNT)]
    return " ".join(longer or words)


def add_people(
    sitting: Sitting,
    lines: Sequence[Line],
    *,
    reaches: Callable[[Enrolment], bool],
    actor: User,
    now: datetime,
) -> Booked:
    """Book the people of a list in its order; name every line that was left out, and why.

    `reaches` tells whether the office may book by an enrolment. Raises CannotBook once nobody can
    come in any more.
    """
    seating.lock(sitting)
    people = _people(lines)
    known_ids = {user.id for user in people.values()}
    enrolments = [one for one in enrolments_of(known_ids) if reaches(one)]
    own: dict[str, list[Enrolment]] = {}
    for enrolment in enrolments:
        own.setdefault(enrolment.user_id, []).append(enrolment)
    records = read(enrolments, [sitting.revision.exam_id], now)
    here, seen = rostering.booked_here(sitting), dict[str, int]()
    named: list[tuple[Enrolment, str]] = []
    left_out: list[tuple[int, str, str]] = []
    for line in lines:
        user = people.get(line.key)
        why = _unusable(line, user if user and user.id in own else None, here, seen)
        if not why and user is not None:
            ready, why = chosen(sitting, own[user.id], records)
            if ready is not None:
                seen[user.id] = line.number
                named.append((ready, _named(line)))
        if why:
            left_out.append((line.number, _named(line), why))
    done = rostering.add(sitting, named, actor=actor, now=now)
    # What the seats decided comes after what the list got wrong.
    return Booked(done.added, [(who, why) for _number, who, why in left_out] + done.left_out)


def _unusable(line: Line, user: User | None, here: set[str], seen: dict[str, int]) -> str:
    if not line.key:
        return str(_("只有姓名，请加手机号、证件号或用户名"))
    if " " in line.key:
        return str(_("写了不止一个号码，请每行只留一个"))
    if user is None:
        return str(_("查不到这个人，请核对号码，或先请他加入班级"))
    if line.name and line.name != user.name:
        return str(_("号码和姓名对不上，请核对"))
    if user.id in seen:
        return str(_("和第 %(n)d 行是同一个人，只排一个座位", n=seen[user.id]))
    if user.id in here:
        return str(_("已经在名单上"))
    return ""


def _people(lines: Iterable[Line]) -> dict[str, User]:
    """Return whom each key names, in one query. An inactive account is nobody."""
    keys = {line.key for line in lines if line.key}
    numbers = {key: identity_numbers.normal(key) for key in keys}
    hashes = {found: key for key, number in numbers.items() for found in identity.hashes(number)}
    rows = db.session.scalars(
        select(User)
        .outerjoin(Identity, Identity.user_id == User.id)
        .where(
            User.active.is_(True),
            or_(User.phone.in_(keys), User.login_name.in_(keys), Identity.match_hash.in_(hashes)),
        )
        .options(selectinload(User.identity))
    )
    found: dict[str, User] = {}
    for user in rows:
        for known in (user.phone, user.login_name):
            if known in keys and known:
                found[known] = user
        if user.identity is not None and user.identity.match_hash in hashes:
            found[hashes[user.identity.match_hash]] = user
    return found


def _named(line: Line) -> str:
    return str(_("第 %(n)d 行 %(said)s", n=line.number, said=line.said))


def _masked(key: str) -> str:
    if _PHONE.fullmatch(key):
        return mask_phone(key)
    digits = sum(sign.isdigit() for sign in key)
    return identity_numbers.mask(key) if digits >= _LEAST_OF_A_DOCUMENT else key
