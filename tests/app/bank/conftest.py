"""A question writer and their browser; the questions that ship, as rows."""

from __future__ import annotations

import pytest
from flask import Flask

from app import clock
from app.bank import syncing
from app.bank.content import SHIPPED, BankContent, read_content
from app.extensions import db
from app.models.people import Role, User
from tests import factories, snapshot
from tests.client import PageClient
from tests.snapshot import Snapshot

_synced: dict[str, tuple[BankContent, Snapshot]] = {}


@pytest.fixture
def writer(app: Flask) -> User:
    return factories.user(Role.ITEM_WRITER)


@pytest.fixture
def page(app: Flask, writer: User) -> PageClient:
    return PageClient(app).sign_in(writer)


@pytest.fixture
def shipped(app: Flask) -> BankContent:
    """The questions that ship with the product, read and synced.

    They are read once for each database; later tests get the same rows put back.
    """
    database = db.engine.dialect.name
    if database in _synced:
        content, rows = _synced[database]
        snapshot.put_back(rows)
        return content
    content = read_content([SHIPPED])
    syncing.sync_questions(clock.now(), content)
    db.session.commit()
    db.session.remove()
    _synced[database] = content, snapshot.take()
    return content
