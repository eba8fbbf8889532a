"""Declaring a conflict of interest and ending it: one's own word, never changed, only ended.

A person is named as they are written; with the telephone that finds their account just they are
meant, without it everybody of that name. The page never says whether an account was found.
"""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app import audit
from app.accounts.phones import normal_phone
from app.clock import shanghai_date
from app.errors import Refusal
from app.extensions import db
from app.models.conflicts import ConflictDeclaration
from app.models.people import Organisation, User
from app.training.declared import plain

REASONS = ("relative", "colleague", "business", "dispute", "other")


class DeclarationRefused(Refusal):
    """The declaration cannot be taken like this; nothing was changed."""


def declare(
    actor: User,
    *,
    name: str,
    phone: str,
    organisation: Organisation | None,
    reason: str,
    note: str,
    since: date,
    until: date | None,
    now: datetime,
) -> ConflictDeclaration:
    """Declare a tie to a person or an organisation. Raises DeclarationRefused, KeyError."""
    if reason not in REASONS:
        raise KeyError(reason)
    if bool(plain(name)) == (organisation is not None):
        raise DeclarationRefused(_("没有记下：请写一个人的姓名，或者选一个单位，两样选一样。"))
    if until is not None and until < since:
        raise DeclarationRefused(_("没有记下：结束的那天早于开始的那天。"))
    row = ConflictDeclaration(
        user_id=actor.id,
        subject_id=_account(name, phone),
        subject_name=name.strip()[:60] if organisation is None else "",
        organisation_id=organisation.id if organisation else None,
        reason=reason,
        note=note.strip()[:200],
        since=since,
        until=until,
        declared_at=now,
    )
    db.session.add(row)
    audit.record("conflict.declared", row, actor=actor, now=now, reason=reason)
    return row


def end(row: ConflictDeclaration, *, actor: User, now: datetime) -> None:
    """End one's own declaration today. Raises DeclarationRefused when it has ended already."""
    today = shanghai_date(now)
    if row.until is not None and row.until <= today:
        raise DeclarationRefused(_("这一条已经结束了，没有再改动。"))
    row.until = max(today, row.since)
    audit.record("conflict.ended", row, actor=actor, now=now)


def of(user: User) -> list[ConflictDeclaration]:
    """Return a person's own declarations, newest first."""
    query = select(ConflictDeclaration).where(ConflictDeclaration.user_id == user.id)
    return list(db.session.scalars(_listed(query)))


def register() -> list[ConflictDeclaration]:
    """Return everybody's declarations, newest first."""
    query = select(ConflictDeclaration).options(joinedload(ConflictDeclaration.user))
    return list(db.session.scalars(_listed(query).limit(500)).unique())


def _listed(query: Select[ConflictDeclaration]) -> Select[ConflictDeclaration]:
    return query.options(joinedload(ConflictDeclaration.organisation)).order_by(
        ConflictDeclaration.declared_at.desc()
    )


def _account(name: str, phone: str) -> str | None:
    if not phone.strip():
        return None
    number = normal_phone(phone)
    if number is None:
        raise DeclarationRefused(_("没有记下：手机号不对。不知道手机号，可以空着。"))
    found = db.session.scalars(select(User).where(User.phone == number)).first()
    return found.id if found is not None and plain(found.name) == plain(name) else None
