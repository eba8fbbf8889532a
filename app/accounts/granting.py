"""Roles given and taken, accounts switched off, passwords handed out: acts of administrators.

Grants are revoked, never deleted. The last administrator cannot be removed, and nobody acts on
their own account here, so that one stolen session cannot lock everybody out.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit
from app.accounts import attempts, sessions
from app.accounts.wording import ROLES
from app.errors import Refusal
from app.extensions import db
from app.models.people import District, Organisation, Role, RoleGrant, ScopeKind, User
from app.models.training import TrainingClass
from app.throttle import forget

EVERYWHERE_ONLY = frozenset({Role.ADMINISTRATOR, Role.TRAINEE})
"""Roles that make no sense in part: an administrator of one class could make others of all."""


class GrantError(Refusal):
    """A grant that cannot be given or taken so."""


class LastAdministratorError(Refusal):
    """Somebody must be able to manage people."""

    def __init__(self) -> None:
        super().__init__(_("这是最后一位管理员。请先请另一位担任管理员，再做这一步。"))


class OwnAccountError(Refusal):
    """An administrator's act on the own account."""

    def __init__(self) -> None:
        super().__init__(_("这是你自己的账户，要由另一位管理员来做。"))


def check_scope(role: str, kind: str, scope_id: str) -> None:
    """Refuse a role, a scope or a place that does not exist. Raises GrantError."""
    if role not in ROLES:
        raise GrantError(_("没有这个角色，请从列表里选。"))
    if role in EVERYWHERE_ONLY and kind != ScopeKind.ALL:
        raise GrantError(_("%(role)s的范围只能是“全部”。", role=ROLES[role]))
    tables = {
        ScopeKind.DISTRICT: District,
        ScopeKind.ORGANISATION: Organisation,
        ScopeKind.TRAINING_CLASS: TrainingClass,
    }
    if kind == ScopeKind.ALL and not scope_id:
        return
    table = tables.get(ScopeKind(kind)) if kind in set(ScopeKind) else None
    if table is None or db.session.get(table, scope_id) is None:
        raise GrantError(_("没有这个范围，请从列表里选。"))


def grant(
    user: User, role: str, kind: str, scope_id: str, *, actor: User | None, now: datetime
) -> RoleGrant:
    """Give a person a role in a scope. Raises GrantError, also when it is held already."""
    check_scope(role, kind, scope_id)
    for held in user.grants:
        same = (held.role, held.scope_kind, held.scope_id) == (role, kind, scope_id)
        if same and held.revoked_at is None:
            raise GrantError(_("%(name)s已经有这个角色和范围。", name=user.name))
    row = RoleGrant(
        role=role,
        scope_kind=kind,
        scope_id=scope_id,
        granted_by_id=actor.id if actor else None,
        granted_at=now,
    )
    user.grants.append(row)
    audit.record(
        "role.granted", user, actor=actor, now=now, role=role, scope=kind, scope_id=scope_id
    )
    return row


def revoke(row: RoleGrant, *, actor: User, now: datetime) -> None:
    """Take a role away. Raises LastAdministratorError, GrantError when taken already."""
    if row.revoked_at is not None:
        raise GrantError(_("这个角色已经收回。"))
    if row.role == Role.ADMINISTRATOR:
        _keep_one_administrator(row.user)
    row.revoked_at = now
    audit.record(
        "role.revoked",
        row.user,
        actor=actor,
        now=now,
        role=row.role,
        scope=row.scope_kind,
        scope_id=row.scope_id,
    )


def switch_off(user: User, *, actor: User, now: datetime, reason: str) -> None:
    """Close an account: sign out everywhere, no further sign-in. Records stay."""
    if user.id == actor.id:
        raise OwnAccountError
    if any(g.role == Role.ADMINISTRATOR and g.revoked_at is None for g in user.grants):
        _keep_one_administrator(user)
    user.active = False
    sessions.revoke_all(user, actor=actor, now=now, but=None)
    audit.record("account.switched_off", user, actor=actor, now=now, reason=reason)


def switch_on(user: User, *, actor: User, now: datetime) -> None:
    """Open a closed account again."""
    user.active = True
    audit.record("account.switched_on", user, actor=actor, now=now)


def give_password(user: User, password_hash: str, *, actor: User, now: datetime) -> None:
    """Set a password that was made for somebody and must be changed at the next sign-in.

    Signs the person out everywhere and lets waiting places try again at once.
    """
    if user.id == actor.id:
        raise OwnAccountError
    user.password_hash = password_hash
    user.must_change_password = True
    sessions.revoke_all(user, actor=actor, now=now, but=None)
    forget(attempts.STRANGERS, user.id)
    audit.record("password.given", user, actor=actor, now=now)


def _keep_one_administrator(leaving: User) -> None:
    # Locked, so that two administrators who remove each other at once do not both succeed.
    others = (
        select(RoleGrant.id)
        .join(User, User.id == RoleGrant.user_id)
        .where(
            RoleGrant.role == Role.ADMINISTRATOR,
            RoleGrant.revoked_at.is_(None),
            User.active,
        )
        .with_for_update()
    )
    db.session.execute(others)
    count = (
        select(func.count())
        .select_from(RoleGrant)
        .join(User, User.id == RoleGrant.user_id)
        .where(
            RoleGrant.role == Role.ADMINISTRATOR,
            RoleGrant.revoked_at.is_(None),
            User.active,
            User.id != leaving.id,
        )
    )
    if not db.session.scalar(count):
        raise LastAdministratorError
