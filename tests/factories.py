"""Rows for tests, one small function each; everything not named is ordinary and invented."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any, TypeVar

from app import clock
from app.extensions import db
from app.models.people import Affiliation, District, Organisation, Role, RoleGrant, ScopeKind, User

_count = itertools.count(1)
Row = TypeVar("Row")
DISTRICT = "310110"


def save(row: Row) -> Row:
    """Add a row and commit, so that requests see it."""
    db.session.add(row)
    db.session.commit()
    return row


def district(code: str = DISTRICT) -> District:
    """Return a district, made if needed."""
    found = db.session.get(District, code)
    return found or save(
        District(code=code, name=f"区{code[-2:]}", name_en=f"District {code[-2:]}")
    )


def organisation(kind: str = "training_body", **values: Any) -> Organisation:
    """Make an organisation."""
    number = next(_count)
    values.setdefault("name", f"示例机构{number}")
    values.setdefault("district_code", district().code)
    return save(Organisation(kind=kind, **values))


def user(*roles: Role, scope: tuple[ScopeKind, str] | None = None, **values: Any) -> User:
    """Make a person with roles, everywhere or in one scope."""
    number = next(_count)
    values.setdefault("name", f"测试人{number}")
    values.setdefault("phone", f"139{number:08d}")
    values.setdefault("created_at", clock.now())
    person = User(**values)
    db.session.add(person)
    kind, scope_id = scope or (ScopeKind.ALL, "")
    for role in roles:
        person.grants.append(
            RoleGrant(role=role, scope_kind=kind, scope_id=scope_id, granted_at=clock.now())
        )
    return save(person)


def grant(person: User, role: Role) -> RoleGrant:
    """Give a person one more role, everywhere."""
    return save(RoleGrant(user_id=person.id, role=role, scope_id="", granted_at=clock.now()))


def employ(person: User, employer: Organisation, kind: str = "employee") -> Affiliation:
    """Make a person an employee (or manager) of an organisation since a year ago."""
    since = clock.shanghai_date(clock.now()) - timedelta(days=365)
    return save(
        Affiliation(user_id=person.id, organisation_id=employer.id, kind=kind, starts_on=since)
    )
