"""Sign-in sessions as database rows: listed, revocable, and the only thing the cookie names.

Flask-Login keeps the session's random token in the signed cookie; the row decides. "Last seen" is
written at most every few minutes, so that reading pages does not turn into writing.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from flask import g, session
from flask_login import current_user, login_user, logout_user
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from app import audit, clock, rulebook
from app.extensions import db, login_manager
from app.models.people import User, UserSession
from app.secrecy import token_hash

SEEN_EVERY = timedelta(minutes=10)
# Asked for each page of a signed-in person: made once, and with the roles in the same answer.
OPEN_SESSION = (
    select(UserSession)
    .where(
        UserSession.token_hash == bindparam("token"),
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > bindparam("now"),
    )
    .options(joinedload(UserSession.user).joinedload(User.grants))
)
KEPT_IN_COOKIE = frozenset({"display"})
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (("Android", "Android"), ("iPhone|iPad", "iOS"), ("Windows", "Windows"), ("Mac", "macOS"))


def describe_browser(agent: str) -> str:
    """Name browser and system in a few words; the full agent string is not kept."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "浏览器")
    system = next((name for mark, name in SYSTEMS if re.search(mark, agent)), "")
    return f"{browser} {system}".strip()


def open_session(user: User, *, agent: str, now: datetime) -> tuple[UserSession, str]:
    """Create a session row. Returns it with the token that the cookie will carry."""
    token = secrets.token_urlsafe(32)
    days = rulebook.value("account.session_days", clock.shanghai_date(now))
    row = UserSession(
        user_id=user.id,
        token_hash=token_hash(token),
        browser=describe_browser(agent),
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(days=days),
        confirmed_at=now,
    )
    db.session.add(row)
    audit.record("session.opened", row, actor=user, now=now)
    return row, token


def begin(user: User, *, agent: str, now: datetime) -> UserSession:
    """Open a session and put its token into this browser's cookie.

    Whoever was signed in here before is signed out, and nothing of the former cookie but how
    pages are shown goes on: a token planted before signing in is worth nothing afterwards.
    """
    if current_user.is_authenticated:
        former = current()
        if former is not None:
            revoke(former, actor=former.user, now=now)
    row, token = open_session(user, agent=agent, now=now)
    _empty_cookie()
    user.session_token = token
    login_user(user)
    g.user_session = row
    return row


def end(*, actor: User, now: datetime) -> None:
    """Sign this browser out."""
    row = current()
    if row is not None:
        revoke(row, actor=actor, now=now)
    logout_user()
    _empty_cookie()


def _empty_cookie() -> None:
    for key in set(session) - KEPT_IN_COOKIE:
        session.pop(key)


def revoke(row: UserSession, *, actor: User | None, now: datetime) -> None:
    """End one session, here or on another device."""
    if row.revoked_at is None:
        row.revoked_at = now
        audit.record("session.revoked", row, actor=actor, now=now)


def revoke_all(user: User, *, actor: User | None, now: datetime, but: UserSession | None) -> None:
    """End all sessions of a person, but perhaps the one in hand."""
    open_rows = select(UserSession).where(
        UserSession.user_id == user.id, UserSession.revoked_at.is_(None)
    )
    for row in db.session.scalars(open_rows):
        if but is None or row.id != but.id:
            revoke(row, actor=actor, now=now)


def current() -> UserSession | None:
    """Return the session row of this request, once a signed-in person was loaded."""
    row: UserSession | None = g.get("user_session")
    return row


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load(token: str) -> User | None:
    """Find the person behind a cookie's token; None when ended, expired or switched off."""
    now = clock.now()
    values = {"token": token_hash(token), "now": now}
    row = db.session.execute(OPEN_SESSION, values).unique().scalar_one_or_none()
    if row is None or not row.user.active:
        return None
    g.user_session = row
    if now - row.seen_at >= SEEN_EVERY:
        g.seen_due = row.id  # written after the page was made, see `guards.note_seen`
    row.user.session_token = token
    return row.user


def open_of(user: User, now: datetime) -> list[UserSession]:
    """Return a person's open sessions, the one seen last first."""
    rows = select(UserSession).where(
        UserSession.user_id == user.id,
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > now,
    )
    return list(db.session.scalars(rows.order_by(UserSession.seen_at.desc())))
