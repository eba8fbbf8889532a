"""A stored bank for benches: the application on a database of its own, thousands of entries, versions.

Everything derived from a body comes from `app.bank.versions`, as when somebody saves. Only status,
approvals and the counts of exposure are put in directly, for which no thousands of people are at hand.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import func, insert, select, text

from app import create_app
from app.bank.versions import FROM_BROWSER, FROM_FILES, add_version, make_current
from app.config import Settings
from app.extensions import db
from app.models.bank import Approval, QuestionEntry, QuestionLabel, QuestionVersion
from app.models.base import new_id
from app.models.people import Role, RoleGrant, User
from bench.made_up import TAGS, Maker

VERSIONS = 3
BATCH = 250
BETWEEN = timedelta(minutes=10)
"""Questions of a bank came one after the other, not all in one moment."""
WRITERS, REVIEWERS = 5, 2
STATUSES = ("draft", "first_review", "final_review", "trial", "active", "retired")
SHARES = (10, 5, 5, 8, 66, 6)
MOST_SHOWN = 300
WORDS = {"first_review": "clinical", "final_review": "legal"}
"""The stages of review, and as what the reviewer of each spoke."""


@contextmanager
def application(database_url: str, folder: Path) -> Iterator[Flask]:
    """Give the application with its tables, inside an application context."""
    settings = Settings(
        demo=False,
        database_url=database_url,
        data_dir=folder,
        public_url="http://localhost",
        secret_key="bench-secret",  # noqa: S106 — guards nothing: gone with the temporary folder
        identity_key="bench-identity",
        match_key="bench-match",
        seal_key="bench-seal",
        testing=True,
    )
    app = create_app(settings)
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def fill(entries: int, now: datetime) -> None:
    """Fill an empty bank; one that has as many entries already is left as it is."""
    if (db.session.scalar(select(func.count()).select_from(QuestionEntry)) or 0) >= entries:
        return
    maker = Maker()
    writers = [_person(f"命题人{n}", Role.ITEM_WRITER, now) for n in range(WRITERS)]
    reviewers = [_person(f"审题人{n}", Role.ITEM_REVIEWER, now) for n in range(REVIEWERS)]
    _person("考务", Role.EXAM_MANAGER, now)
    db.session.commit()
    writer_ids, reviewer_ids = [one.id for one in writers], [one.id for one in reviewers]
    for start in range(0, entries, BATCH):
        with db.session.no_autoflush:
            authors = [None, *(db.session.get_one(User, one) for one in writer_ids)]
            numbers = range(start, min(start + BATCH, entries))
            rows = [_store(maker, one, authors, now - (entries - one) * BETWEEN) for one in numbers]
        _approve(rows, reviewer_ids, now)
        db.session.commit()
        db.session.expunge_all()
    settle()


def settle() -> None:
    """Let PostgreSQL tidy at once what was filled in, as autovacuum does some minutes later."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _person(name: str, role: Role, now: datetime) -> User:
    person = User(name=name, phone=f"1{random.Random(name).randrange(10**10):010}", created_at=now)
    person.grants.append(RoleGrant(role=role, scope_id="", granted_at=now))
    db.session.add(person)
    return person


def _store(maker: Maker, number: int, authors: list[User | None], now: datetime) -> QuestionVersion:
    """Add an entry with its versions; returns the current one."""
    chance = random.Random(f"row-{number}")
    question, author = maker.question(number), chance.choice(authors)
    entry = QuestionEntry(
        code=question.id,
        pool=question.pool,
        origin=FROM_BROWSER if author else FROM_FILES,
        author_id=author.id if author else None,
        created_at=now,
    )
    tags = chance.sample(TAGS, chance.randrange(3))
    entry.labels = [QuestionLabel(kind="tag", value=tag) for tag in tags]
    for version in range(1, VERSIONS + 1):
        said = f"（第 {version} 稿）" if version < VERSIONS else ""
        body = replace(question, version=version, explanation=question.explanation + said)
        row = add_version(entry, body, version, author=author, now=now)
    make_current(entry, body, VERSIONS, now=now)
    entry.status = chance.choices(STATUSES, SHARES)[0]
    if entry.status != "draft":
        entry.responsible_id = (author or authors[1]).id  # type: ignore[union-attr]
    entry.times_shown = int(chance.expovariate(1 / 40)) % MOST_SHOWN
    db.session.add(entry)
    return row


def _approve(versions: list[QuestionVersion], reviewer_ids: list[str], now: datetime) -> None:
    """Let the reviewers' words stand for the versions on trial and in use."""
    words = [
        {
            "id": new_id(),
            "version_id": version.id,
            "reviewer_id": reviewer,
            "stage": stage,
            "field": field,
            "approves": True,
            "given_at": now,
        }
        for version in versions
        if version.entry.status in ("trial", "active")
        for reviewer, (stage, field) in zip(reviewer_ids, WORDS.items(), strict=True)
    ]
    if words:
        db.session.flush()
        db.session.execute(insert(Approval), words)
