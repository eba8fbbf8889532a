"""Whom a class is open to: grants of a role by district, body or class, and instructors of record.

Being named instructor of record opens that one class to somebody who holds the role, as a grant
for the class would. It opens nothing else.
"""

from __future__ import annotations

from datetime import date

from flask import abort
from sqlalchemy import ColumnElement, Select, false, or_, select, true

from app.extensions import db
from app.models.people import Role, ScopeKind, User
from app.models.training import ClassInstructor, TrainingClass
from app.permissions import PERMISSIONS, Scope, allows, current_grants, has_role

SCOPE_COLUMNS = {
    ScopeKind.DISTRICT: TrainingClass.district_code,
    ScopeKind.ORGANISATION: TrainingClass.organisation_id,
    ScopeKind.TRAINING_CLASS: TrainingClass.id,
}


def class_scope(training_class: TrainingClass) -> Scope:
    """Return where a class lies: its district, its training body, itself."""
    return Scope(
        district=training_class.district_code,
        organisation=training_class.organisation_id,
        training_class=training_class.id,
    )


def class_scope_allows(
    user: User, permission: str, training_class: TrainingClass, on: date
) -> bool:
    """Tell whether a person has a permission for a class, by a grant or as instructor of record."""
    if allows(user, permission, class_scope(training_class)):
        return True
    if not _as_instructor(user, permission):
        return False
    own = _classes_of_record(user, on).where(ClassInstructor.class_id == training_class.id)
    return db.session.scalar(own) is not None


def readable_classes(user: User, permission: str, on: date) -> Select[TrainingClass]:
    """Return the query of all classes for which a person has a permission, newest first."""
    reached: list[ColumnElement[bool]] = [false()]
    for grant in current_grants(user, permission):
        if grant.scope_kind == ScopeKind.ALL:
            reached.append(true())
        elif grant.scope_kind in SCOPE_COLUMNS:
            reached.append(SCOPE_COLUMNS[ScopeKind(grant.scope_kind)] == grant.scope_id)
    if _as_instructor(user, permission):
        reached.append(TrainingClass.id.in_(_classes_of_record(user, on)))
    newest = TrainingClass.starts_on.desc(), TrainingClass.id
    return select(TrainingClass).where(or_(*reached)).order_by(*newest)


def find_class(user: User, permission: str, class_id: str, on: date) -> TrainingClass:
    """Return a class the person has the permission for; answers 404 for every other id."""
    found = db.session.get(TrainingClass, class_id)
    if found is None or not class_scope_allows(user, permission, found, on):
        abort(404)
    return found


def _as_instructor(user: User, permission: str) -> bool:
    return Role.INSTRUCTOR in PERMISSIONS[permission][1] and has_role(user, Role.INSTRUCTOR)


def _classes_of_record(user: User, on: date) -> Select[str]:
    return select(ClassInstructor.class_id).where(
        ClassInstructor.user_id == user.id,
        or_(ClassInstructor.until.is_(None), ClassInstructor.until >= on),
    )
