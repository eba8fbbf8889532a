"""Competence files: what somebody has shown to be fit for, beside what the records show they did.

Entries are added and taken away by who manages exams; work done is counted from the rows it left and
is never typed in. Reads are for whoever may see the files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from app import audit
from app.clock import DOUBLE_CLICK
from app.errors import Refusal
from app.extensions import db
from app.models.bank import QuestionEntry
from app.models.conflicts import CompetenceEntry
from app.models.exams import SittingStaff
from app.models.people import Role, RoleGrant, User
from app.models.training import ClassInstructor, PracticalAssessment

KINDS = ("qualification", "training", "calibration", "experience")
ROLES = (
    Role.ITEM_WRITER,
    Role.ITEM_REVIEWER,
    Role.CLINICAL_REVIEWER,
    Role.LEGAL_REVIEWER,
    Role.EXAMINER,
    Role.INVIGILATOR,
    Role.MARKER,
)
TITLE_LEAST = 2


class FileRefused(Refusal):
    """The entry cannot be taken like this; nothing was changed."""


@dataclass
class Person:
    """One member of staff: the roles that ask for competence, what is on file, what they did."""

    user: User
    roles: list[tuple[str, datetime]] = field(default_factory=list)
    entries: list[CompetenceEntry] = field(default_factory=list)

    def lacking(self, on: date) -> bool:
        """Tell whether nothing on file is valid on a day."""
        return not any(one.valid_until is None or one.valid_until >= on for one in self.entries)


@dataclass(frozen=True)
class Done:
    """What the records show that somebody did: how many of each."""

    questions: int
    assessments: int
    sittings: int
    classes: int


def people() -> list[Person]:
    """Return everybody who holds one of the roles, by name, with what is on file."""
    grants = db.session.execute(
        select(RoleGrant, User)
        .join(User, User.id == RoleGrant.user_id)
        .where(RoleGrant.role.in_(ROLES), RoleGrant.revoked_at.is_(None), User.active.is_(True))
        .order_by(User.name, User.id, RoleGrant.granted_at)
        .limit(1000)
    ).all()
    found: dict[str, Person] = {}
    for grant, user in grants:
        found.setdefault(user.id, Person(user)).roles.append((grant.role, grant.granted_at))
    for entry in _entries(list(found)):
        found[entry.user_id].entries.append(entry)
    return list(found.values())


def person(user: User) -> Person:
    """Return one person's file, also of somebody who has left the roles."""
    grants = db.session.scalars(
        select(RoleGrant).where(
            RoleGrant.user_id == user.id,
            RoleGrant.role.in_(ROLES),
            RoleGrant.revoked_at.is_(None),
        )
    )
    return Person(user, [(one.role, one.granted_at) for one in grants], _entries([user.id]))


def done(user: User) -> Done:
    """Count what the records show."""
    assessed = or_(
        PracticalAssessment.first_examiner_id == user.id,
        PracticalAssessment.second_examiner_id == user.id,
    )

    def count(query: Select[int]) -> int:
        return db.session.scalar(query) or 0

    return Done(
        questions=count(
            select(func.count(QuestionEntry.id)).where(QuestionEntry.author_id == user.id)
        ),
        assessments=count(select(func.count(PracticalAssessment.id)).where(assessed)),
        sittings=count(select(func.count(SittingStaff.id)).where(SittingStaff.user_id == user.id)),
        classes=count(
            select(func.count(ClassInstructor.id)).where(ClassInstructor.user_id == user.id)
        ),
    )


def add(
    user: User,
    kind: str,
    title: str,
    obtained_on: date,
    valid_until: date | None,
    *,
    actor: User,
    now: datetime,
) -> CompetenceEntry:
    """Put an entry on file; the same put there again at once is that entry.

    Raises FileRefused; nobody writes in their own file.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    if user.id == actor.id:
        raise FileRefused(_("自己的档案要由别人来登记。"))
    if len(title.strip()) < TITLE_LEAST:
        raise FileRefused(_("请写清楚是什么证书、什么培训。"))
    if valid_until is not None and valid_until < obtained_on:
        raise FileRefused(_("有效期早于取得的那天，请对照原件再填。"))
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())
    said = (kind, title.strip()[:120], obtained_on, valid_until, actor.id)
    for entry in _entries([user.id]):
        then = (entry.kind, entry.title, entry.obtained_on, entry.valid_until, entry.recorded_by_id)
        if then == said and now - entry.recorded_at < DOUBLE_CLICK:
            return entry
    row = CompetenceEntry(
        user_id=user.id,
        kind=kind,
        title=title.strip()[:120],
        obtained_on=obtained_on,
        valid_until=valid_until,
        recorded_by_id=actor.id,
        recorded_at=now,
    )
    db.session.add(row)
    audit.record("competence.added", row, actor=actor, now=now, person=user.id, kind=kind)
    return row


def remove(row: CompetenceEntry, *, actor: User, now: datetime) -> None:
    """Take an entry off the file; its row stays."""
    if row.removed_at is None:
        row.removed_at = now
        audit.record("competence.removed", row, actor=actor, now=now, person=row.user_id)


def _entries(user_ids: Sequence[str]) -> list[CompetenceEntry]:
    query = (
        select(CompetenceEntry)
        .where(CompetenceEntry.user_id.in_(user_ids), CompetenceEntry.removed_at.is_(None))
        .options(joinedload(CompetenceEntry.recorded_by))
        .order_by(CompetenceEntry.obtained_on.desc())
    )
    return list(db.session.scalars(query))
