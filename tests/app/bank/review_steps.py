"""Steps of a review as people press them, and what holds of the question afterwards."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from app.bank import pool
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.journal import AuditLine
from app.models.people import Role, User
from tests import factories
from tests.client import PageClient
from tests.days import today


def acted(app: Flask, person: User, of: QuestionEntry, act: str, **data: str) -> int:
    """Press a button on the question's page and return the answer's status."""
    client = PageClient(app).sign_in(person)
    if act in ("retire", "reopen"):
        where = f"/bank/questions/{of.id}/{act}"
    else:
        where = f"/bank/questions/{of.id}/versions/{of.current_number}/{act}"
    return client.send(where, data).status_code


def page(app: Flask, person: User, of: QuestionEntry) -> str:
    return PageClient(app).sign_in(person).page(f"/bank/questions/{of.id}")


def status(of: QuestionEntry) -> str:
    db.session.expire_all()
    return db.session.get_one(QuestionEntry, of.id).status


def drawn() -> list[str]:
    """Return what an exam may draw and score."""
    query = (
        select(QuestionEntry.code)
        .join(QuestionVersion, QuestionVersion.entry_id == QuestionEntry.id)
        .where(pool.usable(today()), QuestionEntry.status == pool.SCORED)
        .order_by(QuestionEntry.code)
    )
    return list(db.session.scalars(query))


def person(role: Role, **values: Any) -> User:
    return factories.user(role, **values)


def reasons(of: QuestionEntry, action: str) -> list[str]:
    ids = [of.id, *(version.id for version in of.versions)]
    lines = db.session.scalars(
        select(AuditLine).where(AuditLine.action == action, AuditLine.object_id.in_(ids))
    )
    return [str(line.details.get("reason", "")) for line in lines]
