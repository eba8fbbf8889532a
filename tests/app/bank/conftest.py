"""A question writer and their browser."""

from __future__ import annotations

import pytest
from flask import Flask

from app.models.people import Role, User
from tests import factories
from tests.client import PageClient


@pytest.fixture
def writer(app: Flask) -> User:
    return factories.user(Role.ITEM_WRITER)


@pytest.fixture
def page(app: Flask, writer: User) -> PageClient:
    return PageClient(app).sign_in(writer)
