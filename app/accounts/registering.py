"""New accounts: trainees who come with a class code, and people who were invited.

The phone number is not proven by a message here: a class code or an invitation, handed over by
somebody who knows the person, is what lets one in.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.accounts import consents
from app.accounts.phones import normal_login_name, normal_phone
from app.errors import Refusal
from app.extensions import db
from app.models.people import Role, RoleGrant, ScopeKind, User
from app.models.training import TrainingClass


class RegistrationError(Refusal):
    """Something about the new account is wrong; `field` names the form's field, or is empty."""

    status = 400

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def find_open_class(code: str) -> TrainingClass | None:
    """Return the class that a code opens, as long as it takes people."""
    wanted = "".join(sign for sign in code.upper() if sign.isascii() and sign.isalnum())
    return db.session.scalar(
        select(TrainingClass).where(TrainingClass.join_code == wanted, TrainingClass.open)
    )


def register_trainee(*, name: str, phone: str, password_hash: str, now: datetime) -> User:
    """Make a trainee's account and note the consent to keep training records.

    The form has asked for that consent; the class is joined afterwards, by the training feature.
    Raises RegistrationError.
    """
    user = open_account(name=name, phone=phone, password_hash=password_hash, now=now)
    add_role(user, Role.TRAINEE, ScopeKind.ALL, "", granted_by=None, now=now)
    consents.give(user, "service", actor=user, now=now)
    return user


def open_account(
    *, name: str, phone: str, password_hash: str, now: datetime, login_name: str = ""
) -> User:
    """Make an account without any role. Raises RegistrationError with the field at fault."""
    clean_name = " ".join(name.split())
    if not 1 <= len(clean_name) <= 60:
        raise RegistrationError(_("请填写姓名，最长 60 个字。"), "name")
    number = normal_phone(phone)
    if number is None:
        raise RegistrationError(_("手机号应是 11 位数字；国外号码请以 + 和国家区号开头。"), "phone")
    chosen = normal_login_name(login_name) if login_name.strip() else None
    if login_name.strip() and chosen is None:
        raise RegistrationError(
            _("用户名要以字母开头，3 到 40 位，只用字母、数字和 . _ -"), "login_name"
        )
    if db.session.scalar(select(User.id).where(User.phone == number)):
        raise RegistrationError(_("这个手机号已有账户，请直接登录。"), "phone")
    if chosen and db.session.scalar(select(User.id).where(User.login_name == chosen)):
        raise RegistrationError(_("这个用户名有人用了，请换一个。"), "login_name")
    user = User(
        name=clean_name,
        phone=number,
        login_name=chosen,
        password_hash=password_hash,
        created_at=now,
    )
    db.session.add(user)
    db.session.flush()
    audit.record("account.opened", user, actor=user, now=now)
    return user


def add_role(
    user: User, role: str, kind: str, scope_id: str, *, granted_by: str | None, now: datetime
) -> None:
    """Give a new account its first role."""
    user.grants.append(
        RoleGrant(
            role=role,
            scope_kind=kind,
            scope_id=scope_id,
            granted_by_id=granted_by,
            granted_at=now,
        )
    )
    audit.record("role.granted", user, actor=user, now=now, role=role, scope=kind)
