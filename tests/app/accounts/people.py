"""People and small acts that the tests of accounts share."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts import passwords
from app.extensions import db
from app.models.journal import AuditLine
from app.models.people import Role, User
from tests import factories
from tests.client import PageClient

PASSWORD = "liang-san-zhi-niao"
HASH = passwords.make_hash(PASSWORD)


def person(*roles: Role, **values: Any) -> User:
    """Make a person who has the password above."""
    return factories.user(*roles, password_hash=HASH, **values)


def try_sign_in(
    client: PageClient, login: str, password: str, address: str = "192.0.2.1", onward: str = ""
) -> TestResponse:
    """Send the sign-in form from an address."""
    path = "/sign-in" + (f"?next={onward}" if onward else "")
    return client.send(
        path,
        {"login": login, "password": password},
        environ_base={"REMOTE_ADDR": address},
    )


def is_signed_in(client: PageClient) -> bool:
    """Tell whether this browser gets to a closed page."""
    return client.get("/account").status_code == 200


def browser(app: Flask) -> PageClient:
    """Return another browser."""
    return PageClient(app)


def actions() -> list[str]:
    """Return the actions in the trail."""
    return list(db.session.scalars(select(AuditLine.action).order_by(AuditLine.id)))


def fresh(row: User) -> User:
    """Return a person as the database has them now."""
    db.session.expire_all()
    return db.session.get_one(User, row.id)
