"""Proving who one is by password: the same work for every name, nothing held while hashing.

`prove` is the one verb here that ends transactions: the try must stay counted whatever follows, and
a hash must not be computed while the database is locked for writing.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select

from app import audit
from app.accounts import attempts, passwords
from app.accounts.attempts import Place
from app.accounts.phones import normal_login_name, normal_phone
from app.errors import Refusal
from app.extensions import db, outside_transaction
from app.models.people import User


class WrongPasswordError(Refusal):
    """Name and password do not go together; which of them is wrong is not said."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("手机号（或用户名）和密码对不上，请检查后再填。"))


class SwitchedOffError(Refusal):
    """The account was switched off; said only to somebody who knows the password."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("这个账户已经停用，不能登录。请找班主任或管理员。"))


def find_person(typed: str) -> User | None:
    """Return whose phone number or user name this is."""
    # Comparing a column with None would ask for people without a phone number.
    names = [
        column == value
        for column, value in (
            (User.phone, normal_phone(typed)),
            (User.login_name, normal_login_name(typed)),
        )
        if value is not None
    ]
    return db.session.scalars(select(User).where(or_(*names))).first() if names else None


def prove(typed: str, password: str, *, place: Place, now: datetime) -> User:
    """Return the person whose name and password these are.

    Raises TooManyTriesError, WrongPasswordError, SwitchedOffError. A hash made with older
    parameters is replaced on the way.
    """
    user = find_person(typed)
    account = user.id if user else f"name:{typed.strip().lower()[:60]}"
    _compare(user, account, password, place=place, now=now)
    if user is None or not user.active:
        raise SwitchedOffError
    return user


def prove_again(user: User, password: str, *, place: Place, now: datetime) -> None:
    """Check the password of somebody who is signed in. Raises like `prove`."""
    _compare(user, user.id, password, place=place, now=now)


def _compare(
    user: User | None, account: str, password: str, *, place: Place, now: datetime
) -> None:
    stored = user.password_hash if user else ""
    rule = attempts.count(account, place, now)
    outside_transaction()
    right = passwords.matches(stored, password)
    renewed = passwords.make_hash(password) if right and passwords.is_outdated(stored) else ""
    if not right:
        attempts.missed(rule, place, now)
        if user is not None:
            audit.record("signin.failed", user, actor=None, now=now)
        outside_transaction()
        raise WrongPasswordError
    attempts.succeeded(rule, account, place, now)
    if user is not None and renewed:
        user.password_hash = renewed


def change_password(user: User, password_hash: str, *, actor: User, now: datetime) -> None:
    """Set a person's own new password; a given one need not be changed any more."""
    user.password_hash = password_hash
    user.must_change_password = False
    audit.record("password.changed", user, actor=actor, now=now)
