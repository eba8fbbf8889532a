"""Invitations by link: one person, one role, seven days, once.

Only the hash of the link's token is stored. The link is shown to the inviter a single time, who
passes it on; whoever opens it chooses phone number and password.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.accounts import consents, granting, registering
from app.errors import Refusal
from app.extensions import db
from app.models.people import Invitation, User
from app.secrecy import token_hash

VALID = timedelta(days=7)
DOUBLE_CLICK = timedelta(minutes=1)


class InvitationError(Refusal):
    """The invitation was used, taken back, or is too old."""


def invite(
    name: str, role: str, kind: str, scope_id: str, *, actor: User, now: datetime
) -> tuple[Invitation, str]:
    """Make an invitation. Returns it with the token for its link. Raises GrantError.

    The same asked twice within a minute is a double click: there is one invitation, with the
    later link, because only that one was seen.
    """
    granting.check_scope(role, kind, scope_id)
    token, name = secrets.token_urlsafe(24), " ".join(name.split())
    for earlier in waiting(now):
        same = (earlier.name, earlier.role, earlier.scope_kind, earlier.scope_id)
        own = earlier.invited_by_id == actor.id
        if own and same == (name, role, kind, scope_id) and now - earlier.invited_at < DOUBLE_CLICK:
            earlier.token_hash = token_hash(token)
            return earlier, token
    row = Invitation(
        token_hash=token_hash(token),
        name=name,
        role=role,
        scope_kind=kind,
        scope_id=scope_id,
        invited_by_id=actor.id,
        invited_at=now,
        expires_at=now + VALID,
    )
    db.session.add(row)
    audit.record("invitation.made", row, actor=actor, now=now, role=role, scope=kind)
    return row, token


def find(token: str) -> Invitation | None:
    """Return the invitation behind a link, in whatever state; locked against a second use."""
    return db.session.scalar(
        select(Invitation).where(Invitation.token_hash == token_hash(token)).with_for_update()
    )


def check_open(row: Invitation, now: datetime) -> None:
    """Raise InvitationError with the reason when an invitation cannot be used."""
    if row.used_at is not None:
        raise InvitationError(_("这个邀请已经用过。如果是你用的，请直接登录。"))
    if row.revoked_at is not None:
        raise InvitationError(_("这个邀请已经收回。请问邀请你的人。"))
    if row.expires_at <= now:
        raise InvitationError(_("这个邀请过期了，邀请 7 天内有效。请邀请你的人再发一个。"))


def accept(
    row: Invitation, *, name: str, phone: str, login_name: str, password_hash: str, now: datetime
) -> User:
    """Open the invited person's account with its role.

    Raises InvitationError, RegistrationError.
    """
    check_open(row, now)
    user = registering.open_account(
        name=name, phone=phone, login_name=login_name, password_hash=password_hash, now=now
    )
    registering.add_role(
        user, row.role, row.scope_kind, row.scope_id, granted_by=row.invited_by_id, now=now
    )
    consents.give(user, "service", actor=user, now=now)
    row.used_at, row.used_by_id = now, user.id
    audit.record("invitation.used", row, actor=user, now=now)
    return user


def take_back(row: Invitation, *, actor: User, now: datetime) -> None:
    """Make an unused invitation worthless. Raises InvitationError when it is not open."""
    check_open(row, now)
    row.revoked_at = now
    audit.record("invitation.revoked", row, actor=actor, now=now)


def waiting(now: datetime) -> list[Invitation]:
    """Return the invitations that can still be used, newest first."""
    rows = select(Invitation).where(
        Invitation.used_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > now
    )
    return list(db.session.scalars(rows.order_by(Invitation.invited_at.desc())))
